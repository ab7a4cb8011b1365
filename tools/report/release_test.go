package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// history is a repository in a temporary folder.
type history struct {
	t    *testing.T
	root string
}

func newHistory(t *testing.T) history {
	t.Helper()
	for name, value := range map[string]string{
		"GIT_CONFIG_GLOBAL": os.DevNull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b",
		"GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b",
	} {
		t.Setenv(name, value)
	}
	h := history{t, t.TempDir()}
	h.git("init", "-q", "-b", "main")
	return h
}

func (h history) git(args ...string) string {
	h.t.Helper()
	out, err := git(h.t.Context(), h.root, args...)
	if err != nil {
		h.t.Fatal(err)
	}
	return out
}

// commit writes a file and returns the commit of it.
func (h history) commit(path, text string) string {
	h.t.Helper()
	full := filepath.Join(h.root, path)
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		h.t.Fatal(err)
	}
	if err := os.WriteFile(full, []byte(text), 0o600); err != nil {
		h.t.Fatal(err)
	}
	h.git("add", ".")
	h.git("commit", "-qm", "change "+path)
	return h.git("rev-parse", "HEAD")
}

func (h history) release(stage, source string) {
	h.t.Helper()
	text, err := json.Marshal(map[string]any{
		"source": source, "platform": "linux/arm64", "go": "go1.26.8", "promoted_from": "dev",
		"images": map[string]string{"notifier": "sha256:" + source[:4]}, "sizes": map[string]int{"notifier": 4_400_000},
	})
	if err != nil {
		h.t.Fatal(err)
	}
	h.commit(releaseFile(stage), string(text))
}

// Promise: a summary says what is new since the last release with other images, and does not fail where there is none.
func TestDescribe(t *testing.T) {
	h := newHistory(t)
	first := h.commit("CHANGELOG.md", "## [Unreleased]\n\n- A.\n")
	check := func(want ...string) {
		t.Helper()
		text, err := describe(t.Context(), h.root, "uat")
		if err != nil {
			t.Fatal(err)
		}
		for _, words := range want {
			if !strings.Contains(text, words) {
				t.Errorf("summary lacks %q:\n%s", words, text)
			}
		}
	}
	check("## Stage uat has no release")
	h.release("uat", first)
	check("## Release of uat: commit "+first[:12], "promoted from dev", "`sha256:"+first[:4]+"` | 4.4", "the first release of the stage")
	second := h.commit("CHANGELOG.md", "## [Unreleased]\n\n- A.\n- B,\n  longer.\n")
	h.release("uat", second)
	check("of commit "+first[:12]+". New since then:\n", "change CHANGELOG.md", "New in the changelog:\n\n- B,\n  longer.\n")
	if text, err := describe(t.Context(), h.root, "uat"); err != nil || strings.Contains(text, "change "+releaseFile("uat")) {
		t.Errorf("commits of releases are listed: %v\n%s", err, text)
	}
	// The same release with a hold.
	h.commit(releaseFile("uat"), `{"source": "`+second+`", "hold": "broken", "images": {}}`)
	check("**Held:** broken", "of commit "+first[:12])
}

// Promise: a promotion without an entry in the changelog is refused, with the remedy. The first one needs an entry too;
// one that changes nothing needs none.
func TestChangelog(t *testing.T) {
	h := newHistory(t)
	bare := h.commit("CHANGELOG.md", "# Changelog\n\n## [Unreleased]\n")
	o := options{root: h.root, from: "dev", to: "uat"}
	refused := func(want string) {
		t.Helper()
		if err := changelog(t.Context(), o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
	refused("stage dev has no release to promote")
	h.release("dev", bare)
	refused("say under Unreleased what the release brings")
	h.release("uat", bare)
	if err := changelog(t.Context(), o); err != nil {
		t.Errorf("nothing to promote: %v", err)
	}
	code := h.commit("main.go", "package main\n")
	h.release("dev", code)
	refused("has no entry between " + bare[:12] + ", which uat runs, and " + code[:12])
	entry := h.commit("CHANGELOG.md", "# Changelog\n\n## [Unreleased]\n\n- New.\n")
	h.release("dev", entry)
	if err := changelog(t.Context(), o); err != nil {
		t.Error(err)
	}
	got, err := entriesBetween(t.Context(), h.root, bare, entry)
	if diff := cmp.Diff([]string{"- New."}, got); err != nil || diff != "" {
		t.Errorf("entries: %v (-want +got):\n%s", err, diff)
	}
}
