package registry_test

import (
	"archive/tar"
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"go.uber.org/goleak"

	"github.com/mejan/mejan/local/registry"
	"github.com/mejan/mejan/platform/images"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// Promise: an image is unpacked with its layers over each other, and what it says about its start is kept.
func TestPull(t *testing.T) {
	reg := start(t)
	image := build(t, v1.Config{
		Entrypoint: []string{"/app/run"}, Cmd: []string{"now"}, Env: []string{"A=1"}, WorkingDir: "/app",
	}, []tar.Header{
		{Name: "/app/run", Mode: 0o555, Typeflag: tar.TypeReg},
		{Name: "app/old", Mode: 0o444, Typeflag: tar.TypeReg},
	}, []tar.Header{
		{Name: "app/.wh.old", Typeflag: tar.TypeReg},
		{Name: "app/link", Linkname: "run", Typeflag: tar.TypeSymlink},
	})
	reference := push(t, reg, image)
	folder := t.TempDir()
	got, err := registry.Pull(t.Context(), reference, folder)
	if err != nil {
		t.Fatal(err)
	}
	digest, err := image.Digest()
	if err != nil {
		t.Fatal(err)
	}
	want := registry.Image{
		Root: filepath.Join(folder, strings.ReplaceAll(digest.String(), ":", "-")), Entrypoint: []string{"/app/run", "now"},
		Env: []string{"A=1"}, WorkDir: "/app", Digest: digest,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	var files []string
	entries, err := os.ReadDir(filepath.Join(got.Root, "app"))
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		files = append(files, entry.Name())
	}
	if diff := cmp.Diff([]string{"link", "run"}, files); diff != "" {
		t.Errorf("files of the image: %s", diff)
	}
	if info, err := os.Stat(filepath.Join(got.Root, "app/run")); err != nil || info.Mode().Perm()&0o555 != 0o555 {
		t.Errorf("program has mode %v, %v", info.Mode(), err)
	}
}

// Promise: an image is unpacked once. A second pull finds it and does not touch it, since a process may run from it.
func TestPullOnce(t *testing.T) {
	reg := start(t)
	image := build(t, v1.Config{}, []tar.Header{{Name: "file", Mode: 0o444, Typeflag: tar.TypeReg}})
	reference, folder := push(t, reg, image), t.TempDir()
	first, err := registry.Pull(t.Context(), reference, folder)
	if err != nil {
		t.Fatal(err)
	}
	mark := filepath.Join(first.Root, "mark")
	if err := os.WriteFile(mark, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := registry.Pull(t.Context(), reference, folder); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(mark); err != nil {
		t.Errorf("image was unpacked again: %v", err)
	}
}

// Promise: no image writes outside of its folder, neither by a name nor through a link.
func TestPullStaysInside(t *testing.T) {
	reg := start(t)
	outside := t.TempDir()
	for name, files := range map[string][]tar.Header{
		"upward name": {{Name: "../../escaped", Mode: 0o644, Typeflag: tar.TypeReg}},
		"through a link": {
			{Name: "door", Linkname: outside, Typeflag: tar.TypeSymlink},
			{Name: "door/escaped", Typeflag: tar.TypeReg},
		},
		"upward link": {
			{Name: "a/door", Linkname: "../../..", Typeflag: tar.TypeSymlink},
			{Name: "a/door/escaped", Typeflag: tar.TypeReg},
		},
		"hard link": {{Name: "door", Linkname: "../../secret", Typeflag: tar.TypeLink}},
	} {
		folder := filepath.Join(t.TempDir(), "images", "here")
		_, err := registry.Pull(t.Context(), push(t, reg, build(t, v1.Config{}, files)), folder)
		for _, place := range []string{outside, filepath.Dir(folder), filepath.Dir(filepath.Dir(folder))} {
			if _, found := os.Stat(filepath.Join(place, "escaped")); found == nil {
				t.Errorf("%s: a file was written to %s (pull said %v)", name, place, err)
			}
		}
	}
}

// Promise: an index and an image of another platform are refused by name, before anything is unpacked.
func TestPullRefuses(t *testing.T) {
	reg := start(t)
	ref, err := name.ParseReference(reg.Repo() + "/index:latest")
	if err != nil {
		t.Fatal(err)
	}
	index := mutate.AppendManifests(empty.Index, mutate.IndexAddendum{Add: build(t, v1.Config{})})
	if err := remote.WriteIndex(ref, index); err != nil {
		t.Fatal(err)
	}
	digest, err := index.Digest()
	if err != nil {
		t.Fatal(err)
	}
	reference := ref.Context().Digest(digest.String()).String()
	if _, err := registry.Pull(t.Context(), reference, t.TempDir()); !errors.Is(err, images.ErrIndex) {
		t.Errorf("index: got %v, want %v", err, images.ErrIndex)
	}
	foreign, err := mutate.ConfigFile(empty.Image, &v1.ConfigFile{OS: "plan9", Architecture: "mips"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = registry.Pull(t.Context(), push(t, reg, foreign), t.TempDir())
	if err == nil || !strings.Contains(err.Error(), "plan9/mips") {
		t.Errorf("foreign platform: got %v", err)
	}
	if _, err := registry.Pull(t.Context(), reg.Repo()+"/index:latest", t.TempDir()); err == nil {
		t.Error("a tag was taken for a digest")
	}
}

// build makes an image of this machine's platform with one layer for each list of files.
func build(t *testing.T, config v1.Config, layers ...[]tar.Header) v1.Image {
	t.Helper()
	platform := v1.ConfigFile{OS: runtime.GOOS, Architecture: runtime.GOARCH, Config: config}
	image, err := mutate.ConfigFile(empty.Image, &platform)
	if err != nil {
		t.Fatal(err)
	}
	for _, files := range layers {
		var content bytes.Buffer
		archive := tar.NewWriter(&content)
		for _, header := range files {
			if err := archive.WriteHeader(&header); err != nil {
				t.Fatal(err)
			}
		}
		if err := archive.Close(); err != nil {
			t.Fatal(err)
		}
		layer, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) {
			return io.NopCloser(bytes.NewReader(content.Bytes())), nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if image, err = mutate.AppendLayers(image, layer); err != nil {
			t.Fatal(err)
		}
	}
	return image
}

// push puts an image into a registry and returns its reference by digest.
func push(t *testing.T, reg *registry.Registry, image v1.Image) string {
	t.Helper()
	ref, err := name.ParseReference(reg.Repo() + "/image:latest")
	if err != nil {
		t.Fatal(err)
	}
	if err := remote.Write(ref, image); err != nil {
		t.Fatal(err)
	}
	digest, err := image.Digest()
	if err != nil {
		t.Fatal(err)
	}
	return ref.Context().Digest(digest.String()).String()
}

// start opens a registry for one test.
func start(t *testing.T) *registry.Registry {
	t.Helper()
	reg, err := registry.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := reg.Close(); err != nil {
			t.Error(err)
		}
	})
	return reg
}
