package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/functions/pipeline/smoke"
)

// marked is a file that its uploader marked as a smoke test, with new bytes.
func marked(t *testing.T, f file, nonce string) file {
	t.Helper()
	body, err := smoke.Body([]byte(f.body), []byte(nonce))
	if err != nil {
		t.Fatal(err)
	}
	f.body, f.metadata = string(body), map[string]string{pipeline.SmokeMetadata: "true"}
	return f
}

// A smoke test does everything that a real run does, and says so everywhere: in the marker, the announcement, each
// refused row and each log line. It publishes no metric.
func TestSmoke(t *testing.T) {
	for _, f := range files() {
		w := newWorld(t, nil)
		event := w.upload(marked(t, f, "nonce"))
		if err := w.deliver(event); err != nil {
			t.Fatal(err)
		}
		if err := w.deliver(event); err != nil { // a duplicate
			t.Fatal(err)
		}
		m := w.marker()
		if !m.Smoke || !m.Over() || m.Rows != f.rows {
			t.Errorf("%s: marker %+v, want a smoke run with rows %+v", f.name, m, f.rows)
		}
		for _, done := range w.bus.Announced() {
			if !done.Smoke {
				t.Errorf("%s: announced as a real run: %+v", f.name, done)
			}
		}
		for line := range strings.Lines(w.objects.Snapshot(bucket)[m.RejectsKey]) {
			if !strings.Contains(line, `},"smoke":true,`) {
				t.Errorf("%s: refused row without the mark: %s", f.name, line)
			}
		}
		for line := range strings.Lines(w.logs.String()) {
			if !strings.Contains(line, `"smoke":true`) || strings.Contains(line, `"_aws"`) {
				t.Errorf("%s: line without the mark, or with metrics: %s", f.name, line)
			}
		}
	}
}

// The white space that makes bytes new changes no row, in plain files and in compressed ones.
func TestSmokeBodyIsRead(t *testing.T) {
	samples, err := filepath.Glob("../../samples/*.json*")
	if err != nil || len(samples) == 0 {
		t.Fatalf("samples: %v, %v", samples, err)
	}
	for _, sample := range samples {
		content, err := os.ReadFile(sample)
		if err != nil {
			t.Fatal(err)
		}
		real := file{key: pipeline.InputPrefix + filepath.Base(sample), body: string(content)}
		var markers []pipeline.Marker
		for _, f := range []file{real, marked(t, real, "nonce 1"), marked(t, real, "nonce 2")} {
			w := newWorld(t, nil)
			if err := w.deliver(w.upload(f)); err != nil {
				t.Fatal(err)
			}
			markers = append(markers, w.marker())
		}
		for i, m := range markers[1:] {
			before := markers[i]
			if m.Source.ETag == before.Source.ETag || m.RunID == before.RunID {
				t.Errorf("%s: bytes are not new: %q", sample, m.Source.ETag)
			}
			found := func(m pipeline.Marker) any { return []any{m.State, m.Rows, m.Symbols, m.Reasons, m.Warnings} }
			if diff := cmp.Diff(found(markers[0]), found(m)); diff != "" {
				t.Errorf("%s (-real +smoke):\n%s", sample, diff)
			}
		}
	}
}

// What the first run over some bytes was, every later one is: a mark cannot take the report of a real run from its
// receivers, and a file without a mark cannot mail a smoke test to them. The log says what to do.
func TestMarkOfTheFirstWins(t *testing.T) {
	real := named(t, "clean")
	test := real
	test.metadata = map[string]string{pipeline.SmokeMetadata: "true"} // and the same bytes
	for _, order := range [][]file{{real, test}, {test, real}} {
		w := newWorld(t, nil)
		for _, f := range order {
			if err := w.deliver(w.upload(f)); err != nil {
				t.Fatal(err)
			}
		}
		first := pipeline.IsSmoke(order[0].metadata)
		if m := w.marker(); m.Smoke != first {
			t.Errorf("first a smoke test %t: marker %+v", first, m)
		}
		if all := w.bus.Announced(); len(all) != 1 || all[0].Smoke != first {
			t.Errorf("first a smoke test %t: announced %+v", first, all)
		}
		last := w.lines("file settled")[1]
		if why, _ := last["reason"].(string); last["outcome"] != "duplicate" || last["level"] != "WARN" || !strings.Contains(why, "line break") {
			t.Errorf("first a smoke test %t: settled as %v", first, last)
		}
	}
}

// A mark that was not understood would mail a test to the stakeholders, which cannot be taken back. So every value but
// false is a mark.
func TestSmokeValues(t *testing.T) {
	for value, want := range map[string]bool{"true": true, "True": true, "1": true, "yes": true, "false": false, "False": false, "": false} {
		if got := pipeline.IsSmoke(map[string]string{pipeline.SmokeMetadata: value}); got != want {
			t.Errorf("%q: got %t, want %t", value, got, want)
		}
	}
	if pipeline.IsSmoke(nil) {
		t.Error("no metadata: a smoke test")
	}
}
