package images_test

import (
	"archive/tar"
	"context"
	"errors"
	"io"
	"log"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"

	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/platform/images"
)

// Promise: the same source gives the same digests of images and bills of materials, whatever the folder and the settings
// of the machine. An image is a plain one with the program inside, and is pushed as it was built.
func TestBuildIsReproducible(t *testing.T) {
	ko, repo := findKo(t), startRegistry(t)
	var builds []map[pipeline.Function]facts
	for i := range 2 {
		if i > 0 {
			strangeMachine(t)
		}
		built, err := images.Build(t.Context(), images.Args{
			Root: toy(t), Platform: "linux/arm64", Cache: t.TempDir(), Ko: ko,
		})
		if err != nil {
			t.Fatal(err)
		}
		got := map[pipeline.Function]facts{}
		for function, image := range built {
			got[function] = facts{image.Digest, image.SBOM, image.Size}
			changed, err := open(t, repo).Push(t.Context(), function, image)
			if err != nil {
				t.Fatal(err)
			}
			if first := len(builds) == 0; changed != first {
				t.Errorf("the registry changed: %t, want %t", changed, first)
			}
			checkImage(t, repo+"/"+string(function)+"@"+image.Digest, "/ko-app/"+string(function))
		}
		builds = append(builds, got)
	}
	if len(builds[0]) != len(pipeline.Functions()) {
		t.Errorf("built %d images, want one for each function", len(builds[0]))
	}
	if diff := cmp.Diff(builds[0], builds[1]); diff != "" {
		t.Errorf("two checkouts of the same source give different images:\n%s", diff)
	}
}

// strangeMachine sets all that a user may have set and that changes what the compiler and ko make.
func strangeMachine(t *testing.T) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "env")
	text := "GOARM64=v8.2\nGOFLAGS=-ldflags=-X=main.a=b\nGOEXPERIMENT=nodwarf5\nGOTOOLCHAIN=local\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{
		"GOENV": file, "GOARM64": "v9.0", "GOFLAGS": "-tags=other", "GOFIPS140": "latest", "SOURCE_DATE_EPOCH": "1700000000",
		"KO_DEFAULTBASEIMAGE": "localhost/other", "KO_CONFIG_PATH": "/missing",
	} {
		t.Setenv(name, value)
	}
}

// facts are what a release says about an image.
type facts struct {
	Digest, SBOM string
	Size         int64
}

// checkImage pulls an image and looks for its program.
func checkImage(t *testing.T, reference, program string) {
	t.Helper()
	ref, err := name.ParseReference(reference)
	if err != nil {
		t.Fatal(err)
	}
	image, err := remote.Image(ref)
	if err != nil {
		t.Fatal(err)
	}
	config, err := image.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{program}; !cmp.Equal(config.Config.Entrypoint, want) {
		t.Errorf("entrypoint of %s: %q, want %q", reference, config.Config.Entrypoint, want)
	}
	files := mutate.Extract(image)
	defer files.Close()
	for archive := tar.NewReader(files); ; {
		entry, err := archive.Next()
		if err != nil {
			t.Fatalf("look for %s in %s: %v", program, reference, err)
		}
		if path.Join("/", entry.Name) == program {
			return
		}
	}
}

// Promise: an image is built from its module alone, so that a module that leans on the workspace fails here and not in
// a release.
func TestBuildNeedsReplace(t *testing.T) {
	root := toy(t)
	write(t, root, "functions/ingestor/go.mod", "module github.com/mejan/mejan/functions/ingestor\n\ngo 1.26.0\n")
	_, err := images.Build(t.Context(), images.Args{
		Root: root, Platform: "linux/arm64",
		Functions: []pipeline.Function{pipeline.Ingestor}, Cache: t.TempDir(), Ko: findKo(t),
	})
	if err == nil || !strings.Contains(err.Error(), "functions/pipeline") {
		t.Errorf("got %v, want an error that names the missing module", err)
	}
}

// Promise: a checkout that cannot be written can be built from, and stays as it is.
func TestBuildReadOnly(t *testing.T) {
	root, cache := toy(t), t.TempDir()
	write(t, root, "out", "a file, where a folder would be made")
	_, err := images.Build(t.Context(), images.Args{
		Root: root, Platform: "linux/arm64",
		Functions: []pipeline.Function{pipeline.Ingestor}, Cache: cache, Ko: findKo(t),
	})
	if err != nil {
		t.Error(err)
	}
	if left, err := filepath.Glob(filepath.Join(cache, "image-*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// Promise: no build makes an index, which Lambda would refuse only when it is deployed.
func TestBuildRefusesIndex(t *testing.T) {
	for _, platform := range []string{"all", "linux/amd64,linux/arm64", "linux", ""} {
		_, err := images.Build(t.Context(), images.Args{Root: t.TempDir(), Platform: platform, Ko: "ko"})
		if !errors.Is(err, images.ErrIndex) {
			t.Errorf("platform %q: got %v, want %v", platform, err, images.ErrIndex)
		}
	}
}

// startRegistry starts a registry for one test and returns where a build may push.
func startRegistry(t *testing.T) (repo string) {
	t.Helper()
	server := httptest.NewServer(registry.New(silent()))
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://") + "/mejan"
}

func open(t *testing.T, repo string) *images.Registry {
	t.Helper()
	r, err := images.NewRegistry(repo, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// silent keeps a registry from logging.
func silent() registry.Option { return registry.Logger(log.New(io.Discard, "", 0)) }

// findKo returns the ko of this checkout. On a machine that never had it, this compiles it.
func findKo(t *testing.T) string {
	t.Helper()
	t.Log("looking for ko; compiling it takes some minutes the first time")
	ko, err := images.FindKo(context.WithoutCancel(t.Context()), filepath.Join("..", ".."), func(step string) func(string) {
		t.Logf("%s …", step)
		return func(result string) { t.Logf("%s: %s", step, result) }
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
