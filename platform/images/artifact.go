package images

import (
	"encoding/json"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/partial"
	"github.com/google/go-containerregistry/pkg/v1/static"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

const emptyType types.MediaType = "application/vnd.oci.empty.v1+json"

// emptyConfig is the configuration of an artifact that has none, as OCI spells it.
const emptyConfig = "{}"

// artifact makes an artifact of one blob that refers to an image by `subject`.
func artifact(
	image v1.Image, blob v1.Layer, artifactType types.MediaType, annotations map[string]string,
) (v1.Image, error) {
	subject, err := partial.Descriptor(image)
	if err != nil {
		return nil, err
	}
	config, err := partial.Descriptor(static.NewLayer([]byte(emptyConfig), emptyType))
	if err != nil {
		return nil, err
	}
	layer, err := partial.Descriptor(blob)
	if err != nil {
		return nil, err
	}
	manifest := v1.Manifest{
		SchemaVersion: 2, MediaType: types.OCIManifestSchema1, ArtifactType: string(artifactType),
		Config: *config, Layers: []v1.Descriptor{*layer}, Annotations: annotations,
		Subject: &v1.Descriptor{MediaType: subject.MediaType, Digest: subject.Digest, Size: subject.Size},
	}
	raw, err := json.Marshal(manifest)
	if err != nil {
		return nil, err
	}
	return inMemory(manifest, raw, []byte(emptyConfig), blob)
}
