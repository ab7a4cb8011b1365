package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Every command of a document is found, and nothing that is none.
func TestCommands(t *testing.T) {
	text := "Run `make demo`, or `make`.\n\n    a diagram ──▶ make\n\n```sh\nmake build   # all of it\n\n" +
		"# only a comment\naws s3 cp a \\\n  b\n```\n\n```text\nmake nothing\n```\n`make images STAGE=…` and `bars.json`\n"
	got, err := commands("A.md", text)
	if err != nil {
		t.Fatal(err)
	}
	want := []command{{"A.md:1", "make demo"}, {"A.md:6", "make build"}, {"A.md:9", "aws s3 cp a b"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("commands (-want +got):\n%s", diff)
	}
}

// A command cannot hide in a block that is not executed.
func TestIndentedCommand(t *testing.T) {
	if _, err := commands("A.md", "text\n\n    make demo\n"); err == nil || !strings.Contains(err.Error(), "A.md:3") {
		t.Errorf("got %v, want an error about line 3", err)
	}
}

// Every command of the documents is either executed or on the list of exceptions, and the list has no other entry.
func TestDocuments(t *testing.T) {
	var all []command
	for _, name := range names {
		text, err := os.ReadFile(filepath.Join("..", "..", "..", name))
		if err != nil {
			t.Fatal(err)
		}
		found, err := commands(name, string(text))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, found...)
	}
	toRun, spared, err := sort(all)
	if err != nil {
		t.Fatal(err)
	}
	if len(toRun) == 0 || len(toRun)+len(spared) != len(all) {
		t.Errorf("%d commands: %d are run and %d are not", len(all), len(toRun), len(spared))
	}
}

// A command that fails is an error with its output; what one command exports, the next one has.
func TestShell(t *testing.T) {
	sh, err := startShell(t.Context(), t.TempDir(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer sh.close()
	for _, text := range []string{"export A='it is' B=2", `test "$A$B" = 'it is2'`, "cat"} {
		if err := sh.run(text); err != nil {
			t.Error(err)
		}
	}
	if err := sh.run("echo because; exit_code() { return 3; }; exit_code"); err == nil ||
		!strings.Contains(err.Error(), "exit 3\nbecause") {
		t.Errorf("got %v, want exit 3 and the output", err)
	}
	if err := sh.start("echo ready; sleep 1000", "ready"); err != nil {
		t.Error(err)
	}
}
