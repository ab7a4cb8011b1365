package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// onGitHub is a world with a clone of the repository on the imitation of GitHub. run starts a program in the clone and
// returns what it prints and its exit code.
func onGitHub(t *testing.T) (_ *world, run func(name string, args ...string) (string, int)) {
	t.Helper()
	if _, err := exec.LookPath("gh"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("gh is missing: apt-get install gh")
		}
		t.Skip("gh is missing: apt-get install gh")
	}
	w := &world{scratch: t.TempDir(), github: &forge{}}
	t.Cleanup(w.close)
	if err := w.startInternet(t.Context()); err != nil {
		t.Fatal(err)
	}
	run = func(name string, args ...string) (string, int) {
		t.Helper()
		command := exec.CommandContext(t.Context(), name, args...)
		command.Dir, command.Env = w.scratch, append(w.env("dev"), "GH_TOKEN=token", "GOFLAGS=-buildvcs=false", "GOWORK=off")
		out, err := command.CombinedOutput()
		if err != nil && !errors.As(err, new(*exec.ExitError)) {
			t.Fatal(err)
		}
		return strings.TrimSpace(string(out)), command.ProcessState.ExitCode()
	}
	for _, args := range [][]string{
		{"init", "-q", "-b", "main"},
		{"remote", "add", "origin", "https://github.com/" + repository},
		{"-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "--allow-empty", "-m", "a"},
	} {
		if said, code := run("git", args...); code != 0 {
			t.Fatal(said)
		}
	}
	return w, run
}

// Promise: the imitation of GitHub answers what the real gh asks for a pull request, by the address that gh finds in the
// clone. A question that it does not know is an error that shows the question.
func TestPullRequest(t *testing.T) {
	w, run := onGitHub(t)
	const address = "https://github.com/acme/mejan/pull/1"
	list := []string{"pr", "list", "--head", "release/a", "--state", "open", "--json", "url", "--jq", ".[].url"}
	create := []string{"pr", "create", "--head", "release/a", "--base", "main", "--title", "t", "--body", "b"}
	for _, step := range []struct {
		args []string
		want string
	}{
		{list, ""}, {create, address}, {list, address}, {append([]string{"pr", "list", "--base", "main"}, list[2:]...), address},
	} {
		if said, code := run("gh", step.args...); code != 0 || !strings.HasSuffix(said, step.want) || step.want == "" && said != "" {
			t.Errorf("gh %s: exit %d, %q, want %q", step.args, code, said, step.want)
		}
	}
	done, last, err := w.github.taken()
	if diff := cmp.Diff([]string{"pull request main <- release/a"}, done); err != nil || diff != "" || last != "t\nb" {
		t.Errorf("%v, %q, done (-want +got):\n%s", err, last, diff)
	}
	if _, code := run("gh", "api", "repos/{owner}/{repo}/labels"); code == 0 {
		t.Error("a question that the imitation does not know has an answer")
	}
	if _, _, err := w.github.taken(); err == nil || !strings.Contains(err.Error(), "GET /repos/acme/mejan/labels") {
		t.Errorf("error %v, want the question", err)
	}
}

// Promise: through the real gh, an issue opens with the first stage that differs, is rewritten with the next, and is
// closed when none is left. Later a new one opens.
func TestIssue(t *testing.T) {
	w, run := onGitHub(t)
	tools, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct{ stage, check, done, last string }{
		{"dev", "true", "", ""},
		{"dev", "false", "new issue", "## dev"},
		{"uat", "false", "issue 1", "## uat"},
		{"dev", "true", "issue 1", "## uat"},
		{"uat", "true", "closed issue 1", ""},
		{"uat", "false", "new issue", "## uat"},
	} {
		said, code := run("go", "-C", tools, "run", "./report", "issue", "-root", w.scratch, "-title", "T",
			"-section", step.stage, "--", step.check)
		if (code == 0) != (step.check == "true") {
			t.Errorf("%+v: exit %d: %s", step, code, said)
		}
		done, last, err := w.github.taken()
		if err != nil || strings.Join(done, " ") != step.done || !strings.Contains(last, step.last) {
			t.Errorf("%+v: done %q, %v, %s\n%s", step, done, err, last, said)
		}
	}
}
