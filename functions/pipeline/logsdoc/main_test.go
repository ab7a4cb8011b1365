package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mejan/mejan/functions/pipeline"
)

// Promise: docs/logs.md says what the Go source says.
func TestPageIsCurrent(t *testing.T) {
	committed, err := os.ReadFile("../../../docs/logs.md")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(committed), page(pipeline.LogFields())); diff != "" {
		t.Errorf("docs/logs.md is stale, run `make fix` (-committed +generated):\n%s", diff)
	}
}

// Promise: the page shows every field of the table once, with its meaning.
func TestPageShowsEachField(t *testing.T) {
	for _, field := range pipeline.LogFields() {
		if field.Type == "" || field.Meaning == "" {
			t.Errorf("%s of %q: no type or no meaning", field.Name, field.Lines)
		}
		if n := strings.Count(page([]pipeline.LogField{field}), "| `"+field.Name+"` |"); n != 1 {
			t.Errorf("%s of %q: shown %d times, want 1", field.Name, field.Lines, n)
		}
	}
}

// Promise: a field that a function no longer writes does not stay on the page. That no field is missing there is
// what pipelinetest.CheckLog sees to, on the lines of each function's tests.
func TestFieldsAreWritten(t *testing.T) {
	for _, f := range pipeline.Functions() {
		source := sourceOf(t, f)
		for _, field := range pipeline.LogFields() {
			if field.Lines != pipeline.LogLines(f) || field.Name == "error" { // zerolog writes this name
				continue
			}
			if !strings.Contains(source, `"`+field.Name+`"`) {
				t.Errorf("%s: the source of the %s does not write it, remove it from pipeline.LogFields", field.Name, f)
			}
		}
	}
}

// sourceOf is the Go source of a function's main package.
func sourceOf(t *testing.T, f pipeline.Function) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("../..", string(f), "*.go"))
	if err != nil || files == nil {
		t.Fatalf("source of the %s: %v, %v", f, files, err)
	}
	var all strings.Builder
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(text)
	}
	return all.String()
}
