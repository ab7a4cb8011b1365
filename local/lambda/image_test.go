package lambda_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/local/lambda"
	"github.com/mejan/mejan/local/registry"
	"github.com/mejan/mejan/platform/images"
)

// toyFunction speaks the Runtime API by itself, so that it compiles at once.
const toyFunction = `package main

import (
	"net/http"
	"os"
	"strings"
)

func main() {
	api := "http://" + os.Getenv("AWS_LAMBDA_RUNTIME_API") + "/2018-06-01/runtime/invocation/"
	for {
		event, err := http.Get(api + "next")
		if err != nil {
			return
		}
		answer := strings.NewReader("\"" + os.Args[0] + " " + os.Getenv("KO_DATA_PATH") + "\"")
		id := event.Header.Get("Lambda-Runtime-Aws-Request-Id")
		if _, err := http.Post(api+id+"/response", "application/json", answer); err != nil {
			return
		}
	}
}
`

// Promise: what ko builds runs: from source to image, through a registry, to a process that answers an event, with the
// image's entrypoint and environment.
func TestImageRuns(t *testing.T) {
	root := filepath.Join("..", "..")
	t.Log("looking for ko; compiling it takes some minutes the first time")
	ko, err := images.FindKo(t.Context(), root, nil)
	if err != nil {
		t.Fatal(err)
	}
	reg, err := registry.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer reg.Close()
	checkout := toyCheckout(t, root)
	built, err := images.Build(t.Context(), images.Args{
		Root: checkout, Platform: registry.HostPlatform(), Ko: ko, Cache: t.TempDir(),
		Functions: []pipeline.Function{pipeline.Notifier},
	})
	if err != nil {
		t.Fatal(err)
	}
	repo, err := images.NewRegistry(reg.Repo(), nil)
	if err != nil {
		t.Fatal(err)
	}
	digests, err := repo.PushAll(t.Context(), built)
	if err != nil {
		t.Fatal(err)
	}
	reference := reg.Repo() + "/notifier@" + digests[pipeline.Notifier]
	image, err := registry.Pull(t.Context(), reference, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	engine, _ := start(t, lambda.Options{}, lambda.Function{Name: "notifier", Image: image, Timeout: 5 * time.Second})
	response, functionError, err := engine.Invoke(t.Context(), "notifier", []byte("{}"))
	if err != nil || functionError != "" {
		t.Fatalf("got %s, %q, %v", response, functionError, err)
	}
	if got, want := string(response), `"/ko-app/notifier /var/run/ko"`; got != want {
		t.Errorf("answer %s, want %s", got, want)
	}
}

// toyCheckout makes a checkout with the .ko.yaml of this repository, in which every function is the toy.
func toyCheckout(t *testing.T, root string) string {
	t.Helper()
	config, err := os.ReadFile(filepath.Join(root, ".ko.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{".ko.yaml": string(config)}
	work := "go 1.26.0\n"
	for _, function := range pipeline.Functions() {
		folder := "functions/" + string(function)
		work += "\nuse ./" + folder + "\n"
		files[folder+"/go.mod"] = "module example.com/" + string(function) + "\n\ngo 1.26.0\n"
		files[folder+"/main.go"] = toyFunction
	}
	files["go.work"] = work
	checkout := t.TempDir()
	for name, content := range files {
		path := filepath.Join(checkout, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return checkout
}
