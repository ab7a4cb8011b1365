package images

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/match"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/partial"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// baseRepository names the empty base image. ko writes the base's name into the manifest of every image, so a name with
// the port of a registry would change the digest on each run. No registry serves this name. ko finds the image by its
// digest in its cache, where [seedBase] puts it.
const baseRepository = "localhost/mejan/empty"

// emptyBase returns an image of the given platform without files.
func emptyBase(platform v1.Platform) (v1.Image, error) {
	image, err := mutate.ConfigFile(empty.Image, &v1.ConfigFile{
		OS:           platform.OS,
		Architecture: platform.Architecture,
		Variant:      platform.Variant,
		RootFS:       v1.RootFS{Type: "layers"},
	})
	if err != nil {
		return nil, fmt.Errorf("configure the empty base image: %w", err)
	}
	image = mutate.MediaType(image, types.OCIManifestSchema1)
	return mutate.ConfigMediaType(image, types.OCIConfigJSON), nil
}

// seedBase puts the empty base image into ko's cache (the folder that KOCACHE names) and returns the reference by which
// a build finds it there.
func seedBase(cache string, platform v1.Platform) (string, error) {
	image, err := emptyBase(platform)
	if err != nil {
		return "", err
	}
	digest, err := image.Digest()
	if err != nil {
		return "", fmt.Errorf("digest of the empty base image: %w", err)
	}
	path := filepath.Join(cache, "img")
	if err := os.MkdirAll(path, 0o755); err != nil {
		return "", fmt.Errorf("make ko's image cache: %w", err)
	}
	images, err := layout.FromPath(path)
	if err != nil {
		if images, err = layout.Write(path, empty.Index); err != nil {
			return "", fmt.Errorf("write ko's image cache %q: %w", path, err)
		}
	}
	reference := name.MustParseReference(baseRepository).Context().Digest(digest.String()).String()
	index, err := images.ImageIndex()
	if err != nil {
		return "", fmt.Errorf("read ko's image cache %q: %w", path, err)
	}
	known, err := partial.FindManifests(index, match.Digests(digest))
	if err != nil {
		return "", fmt.Errorf("read ko's image cache %q: %w", path, err)
	}
	if len(known) > 0 {
		return reference, nil
	}
	if err := images.AppendImage(image); err != nil {
		return "", fmt.Errorf("put the empty base image into ko's cache %q: %w", path, err)
	}
	return reference, nil
}
