package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mejan/mejan/functions/pipeline"
)

// shell runs mejan and gives what a shell would see of it.
func shell(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	code = run(t.Context(), args, &out, &err)
	return code, out.String(), err.String()
}

// previewed is the item that preview prints.
func previewed(t *testing.T, args ...string) pipeline.Item {
	t.Helper()
	code, stdout, stderr := shell(t, append([]string{"preview", "--json"}, args...)...)
	if code != 0 {
		t.Fatalf("preview %q: exit %d: %s", args, code, stderr)
	}
	var item pipeline.Item
	if err := json.Unmarshal([]byte(stdout), &item); err != nil {
		t.Fatalf("preview %q: %v in %s", args, err, stdout)
	}
	return item
}

const (
	weekly = "../samples/us-stocks-1week.json"
	daily  = "../samples/us-stocks-1day.json.gz"
	rows   = "../functions/analyzer/testdata/weekly.jsonl"
)

// A preview is what the pipeline would store: of a file of bars, compressed or not, and of rows the same as of the file
// that they came from.
func TestPreview(t *testing.T) {
	item := previewed(t, daily)
	want := pipeline.RowCounts{Raw: 13992, Processed: 13991, Rejected: 1}
	if diff := cmp.Diff(want, item.RowCounts); diff != "" || item.AsOf != "2018-02-07" || item.SymbolsAnalyzed != 12 {
		t.Errorf("as of %s, %d symbols, rows (-want +got):\n%s", item.AsOf, item.SymbolsAnalyzed, diff)
	}
	if item.Quality.Reasons["FIELD_TYPE"] != 1 {
		t.Errorf("reasons: %v", item.Quality.Reasons)
	}
	ofFile, ofRows := previewed(t, weekly), previewed(t, rows)
	for _, i := range []*pipeline.Item{&ofFile, &ofRows} {
		i.Source, i.ProcessedAt, i.Quality = pipeline.Source{}, item.ProcessedAt, pipeline.Quality{}
	}
	if diff := cmp.Diff(ofFile, ofRows); diff != "" {
		t.Errorf("file and rows (-file +rows):\n%s", diff)
	}
}

// A person sees the market, each symbol with its sketch, what stands out and what was refused; without a terminal there
// is no colour in it.
func TestPreviewReport(t *testing.T) {
	code, stdout, stderr := shell(t, "preview", daily)
	if code != 0 || strings.Contains(stdout, "\x1b") {
		t.Errorf("exit %d, %s, output:\n%s", code, stderr, stdout)
	}
	for _, want := range []string{
		"1day bars as of 2018-02-07", "BEARISH · 4 of 12 advanced, 8 declined", "turbulence 1.09 times the usual",
		"\nAAPL            159.54   -2.14 %", "▅▅▆▅▆▆▆▇▇▇▇▇█▇█████▇▆▆▅▄▄▄▂▁▃▂",
		"beyond the highest close of 52 weeks", "surprise 3.48", "13992 rows read, 13991 used, 1 rejected",
		"refused          1 row with a field of the wrong type (FIELD_TYPE)",
	} {
		if !strings.Contains(stdout, want) {
			t.Errorf("output lacks %q:\n%s", want, stdout)
		}
	}
}

// The mail of a preview is two files.
func TestPreviewMail(t *testing.T) {
	html, text := filepath.Join(t.TempDir(), "m.html"), filepath.Join(t.TempDir(), "m.txt")
	if code, _, stderr := shell(t, "preview", weekly, "--html", html, "--text", text); code != 0 {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	for name, want := range map[string]string{html: "<!doctype html>", text: "MARKET SUMMARY"} {
		got, err := os.ReadFile(name)
		if err != nil || !strings.HasPrefix(string(got), want) {
			t.Errorf("%s: %v, begins with %.40q", name, err, got)
		}
	}
}

// What cannot be shown is a failure that says why, on stderr, and the output stays empty.
func TestPreviewFails(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	for name, c := range map[string]struct {
		args []string
		code int
		says string
	}{
		"no file":      {[]string{filepath.Join(dir, "none.json")}, 1, "no such file"},
		"a folder":     {[]string{dir}, 1, "is a folder"},
		"not JSON":     {[]string{file("a.json", `{"AAPL": {"meta"; 1}}`)}, 1, "MALFORMED_JSON at byte 16"},
		"not rows":     {[]string{file("a.jsonl", "{}\n")}, 1, "row 1"},
		"nothing":      {[]string{file("b.jsonl", "")}, 1, "no valid row"},
		"no argument":  {nil, 2, "usage"},
		"unknown flag": {[]string{weekly, "--colour"}, 2, "usage"},
	} {
		code, stdout, stderr := shell(t, append([]string{"preview"}, c.args...)...)
		if code != c.code || stdout != "" || !strings.Contains(stderr, c.says) {
			t.Errorf("%s: exit %d, stdout %q, stderr %q, want %d and %q", name, code, stdout, stderr, c.code, c.says)
		}
	}
}

// Colours are for terminals, and for those who want them.
func TestColoured(t *testing.T) {
	none := func(string) (string, bool) { return "", false }
	if coloured(&bytes.Buffer{}, none) {
		t.Error("coloured, without a terminal")
	}
	device, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer device.Close()
	for name, want := range map[string]paint{"": true, "NO_COLOR": false} {
		lookup := func(n string) (string, bool) { return "1", n == name }
		if name == "" {
			lookup = none
		}
		if got := coloured(device, lookup); got != want {
			t.Errorf("with %q set: got %t, want %t", name, got, want)
		}
	}
	if got := paint(true).way(-1, "x"); got != "\x1b[31mx\x1b[0m" {
		t.Errorf("down: got %q", got)
	}
}

// A sketch shows the shape: lowest and highest at the ends of the scale, the middle where nothing moves.
func TestSpark(t *testing.T) {
	for want, values := range map[string][]float64{"▁█": {1, 2}, "▅▅▅": {3, 3, 3}, "▁▅█▃": {0, 4, 8, 2}, "▅": {1}} {
		if got := spark(values); got != want {
			t.Errorf("%v: got %s, want %s", values, got, want)
		}
	}
}
