package images

import (
	"fmt"
	"os"
	"path/filepath"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/static"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// Built is an image that [Build] made.
type Built struct {
	// Digest is that of the image, and SBOM that of its bill of materials as a registry holds it.
	Digest, SBOM string
	// Size is the number of bytes of manifest, configuration and compressed layers.
	Size int64

	image, sbom v1.Image
}

// sbomType is the media type of a bill of materials in a registry.
const sbomType types.MediaType = "application/spdx+json"

// readBuilt reads what ko wrote: an OCI layout with the image, and a folder with its bill of materials.
func readBuilt(folder, sboms string, digest v1.Hash) (Built, error) {
	images, err := layout.FromPath(folder)
	if err != nil {
		return Built{}, fmt.Errorf("read layout: %w", err)
	}
	stored, err := images.Image(digest)
	if err != nil {
		return Built{}, fmt.Errorf("read layout: %w", err)
	}
	image, err := readAll(stored)
	if err != nil {
		return Built{}, fmt.Errorf("read layout: %w", err)
	}
	files, err := filepath.Glob(filepath.Join(sboms, "*.spdx.json"))
	if err != nil || len(files) != 1 {
		return Built{}, fmt.Errorf("ko wrote %d bills of materials, want 1", len(files))
	}
	document, err := os.ReadFile(files[0])
	if err != nil {
		return Built{}, fmt.Errorf("read bill of materials: %w", err)
	}
	return NewBuilt(image, document)
}

// NewBuilt puts an image and its bill of materials, an SPDX document, together.
func NewBuilt(image v1.Image, document []byte) (Built, error) {
	sbom, err := attach(image, document)
	if err != nil {
		return Built{}, fmt.Errorf("attach bill of materials: %w", err)
	}
	digest, err := image.Digest()
	if err != nil {
		return Built{}, err
	}
	sbomDigest, err := sbom.Digest()
	if err != nil {
		return Built{}, err
	}
	size, err := weight(image)
	if err != nil {
		return Built{}, err
	}
	return Built{Digest: digest.String(), SBOM: sbomDigest.String(), Size: size, image: image, sbom: sbom}, nil
}

// attach makes the OCI artifact that refers to an image by `subject`. It holds nothing but the document and the
// subject, so that the same image has the same artifact on any day.
func attach(image v1.Image, document []byte) (v1.Image, error) {
	return artifact(image, static.NewLayer(document, sbomType), sbomType, nil)
}
