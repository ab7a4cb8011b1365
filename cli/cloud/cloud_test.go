package main

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// mejan runs mejan and gives what a shell would see of it.
func mejan(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	code = run(t.Context(), args, &out, &err)
	return code, out.String(), err.String()
}

// Scripts tell a wrong command line (2) from a failure (1), and find nothing but data on stdout.
func TestExitCodes(t *testing.T) {
	for line, want := range map[string]struct {
		code   int
		stderr string
	}{
		"":                          {0, ""},
		"--help":                    {0, ""},
		"demo --help":               {0, ""},
		"local --help":              {0, ""},
		"nonsense":                  {2, `unknown command "nonsense"`},
		"demo --nonsense":           {2, "unknown flag: --nonsense (see mejan demo --help)"},
		"local here":                {2, `"here"`},
		"demo --out testdata/taken": {1, `"outbox" in it is not from an earlier run`},
		"demo testdata/not-there":   {1, "no such file"},
		"demo .":                    {1, "not a file"},
		"local --addr 0.0.0.0:4566": {2, "loopback"},
		"local --addr nowhere":      {2, "missing port"},
	} {
		t.Run(line, func(t *testing.T) {
			code, stdout, stderr := mejan(t, strings.Fields(line)...)
			if code != want.code || !strings.Contains(stderr, want.stderr) {
				t.Errorf("exit %d, stderr %q; want exit %d and %q", code, stderr, want.code, want.stderr)
			}
			if code == 0 && !strings.Contains(stdout, "Usage:") || code != 0 && stdout != "" {
				t.Errorf("stdout %q", stdout)
			}
		})
	}
}

// What scripts read of a demo is there, under the names that stay.
func TestDemo(t *testing.T) {
	dir := t.TempDir()
	kept := filepath.Join(dir, "kept.txt")
	if err := os.WriteFile(kept, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	weekly := filepath.Join("..", "..", sample)
	code, stdout, stderr := mejan(t, "demo", weekly, weekly, "--json", "--out", dir)
	if code != 0 {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	var summary struct {
		Files []map[string]any `json:"files"`
	}
	if err := json.Unmarshal([]byte(stdout), &summary); err != nil {
		t.Fatalf("summary %s: %v", stdout, err)
	}
	if len(summary.Files) != 2 {
		t.Fatalf("%d files, want 2", len(summary.Files))
	}
	names := []string{
		"analysis_id", "correlation_id", "etag", "input", "mails", "outcome", "processed_key", "rejects_key", "rows",
		"run_id", "seconds",
	}
	for i, outcome := range []string{"analysed", "duplicate"} {
		file := summary.Files[i]
		if diff := cmp.Diff(names, slices.Sorted(maps.Keys(file))); diff != "" {
			t.Errorf("fields of a file (-want +got):\n%s", diff)
		}
		if file["outcome"] != outcome || file["input"] != "inputs/us-stocks-1week.json" {
			t.Errorf("file %d: %v of %v, want %s", i, file["outcome"], file["input"], outcome)
		}
	}
	mails := []any{[]any{"outbox/1.eml"}, []any{}}
	if diff := cmp.Diff(mails, []any{summary.Files[0]["mails"], summary.Files[1]["mails"]}); diff != "" {
		t.Errorf("mails (-want +got):\n%s", diff)
	}
	for _, name := range []string{
		"kept.txt", "table.json", "logs.jsonl", "metrics.json", "summary.json", "outbox/1.eml", "outbox/1.html", "outbox/1.txt",
		"s3/inputs/us-stocks-1week.json",
	} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
	if written, err := os.ReadFile(filepath.Join(dir, "summary.json")); err != nil || !sameJSON(written, []byte(stdout)) {
		t.Errorf("summary.json differs from what --json prints: %v", err)
	}
	lines, err := os.ReadFile(filepath.Join(dir, "logs.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(lines)) {
		if !json.Valid([]byte(line)) {
			t.Errorf("log line is not JSON: %s", line)
		}
	}
}

func sameJSON(a, b []byte) bool {
	var x, y any
	return json.Unmarshal(a, &x) == nil && json.Unmarshal(b, &y) == nil && cmp.Equal(x, y)
}
