package main

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// Promise: the imitation of GitHub answers what the real gh asks for a pull request, by the address that gh finds in the
// clone. A question that it does not know is an error that shows the question.
func TestPullRequest(t *testing.T) {
	if _, err := exec.LookPath("gh"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("gh is missing: apt-get install gh")
		}
		t.Skip("gh is missing: apt-get install gh")
	}
	w := &world{scratch: t.TempDir(), github: &forge{}}
	defer w.close()
	if err := w.startInternet(); err != nil {
		t.Fatal(err)
	}
	run := func(name string, args ...string) string {
		t.Helper()
		command := exec.CommandContext(t.Context(), name, args...)
		command.Dir, command.Env = w.scratch, append(w.env("dev"), "GH_TOKEN=token")
		out, err := command.CombinedOutput()
		if err != nil {
			t.Errorf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
		}
		return strings.TrimSpace(string(out))
	}
	run("git", "init", "-q", "-b", "main")
	run("git", "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "--allow-empty", "-m", "a")
	run("git", "remote", "add", "origin", "https://github.com/"+repository)
	list := []string{"pr", "list", "--head", "release/a", "--state", "open", "--json", "url", "--jq", ".[].url"}
	if got := run("gh", list...); got != "" {
		t.Errorf("open requests: %s", got)
	}
	const address = "https://github.com/acme/mejan/pull/1"
	if got := run("gh", "pr", "create", "--head", "release/a", "--base", "main", "--title", "t", "--body", "b"); !strings.HasSuffix(got, address) {
		t.Errorf("gh pr create says %q", got)
	}
	if got := run("gh", list...); got != address {
		t.Errorf("open requests: %q", got)
	}
	if got := run("gh", append([]string{"pr", "list", "--base", "main"}, list[2:]...)...); got != address {
		t.Errorf("open requests into main: %q", got)
	}
	done, last, err := w.github.taken()
	if err != nil || len(done) != 1 || done[0] != "pull request main <- release/a" || last != "t\nb" {
		t.Errorf("done %q, %q, %v", done, last, err)
	}
}
