package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"net"
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

// What makes a command fail is found before anything is built, and no input is removed with earlier results.
func TestFoundFirst(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	dir := t.TempDir()
	input := filepath.Join(dir, "s3", "inputs", "bars.json")
	for _, name := range []string{input, filepath.Join(dir, "summary.json"), filepath.Join(dir, "file"), filepath.Join(dir, "mine", "logs.jsonl")} {
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o700), os.WriteFile(name, []byte("mine"), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	for line, want := range map[string]struct {
		code   int
		stderr string
	}{
		"demo --addr " + taken.Addr().String() + " --out " + dir: {1, "--addr 127.0.0.1:0 takes a free port"},
		"local --addr " + taken.Addr().String():                  {1, "--addr 127.0.0.1:0 takes a free port"},
		"local --addr 127.0.0.1:0 --data DIR/file":               {1, "name another folder"},
		"local --addr 127.0.0.1:0 --data DIR/mine":               {1, "not from an earlier run"},
		"demo --out DIR/file":                                    {1, "name another folder"},
		"demo --out DIR/file/below":                              {1, "name another folder"},
		"demo --out /dev/null":                                   {1, "name another folder"},
		"demo --out -":                                           {2, "name a folder"},
		"demo --json --out -":                                    {2, "name a folder"},
		"demo --out DIR " + input:                                {2, "lies where the results are written"},
		"demo --out DIR DIR/summary.json":                        {2, "lies where the results are written"},
		"demo --out DIR/s3/.. --json " + input:                   {2, "lies where the results are written"},
	} {
		line := strings.ReplaceAll(line, "DIR", dir)
		code, stdout, stderr := mejan(t, strings.Fields(line)...)
		if code != want.code || !strings.Contains(stderr, want.stderr) || strings.Contains(stderr, "build") || stdout != "" {
			t.Errorf("%s: exit %d, stdout %q, stderr %q; want %+v", line, code, stdout, stderr, want)
		}
		if got, err := os.ReadFile(input); err != nil || string(got) != "mine" {
			t.Errorf("%s: the input is now %q, %v", line, got, err)
		}
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

// With --smoke each upload is a smoke test of its own, also of one file twice, and only the test receiver gets mail.
func TestDemoSmoke(t *testing.T) {
	dir := t.TempDir()
	weekly := filepath.Join("..", "..", sample)
	code, stdout, stderr := mejan(t, "demo", weekly, weekly, "--smoke", "--json", "--out", dir)
	if code != 0 || strings.Count(stdout, `"outcome": "analysed"`) != 2 {
		t.Fatalf("exit %d: %s%s", code, stdout, stderr)
	}
	for _, name := range []string{"1.eml", "2.eml"} {
		mail, err := os.ReadFile(filepath.Join(dir, "outbox", name))
		if err != nil || !strings.Contains(string(mail), "\nTo: <success@simulator.amazonses.com>") {
			t.Errorf("%s: %v, or to another receiver", name, err)
		}
	}
}

func sameJSON(a, b []byte) bool {
	var x, y any
	return json.Unmarshal(a, &x) == nil && json.Unmarshal(b, &y) == nil && cmp.Equal(x, y)
}
