package main

import (
	"runtime/debug"
	"testing"
)

// A report about a fault can say which build it is about, or that the build does not know.
func TestVersion(t *testing.T) {
	git := []debug.BuildSetting{{Key: "vcs.revision", Value: "fe12"}, {Key: "vcs.modified", Value: "true"}}
	for want, c := range map[string]struct {
		commit   string
		settings []debug.BuildSetting
	}{
		"mejan ab34, go1.26, linux/arm64":                                     {"ab34", git},
		"mejan fe12-dirty, go1.26, linux/arm64":                               {"", git},
		"mejan of an unknown commit (built without git), go1.26, linux/arm64": {"", nil},
	} {
		system := []debug.BuildSetting{{Key: "GOOS", Value: "linux"}, {Key: "GOARCH", Value: "arm64"}}
		if got := version(c.commit, &debug.BuildInfo{GoVersion: "go1.26", Settings: append(system, c.settings...)}); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if code, stdout, stderr := mejan(t, "version"); code != 0 || stdout == "" {
		t.Errorf("exit %d, %q, %q", code, stdout, stderr)
	}
}
