package images

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/partial"
	"github.com/google/go-containerregistry/pkg/v1/static"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// Promise: a signature lies in a registry as cosign v2.6.5 puts it there, so that cosign finds it. The manifest in testdata
// is one that cosign pushed.
func TestBundleAsCosign(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("testdata", "cosign-v2.6.5.manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	var want v1.Manifest
	if err := json.Unmarshal(data, &want); err != nil {
		t.Fatal(err)
	}
	image, err := mutate.AppendLayers(mutate.MediaType(empty.Image, types.OCIManifestSchema1),
		static.NewLayer([]byte("ingestor"), types.OCILayer))
	if err != nil {
		t.Fatal(err)
	}
	bundle := []byte("{}")
	made, err := bundleOf(image, bundle, time.Date(2026, 11, 29, 11, 41, 26, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	got, err := made.Manifest()
	if err != nil {
		t.Fatal(err)
	}
	layer, err := partial.Descriptor(static.NewLayer(bundle, bundleType))
	if err != nil {
		t.Fatal(err)
	}
	want.Layers = []v1.Descriptor{*layer}
	want.Config.ArtifactType = "" // cosign repeats the type here; nothing reads it
	if diff := cmp.Diff(&want, got); diff != "" {
		t.Errorf("(-cosign +ours):\n%s", diff)
	}
}

// Promise: what anyone attached to an image cannot fill the memory of a command that verifies it, and what is no bundle is
// not taken for one.
func TestBundles(t *testing.T) {
	image, err := mutate.AppendLayers(empty.Image, static.NewLayer([]byte("image"), types.OCILayer))
	if err != nil {
		t.Fatal(err)
	}
	stored := Stored{}
	add := func(referrer v1.Image, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		stored.referrers = append(stored.referrers, referrer)
	}
	add(attach(image, []byte("a bill of materials")))
	add(bundleOf(image, []byte("a bundle"), time.Now()))
	add(bundleOf(image, make([]byte, maxBundle+1), time.Now()))
	got, err := stored.Bundles()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][]byte{[]byte("a bundle"), nil}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
