package images

import (
	"os"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"gopkg.in/yaml.v3"
)

// Promise: .ko.yaml names the base that a build puts into ko's cache for Lambda, and pins one version of Go, so that ko
// by hand makes the same image.
func TestSettingsOfKo(t *testing.T) {
	base, err := seedBase(t.TempDir(), v1.Platform{OS: "linux", Architecture: "arm64"})
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile("../../.ko.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var config struct {
		Base string `yaml:"defaultBaseImage"`
	}
	if err := yaml.Unmarshal(data, &config); err != nil || config.Base != base {
		t.Errorf(".ko.yaml has defaultBaseImage %q (%v), want %q", config.Base, err, base)
	}
	if version, err := Toolchain("../.."); err != nil || strings.Count(version, ".") != 2 {
		t.Errorf("toolchain %q, %v; want one exact version", version, err)
	}
}

// Promise: a checkout that pins no version of Go is refused, with the remedy.
func TestToolchain(t *testing.T) {
	for _, tt := range []struct{ config, want string }{
		{"defaultEnv: [A=1, GOTOOLCHAIN=go1.26.8]", "go1.26.8"},
		{"defaultEnv: [A=1]", ""},
		{"defaultEnv: [", ""},
	} {
		root := t.TempDir()
		if err := os.WriteFile(root+"/.ko.yaml", []byte(tt.config), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := Toolchain(root)
		if got != tt.want || (err == nil) != (tt.want != "") {
			t.Errorf("%q: %q, %v; want %q", tt.config, got, err, tt.want)
		}
		if err != nil && !strings.Contains(err.Error(), "git checkout -- .ko.yaml") {
			t.Errorf("%q: %v; want the remedy", tt.config, err)
		}
	}
	if _, err := Toolchain(t.TempDir()); err == nil {
		t.Error("a checkout without .ko.yaml was let through")
	}
}
