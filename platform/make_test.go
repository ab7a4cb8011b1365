package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Promise: `make foundation` is for a stage without a release and `make up` for one with a release. In the other case
// each stops before Pulumi runs, and names the right command. PULUMI_FLAGS reach Pulumi.
func TestMakeSteps(t *testing.T) {
	if _, err := exec.LookPath("make"); err != nil {
		t.Skip("make is missing")
	}
	makefile, err := filepath.Abs("../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	const cli = "#!/bin/sh\necho pulumi \"$@\"\n"
	for _, tt := range []struct {
		target   string
		released bool
		want     string
	}{
		{"foundation", false, "pulumi up --stack qa --yes"},
		{"foundation", true, "make up STAGE=qa"},
		{"up", true, "pulumi up --stack qa --yes"},
		{"up", false, "make foundation STAGE=qa"},
		{"preview", true, "pulumi preview --stack qa --yes"},
		{"preview", false, "pulumi preview --stack qa --yes"},
	} {
		t.Run(tt.target, func(t *testing.T) {
			root := t.TempDir()
			if err := os.MkdirAll(filepath.Join(root, "platform", "releases"), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(root, "pulumi"), []byte(cli), 0o755); err != nil {
				t.Fatal(err)
			}
			if tt.released {
				if err := os.WriteFile(filepath.Join(root, "platform", "releases", "qa.json"), nil, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			cmd := exec.CommandContext(t.Context(), "make", "-s", "-f", makefile, tt.target, "STAGE=qa", "PULUMI_FLAGS=--yes")
			cmd.Dir = root
			cmd.Env = append(os.Environ(), "PATH="+root+string(os.PathListSeparator)+os.Getenv("PATH"), "MAKEFLAGS=")
			out, err := cmd.CombinedOutput()
			runs := strings.HasPrefix(tt.want, "pulumi")
			if !strings.Contains(string(out), tt.want) || (err == nil) != runs || strings.Contains(string(out), "pulumi ") != runs {
				t.Errorf("error %v, output:\n%s\nwant %q", err, out, tt.want)
			}
		})
	}
}
