package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// fakeGH answers a list with the posts that it kept, and keeps what it is sent. `make workflows` tries the real gh.
const fakeGH = `#!/bin/sh
echo "$*" >>"$GH_LOG"
case "$*" in
*--paginate*) cat "$GH_POSTS" ;;
*) cat >"$GH_POSTS.sent"; echo '{"html_url": "https://github.com/acme/mejan/issues/1"}' ;;
esac
`

// Promise: one issue tells of every stage that differs. It opens with the first, is rewritten with each, and is closed
// with the last; where no stage differs nothing is posted. The exit code is that of the check.
func TestIssue(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "gh"), []byte(fakeGH), 0o755); err != nil {
		t.Fatal(err)
	}
	posts, log := filepath.Join(dir, "posts"), filepath.Join(dir, "log")
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	t.Setenv("GH_POSTS", posts)
	t.Setenv("GH_LOG", log)
	body := ""
	for i, step := range []struct {
		stage, command string
		// sent is what reaches GitHub; empty if nothing is posted.
		request, contains, lacks string
		closes                   bool
	}{
		{stage: "dev", command: "true"},
		{stage: "dev", command: "echo dev differs; exit 3", request: "--method POST repos/{owner}/{repo}/issues ", contains: "dev differs"},
		{stage: "uat", command: "echo uat differs; exit 1", request: "--method PATCH repos/{owner}/{repo}/issues/1 ", contains: "dev differs"},
		{stage: "dev", command: "true", request: "--method PATCH repos/{owner}/{repo}/issues/1 ", contains: "uat differs", lacks: "dev differs"},
		{stage: "uat", command: "true", request: "--method PATCH repos/{owner}/{repo}/issues/1 ", lacks: "uat differs", closes: true},
	} {
		list := "[]"
		if body != "" {
			// A request with the same text is none of the issues, and a list may have several pages.
			list = fmt.Sprintf(`[{"number":9,"body":%[1]s,"pull_request":{}},{"number":8,"body":"other"}][{"number":1,"body":%[1]s}]`, body)
		}
		if err := os.WriteFile(posts, []byte(list), 0o600); err != nil {
			t.Fatal(err)
		}
		_ = os.Remove(log)
		_ = os.Remove(posts + ".sent")
		err := issue(t.Context(), options{root: dir, title: "T", section: step.stage, command: []string{"sh", "-c", step.command}})
		var exit *exec.ExitError
		if failed := errors.As(err, &exit); failed != (step.command != "true") || err != nil && !failed {
			t.Errorf("step %d: %v", i, err)
		}
		asked, _ := os.ReadFile(log)
		sent, _ := os.ReadFile(posts + ".sent")
		if step.request == "" && len(sent) > 0 || !strings.Contains(string(asked), step.request) ||
			!strings.Contains(string(sent), step.contains) || step.lacks != "" && strings.Contains(string(sent), step.lacks) ||
			strings.Contains(string(sent), `"state":"closed"`) != step.closes {
			t.Errorf("step %d: asked %s, sent %s", i, asked, sent)
		}
		if _, rest, found := strings.Cut(string(sent), `"body":`); found {
			body, _, _ = strings.Cut(rest, `,"`)
			body = strings.TrimSuffix(body, "}")
		}
	}
}

// Promise: what is missing is said with the remedy, and gh's own failure does not count as that of the command.
func TestNoGH(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	err := issue(t.Context(), options{root: t.TempDir(), title: "T", section: "dev", command: []string{"nothing-here"}})
	if err == nil || !strings.Contains(err.Error(), "gh, which asks GitHub, is missing: install it from") {
		t.Errorf("error %v", err)
	}
}
