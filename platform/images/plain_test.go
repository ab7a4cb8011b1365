package images

import (
	"errors"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
)

// Promise: when a base image makes ko produce an index although one platform was asked for, the build fails: Lambda
// would refuse the image, and only when it is deployed.
func TestCheckPlain(t *testing.T) {
	image, err := emptyBase(v1.Platform{OS: "linux", Architecture: "arm64"})
	if err != nil {
		t.Fatal(err)
	}
	index := mutate.AppendManifests(empty.Index, mutate.IndexAddendum{Add: image})
	folder := t.TempDir()
	built, err := layout.Write(folder, empty.Index)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(built.AppendImage(image), built.AppendIndex(index)); err != nil {
		t.Fatal(err)
	}
	digest := func(d v1.Hash, err error) v1.Hash {
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	if err := checkPlain(folder, digest(image.Digest())); err != nil {
		t.Errorf("image: %v", err)
	}
	if err := checkPlain(folder, digest(index.Digest())); !errors.Is(err, ErrIndex) {
		t.Errorf("index: got %v, want %v", err, ErrIndex)
	}
	if err := checkPlain(folder, digest(empty.Image.Digest())); err == nil {
		t.Error("an image that is not there was let through")
	}
}
