package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mejan/mejan/functions/ingestor/ingest"
	"github.com/mejan/mejan/functions/pipeline"
)

// mejan runs the command and gives what a shell would see of it.
func mejan(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	code = run(t.Context(), args, &out, &err)
	return code, out.String(), err.String()
}

const (
	series = `{"meta":{"symbol":"AAPL","interval":"1day"},"values":[`
	good   = `{"datetime":"2018-02-07","open":"163.08500","high":"163.40","low":"159.07","close":"159.54","volume":"1"}`
	bad    = `{"datetime":"2018-02-06","open":null,"high":"163.40","low":"159.07","close":"159.54","volume":"1"}`
)

func write(t *testing.T, name, body string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(body), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// Scripts tell a finished check (0) from a file that cannot be used and from what they asked to be strict about (1), and
// from a wrong command line (2).
func TestValidateExitCodes(t *testing.T) {
	mixed := write(t, "mixed.json", series+good+","+bad+"]}")
	broken := write(t, "broken.json", series+good)
	for line, want := range map[string]struct {
		code   int
		stderr string
	}{
		"validate " + mixed:                       {0, ""},
		"validate --strict " + mixed:              {1, "1 of 2 rows refused"},
		"validate " + broken:                      {1, "MALFORMED_JSON at byte 159: unexpected end of the file"},
		"validate not-there":                      {1, "no such file"},
		"validate .":                              {1, "is a folder"},
		"validate":                                {2, "requires at least 1 arg"},
		"validate --limits size=1 " + mixed:       {2, "not one of object, value, depth, ratio"},
		"validate --limits value=10 " + mixed:     {1, "TOO_LARGE"},
		"validate --processed no/where/ " + mixed: {1, "output file"},
		"nonsense":                                {2, "unknown command"},
	} {
		code, stdout, stderr := mejan(t, strings.Fields(line)...)
		if code != want.code || !strings.Contains(stderr, want.stderr) {
			t.Errorf("%s: exit %d, stderr %q; want %d and %q", line, code, stderr, want.code, want.stderr)
		}
		if code == 2 && stdout != "" {
			t.Errorf("%s: stdout %q", line, stdout)
		}
	}
}

// What --json prints is what scripts read, under names that stay, also of a file that cannot be used.
func TestValidateJSON(t *testing.T) {
	for name, c := range map[string]struct {
		body string
		want verdict
	}{
		"mixed": {series + good + "," + bad + "]}", verdict{
			Rows: pipeline.Rows{Raw: 2, Valid: 1, Invalid: 1}, Symbols: 1, Reasons: map[string]int64{"FIELD_TYPE": 1},
			Warnings: map[string]int64{"STALE_SERIES": 1},
			Refused: []refusedRow{{"/values/1", int64(len(series+good) + 1), []pipeline.Reason{
				{Code: "FIELD_TYPE", Field: "open", Detail: "null, not a number"},
			}}},
		}},
		"broken": {series + good, verdict{
			Reasons: map[string]int64{"MALFORMED_JSON": 1}, Warnings: map[string]int64{}, Refused: []refusedRow{},
			Error: &fileFault{Code: "MALFORMED_JSON", Offset: 159, Detail: "unexpected end of the file"},
		}},
	} {
		file := write(t, name+".json", c.body)
		_, stdout, _ := mejan(t, "validate", "--json", file)
		var names map[string]json.RawMessage
		var got verdict
		if err := json.Unmarshal([]byte(stdout), &names); err != nil {
			t.Fatalf("%s: %v", stdout, err)
		}
		for _, field := range []string{
			"file", "rows", "symbols", "bytes", "seconds", "reasons", "warnings", "refused", "error",
		} {
			if _, has := names[field]; !has {
				t.Errorf("%s: no %q in %s", name, field, stdout)
			}
		}
		if err := json.Unmarshal([]byte(stdout), &got); err != nil {
			t.Fatal(err)
		}
		c.want.File, c.want.Bytes, got.Seconds = file, int64(len(c.body)), 0
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// The rows that are written are those of the ingestor; and a file that breaks half-way replaces nothing.
func TestValidateOutputs(t *testing.T) {
	dir := t.TempDir()
	processed, rejects := filepath.Join(dir, "good.jsonl"), filepath.Join(dir, "bad.jsonl")
	check := func(body string, code int) {
		t.Helper()
		got, _, stderr := mejan(t, "validate", write(t, "x.json", body), "--processed", processed, "--rejects", rejects)
		if got != code {
			t.Fatalf("exit %d: %s", got, stderr)
		}
		entries, err := os.ReadDir(dir)
		if err != nil || len(entries) != 2 {
			t.Errorf("%d files in the folder, want 2: %v", len(entries), err)
		}
	}
	body := series + good + "," + bad + "]}"
	check(body, 0)
	check(series+good+","+good, 1)

	var valid, rejected bytes.Buffer
	if _, err := ingest.Split(strings.NewReader(body), ingest.Run{}, &valid, &rejected); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(processed)
	if err != nil || !bytes.Equal(got, valid.Bytes()) {
		t.Errorf("got %s, %v; want %s", got, err, valid.Bytes())
	}
	line, err := os.ReadFile(rejects)
	var reject pipeline.Reject
	if err := json.Unmarshal(line, &reject); err != nil {
		t.Fatal(err)
	}
	if err != nil || reject.Raw != bad || reject.Pointer != "/values/1" || reject.Series.Symbol != "AAPL" {
		t.Errorf("got %s, %v", line, err)
	}
}

// The commands that need the cloud on a laptop say where its program should be.
func TestCloudProgramIsMissing(t *testing.T) {
	code, _, stderr := mejan(t, "demo", "--help")
	if code != 1 || !strings.Contains(stderr, "make build") {
		t.Errorf("exit %d, stderr %q", code, stderr)
	}
}
