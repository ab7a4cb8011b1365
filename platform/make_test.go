package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Promise: `make foundation` is for a stage without a release and `make up` for one with a release. In the other case
// each stops before Pulumi runs, and names the right command. PULUMI_FLAGS reach Pulumi. `make up` verifies the images
// first, and deploys nothing if they are not signed as the stage asks.
func TestMakeSteps(t *testing.T) {
	if _, err := exec.LookPath("make"); err != nil {
		t.Skip("make is missing")
	}
	makefile, err := filepath.Abs("../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	const (
		cli      = "#!/bin/sh\necho pulumi \"$@\"\n"
		builder  = "#!/bin/sh\n"
		signed   = "#!/bin/sh\necho mejan \"$@\"\n"
		unsigned = "#!/bin/sh\necho the images of qa are not signed; exit 1\n"
	)
	for _, tt := range []struct {
		target   string
		released bool
		mejan    string
		want     string
	}{
		{"foundation", false, signed, "pulumi up --stack qa --yes"},
		{"foundation", true, signed, "make up STAGE=qa"},
		{"up", true, signed, "mejan verify qa --if-required\npulumi up --stack qa --yes"},
		{"up", true, unsigned, "the images of qa are not signed"},
		{"up", false, signed, "make foundation STAGE=qa"},
		{"preview", true, signed, "pulumi preview --stack qa --yes"},
		{"preview", false, signed, "pulumi preview --stack qa --yes"},
	} {
		t.Run(tt.target, func(t *testing.T) {
			root := t.TempDir()
			if err := os.MkdirAll(filepath.Join(root, "platform", "releases"), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.MkdirAll(filepath.Join(root, "bin"), 0o755); err != nil {
				t.Fatal(err)
			}
			for path, program := range map[string]string{"pulumi": cli, "go": builder, "bin/mejan": tt.mejan} {
				if err := os.WriteFile(filepath.Join(root, path), []byte(program), 0o755); err != nil {
					t.Fatal(err)
				}
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
			runs := strings.Contains(tt.want, "pulumi ")
			if !strings.Contains(string(out), tt.want) || (err == nil) != runs || strings.Contains(string(out), "pulumi ") != runs {
				t.Errorf("error %v, output:\n%s\nwant %q", err, out, tt.want)
			}
		})
	}
}
