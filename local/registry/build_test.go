package registry_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/local/registry"
)

// Promise: the same source gives the same digest, whatever the folder and the registry, and an image that is built here
// is a plain one with the program inside.
func TestBuildIsReproducible(t *testing.T) {
	ko := findKo(t)
	var digests []map[pipeline.Function]v1.Hash
	for range 2 {
		reg := start(t)
		got, err := registry.Build(t.Context(), registry.BuildArgs{
			Root: toy(t), Repo: reg.Repo(), Platform: registry.HostPlatform(), Offline: true,
			Cache: t.TempDir(), Ko: ko,
		})
		if err != nil {
			t.Fatal(err)
		}
		digests = append(digests, got)
		for _, function := range pipeline.Functions() {
			reference := reg.Repo() + "/" + string(function) + "@" + got[function].String()
			image, err := registry.Pull(t.Context(), reference, t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			if want := []string{"/ko-app/" + string(function)}; !cmp.Equal(image.Entrypoint, want) {
				t.Errorf("entrypoint of %s: %q, want %q", function, image.Entrypoint, want)
			}
			if _, err := os.Stat(filepath.Join(image.Root, image.Entrypoint[0])); err != nil {
				t.Error(err)
			}
		}
	}
	if len(digests[0]) != len(pipeline.Functions()) {
		t.Errorf("built %d images, want one for each function", len(digests[0]))
	}
	if diff := cmp.Diff(digests[0], digests[1]); diff != "" {
		t.Errorf("two checkouts of the same source give different digests:\n%s", diff)
	}
}

// Promise: an image is built from its module alone, so that a module that leans on the workspace fails here and not in
// a release.
func TestBuildNeedsReplace(t *testing.T) {
	root := toy(t)
	write(t, root, "functions/ingestor/go.mod", "module github.com/mejan/mejan/functions/ingestor\n\ngo 1.26.0\n")
	_, err := registry.Build(t.Context(), registry.BuildArgs{
		Root: root, Repo: start(t).Repo(), Platform: registry.HostPlatform(), Offline: true,
		Functions: []pipeline.Function{pipeline.Ingestor}, Cache: t.TempDir(), Ko: findKo(t),
	})
	if err == nil || !strings.Contains(err.Error(), "functions/pipeline") {
		t.Errorf("got %v, want an error that names the missing module", err)
	}
}

// Promise: no build makes an index, which Lambda would refuse only when it is deployed.
func TestBuildRefusesIndex(t *testing.T) {
	for _, platform := range []string{"all", "linux/amd64,linux/arm64", "linux", ""} {
		_, err := registry.Build(t.Context(), registry.BuildArgs{Root: t.TempDir(), Platform: platform, Ko: "ko"})
		if !errors.Is(err, registry.ErrIndex) {
			t.Errorf("platform %q: got %v, want %v", platform, err, registry.ErrIndex)
		}
	}
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

// findKo gives the ko of this checkout. On a machine that never had it, this compiles it.
func findKo(t *testing.T) string {
	t.Helper()
	t.Log("looking for ko; compiling it takes some minutes the first time")
	ko, err := registry.FindKo(context.WithoutCancel(t.Context()), filepath.Join("..", ".."), func(s registry.Step) {
		t.Logf("%s: ended %v, %v", s.Name, s.Ended, s.Took)
	})
	if err != nil {
		t.Fatal(err)
	}
	return ko
}

// toy makes a checkout with the .ko.yaml of this repository and small functions.
func toy(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	config, err := os.ReadFile("../../.ko.yaml")
	if err != nil {
		t.Fatal(err)
	}
	write(t, root, ".ko.yaml", string(config))
	write(t, root, "go.work", "go 1.26.0\n\nuse (\n\t./functions/analyzer\n\t./functions/ingestor\n"+
		"\t./functions/notifier\n\t./functions/pipeline\n)\n")
	write(t, root, "functions/pipeline/go.mod", "module github.com/mejan/mejan/functions/pipeline\n\ngo 1.26.0\n")
	write(t, root, "functions/pipeline/pipeline.go", "package pipeline\n\nconst Word = \"hello\"\n")
	for _, function := range pipeline.Functions() {
		module := "github.com/mejan/mejan/functions/"
		folder := "functions/" + string(function) + "/"
		write(t, root, folder+"go.mod", "module "+module+string(function)+"\n\ngo 1.26.0\n\nrequire "+module+
			"pipeline v0.0.0\n\nreplace "+module+"pipeline => ../pipeline\n")
		write(t, root, folder+"main.go", "package main\n\nimport \""+module+"pipeline\"\n\n"+
			"func main() { println(pipeline.Word) }\n")
	}
	return root
}

func write(t *testing.T, root, name, content string) {
	t.Helper()
	path := filepath.Join(root, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}
