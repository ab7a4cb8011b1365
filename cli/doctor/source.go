package doctor

import (
	"context"
	"errors"
	"os/exec"
	"strings"
	"syscall"
)

// notFolder is the error of a path that leads through a file.
const notFolder = syscall.ENOTDIR

// sources are what goes into the images: the functions, ko's settings, and the version of ko.
var sources = []string{"functions", ".ko.yaml", "tools/go.mod", "tools/go.sum"}

// findSource finds the commit that the images are built from. What goes into them must be committed: a release that
// cannot be built again says nothing.
func findSource(ctx context.Context, s *Subject) Finding {
	const clone = "work in a clone of the repository: git clone"
	head, err := output(ctx, s.Root, "git", "rev-parse", "--verify", "HEAD")
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return problem("install git: https://git-scm.com/downloads", "the command git is missing")
	case err != nil:
		return problem(clone, "a release names the commit that it was built from: %v", err)
	}
	// A checkout that was unpacked inside of another repository has a HEAD, but not of these files.
	if _, err := output(ctx, s.Root, "git", "cat-file", "-e", "HEAD:./.ko.yaml"); err != nil {
		return problem(clone, "commit %.12s does not have these files", head)
	}
	changed, err := uncommitted(ctx, s.Root)
	switch {
	case err != nil:
		return problem("", "%v", err)
	case changed != "":
		return problem("git add them and git commit, or git stash --include-untracked",
			"what goes into the images is not committed:\n%s", changed)
	}
	if s.Source != "" && s.Source != head {
		return problem("build again", "the checkout moved from commit %.12s to %.12s", s.Source, head)
	}
	s.Source = head
	return ok("commit %.12s", head)
}

// uncommitted lists the files of the sources that differ from HEAD, as git status does: also the files that the user's
// configuration hides, and Go files that are ignored, since the compiler does not ask git.
func uncommitted(ctx context.Context, root string) (string, error) {
	status, err := output(ctx, root, "git", append([]string{
		"-c", "core.quotePath=false", "status", "--porcelain", "--untracked-files=all", "--ignored=traditional", "--",
	}, sources...)...)
	if err != nil {
		return "", err
	}
	var changed []string
	for line := range strings.Lines(status) {
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, "!!") || strings.HasSuffix(line, ".go") {
			changed = append(changed, line)
		}
	}
	return strings.Join(changed, "\n"), nil
}

// SourceUnchanged reports whether the sources are still those of the commit that the check of the source found: a build
// takes minutes, and its result must be what the release says.
func SourceUnchanged(ctx context.Context, s *Subject) error {
	if f := findSource(ctx, s); f.State != OK {
		f.Check = "source"
		return Blocking([]Finding{f})
	}
	return nil
}
