package images

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/static"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/mejan/mejan/functions/pipeline"
)

const (
	// bundleType is the media type of a signature in a registry, and bundleTypes what the types of all its versions begin
	// with.
	bundleType  types.MediaType = "application/vnd.dev.sigstore.bundle.v0.3+json"
	bundleTypes string          = "application/vnd.dev.sigstore.bundle"
	// maxBundle bounds what is read of a bundle, in bytes. One with a certificate and a log entry has some 10 KB.
	maxBundle int64 = 1 << 20
)

// Bundles reads the signatures that are attached to an image, as far as their form goes: anyone who may push can attach
// one. One that is too large counts as empty.
func (s *Stored) Bundles() ([][]byte, error) {
	var bundles [][]byte
	for _, referrer := range s.referrers {
		manifest, err := referrer.Manifest()
		if err != nil {
			return nil, fmt.Errorf("read what refers to image %s: %w", s.Digest, err)
		}
		if !strings.HasPrefix(manifest.ArtifactType, bundleTypes) || len(manifest.Layers) != 1 {
			continue
		}
		bundle, err := readBundle(referrer, manifest.Layers[0])
		if err != nil {
			return nil, fmt.Errorf("read a signature of image %s: %w", s.Digest, err)
		}
		bundles = append(bundles, bundle)
	}
	return bundles, nil
}

func readBundle(referrer v1.Image, blob v1.Descriptor) ([]byte, error) {
	if blob.Size > maxBundle {
		return nil, nil
	}
	layer, err := referrer.LayerByDigest(blob.Digest)
	if err != nil {
		return nil, err
	}
	reader, err := layer.Compressed()
	if err != nil {
		return nil, err
	}
	defer reader.Close()
	return io.ReadAll(io.LimitReader(reader, maxBundle))
}

// AddBundle attaches a signature to an image, as an OCI referrer in the form in which cosign writes and finds it. A tag
// would not do: those of ECR cannot be written twice.
func (r *Registry) AddBundle(ctx context.Context, function pipeline.Function, stored *Stored, bundle []byte) error {
	repository, err := r.repository(function)
	if err != nil {
		return err
	}
	referrer, err := bundleOf(stored.image, bundle, time.Now())
	if err != nil {
		return fmt.Errorf("attach a signature to image %s: %w", stored.Digest, err)
	}
	pusher, err := remote.NewPusher(r.options...)
	if err != nil {
		return err
	}
	return r.putReferrer(ctx, pusher, repository, referrer)
}

// bundleOf makes the artifact of a bundle, which refers to an image by `subject`.
func bundleOf(image v1.Image, bundle []byte, now time.Time) (v1.Image, error) {
	layer := static.NewLayer(bundle, bundleType)
	return artifact(image, layer, bundleType, map[string]string{
		"org.opencontainers.image.created":  now.UTC().Format(time.RFC3339),
		"dev.sigstore.bundle.content":       "dsse-envelope",
		"dev.sigstore.bundle.predicateType": "https://sigstore.dev/cosign/sign/v1",
	})
}
