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

// Promise: the same source gives the same digest, whatever the folder, the registry and the settings of the machine, and
// also when nothing is pushed. An image is a plain one with the program inside, and its SBOM lies beside it.
func TestBuildIsReproducible(t *testing.T) {
	ko := findKo(t)
	var digests []map[pipeline.Function]string
	for i, repo := range []string{startRegistry(t), startRegistry(t), ""} {
		if i > 0 {
			strangeMachine(t)
		}
		got, err := images.Build(t.Context(), images.Args{
			Root: toy(t), Repo: repo, Platform: "linux/arm64", Cache: t.TempDir(), Ko: ko,
		})
		if err != nil {
			t.Fatal(err)
		}
		digests = append(digests, got)
		for _, function := range pipeline.Functions() {
			if repo != "" {
				checkImage(t, repo+"/"+string(function)+"@"+got[function], "/ko-app/"+string(function))
				checkSBOM(t, repo+"/"+string(function)+":"+strings.ReplaceAll(got[function], ":", "-")+".sbom")
			}
		}
	}
	if len(digests[0]) != len(pipeline.Functions()) {
		t.Errorf("built %d images, want one for each function", len(digests[0]))
	}
	for _, again := range digests[1:] {
		if diff := cmp.Diff(digests[0], again); diff != "" {
			t.Errorf("two checkouts of the same source give different digests:\n%s", diff)
		}
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

// checkSBOM expects an SBOM in a registry.
func checkSBOM(t *testing.T, reference string) {
	t.Helper()
	ref, err := name.ParseReference(reference)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := remote.Head(ref); err != nil {
		t.Errorf("SBOM: %v", err)
	}
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
	server := httptest.NewServer(registry.New(registry.Logger(log.New(io.Discard, "", 0))))
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://") + "/mejan"
}

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
