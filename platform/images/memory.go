package images

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/partial"
	"github.com/google/go-containerregistry/pkg/v1/static"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// memory is an image whose manifest, configuration and layers are held in memory, byte by byte as they were given. An
// image of a function has some 4 MB.
type memory struct {
	mediaType        types.MediaType
	manifest, config []byte
	layers           map[v1.Hash]v1.Layer
}

// inMemory makes an image of its parts.
func inMemory(manifest v1.Manifest, raw, config []byte, layers ...v1.Layer) (v1.Image, error) {
	m := memory{mediaType: manifest.MediaType, manifest: raw, config: config, layers: map[v1.Hash]v1.Layer{}}
	for _, layer := range layers {
		digest, err := layer.Digest()
		if err != nil {
			return nil, err
		}
		m.layers[digest] = layer
	}
	return partial.CompressedToImage(m)
}

// readAll reads an image into memory.
func readAll(image v1.Image) (v1.Image, error) {
	raw, err := image.RawManifest()
	if err != nil {
		return nil, err
	}
	manifest, err := v1.ParseManifest(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	config, err := image.RawConfigFile()
	if err != nil {
		return nil, err
	}
	var layers []v1.Layer
	for _, descriptor := range manifest.Layers {
		layer, err := image.LayerByDigest(descriptor.Digest)
		if err != nil {
			return nil, err
		}
		data, err := readLayer(layer)
		if err != nil {
			return nil, fmt.Errorf("layer %s: %w", descriptor.Digest, err)
		}
		layers = append(layers, static.NewLayer(data, descriptor.MediaType))
	}
	return inMemory(*manifest, raw, config, layers...)
}

func readLayer(layer v1.Layer) ([]byte, error) {
	reader, err := layer.Compressed()
	if err != nil {
		return nil, err
	}
	defer reader.Close()
	return io.ReadAll(reader)
}

func (m memory) MediaType() (types.MediaType, error) { return m.mediaType, nil }
func (m memory) RawManifest() ([]byte, error)        { return m.manifest, nil }
func (m memory) RawConfigFile() ([]byte, error)      { return m.config, nil }

func (m memory) LayerByDigest(digest v1.Hash) (partial.CompressedLayer, error) {
	layer, found := m.layers[digest]
	if !found {
		return nil, fmt.Errorf("the image has no layer %s", digest)
	}
	return layer, nil
}

// weight is the number of bytes that an image takes in a registry: manifest, configuration and compressed layers.
func weight(image v1.Image) (int64, error) {
	raw, err := image.RawManifest()
	if err != nil {
		return 0, err
	}
	var manifest v1.Manifest
	if err := json.Unmarshal(raw, &manifest); err != nil {
		return 0, err
	}
	total := int64(len(raw)) + manifest.Config.Size
	for _, layer := range manifest.Layers {
		total += layer.Size
	}
	return total, nil
}
