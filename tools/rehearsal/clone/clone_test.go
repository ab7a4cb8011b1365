package clone_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mejan/mejan/tools/rehearsal/clone"
)

// A newcomer has no settings of ours.
func TestEnvironment(t *testing.T) {
	got := clone.Environment([]string{"HOME=/h", "CI=true", "GOFLAGS=-x", "AWS_REGION=r", "AWS_CA_BUNDLE=/c", "MAKEFLAGS=k"})
	want := []string{"HOME=/h", "AWS_CA_BUNDLE=/c", "GOENV=off", "AWS_EC2_METADATA_DISABLED=true"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("environment (-want +got):\n%s", diff)
	}
}

// Promise: a clone has the files as they are, whether they are committed, staged or not, and nothing of the repository is
// reached from it.
func TestMake(t *testing.T) {
	root, folder := t.TempDir(), filepath.Join(t.TempDir(), "clone")
	run := func(dir string, args ...string) string {
		t.Helper()
		git := exec.CommandContext(t.Context(), "git", append([]string{"-c", "user.name=a", "-c", "user.email=a@b"}, args...)...)
		git.Dir = dir
		out, err := git.CombinedOutput()
		if err != nil {
			t.Fatalf("git %s: %v\n%s", args, err, out)
		}
		return string(out)
	}
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(root, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run(root, "init", "-q")
	for _, name := range []string{"same", "edited", "staged", "gone", "removed"} {
		write(name, name)
	}
	run(root, "add", ".")
	run(root, "commit", "-qm", "a")
	write("edited", "edited 2")
	write("staged", "staged 2")
	write("new", "new")
	write("added", "added")
	run(root, "add", "staged", "added")
	run(root, "rm", "-q", "removed")
	if err := os.Remove(filepath.Join(root, "gone")); err != nil {
		t.Fatal(err)
	}
	if err := clone.Make(t.Context(), root, folder); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, name := range strings.Fields(run(folder, "ls-files")) {
		text, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		got[name] = string(text)
	}
	want := map[string]string{
		"same": "same", "edited": "edited 2", "staged": "staged 2", "new": "new", "added": "added",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	if left := run(folder, "status", "--porcelain") + run(folder, "remote"); left != "" {
		t.Errorf("the clone has changes or a remote: %s", left)
	}
}
