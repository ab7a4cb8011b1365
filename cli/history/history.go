// Package history is the git repository as the commands use it that move releases between stages: what has to hold
// before they begin, the commit that they make, and how it reaches the others.
package history

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/mejan/mejan/platform/images"
)

// releases is the folder of the release files, relative to the root of the repository.
const releases = "platform/releases/"

// Checkout is a clone on a branch, fit for a commit.
type Checkout struct {
	Clone
	// Branch is the branch that the commit goes to.
	Branch string
	// OwnDiffers says whether the file of the command differs from the last commit.
	OwnDiffers bool
}

// Open examines the clone at root. It reports everything that would keep a commit of one file from being what it says,
// each with its remedy. own is a file, relative to root, that may differ from the last commit, because the command
// wrote it before it was interrupted; empty if there is none.
func Open(ctx context.Context, root, own string) (*Checkout, error) {
	c := &Checkout{Clone: At(root)}
	status, err := c.git(ctx, "status", "--porcelain=v2", "--branch", "-z", "--no-renames", "--untracked-files=all")
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return nil, errors.New("the command git is missing: https://git-scm.com/downloads")
	case err != nil:
		return nil, fmt.Errorf("a release is a commit, so work in a clone of the repository, git clone: %w", err)
	}
	var problems []error
	var changed []string
	for entry := range strings.SplitSeq(status, "\x00") {
		if branch, found := strings.CutPrefix(entry, "# branch.head "); found {
			c.Branch = branch
		}
		switch path := changedPath(entry); path {
		case "":
		case own:
			c.OwnDiffers = true
		default:
			changed = append(changed, path)
		}
	}
	if c.Branch == "(detached)" {
		problems = append(problems, errors.New("HEAD is detached, so a commit would be on no branch: git switch main"))
	}
	if len(changed) > 0 {
		problems = append(problems, fmt.Errorf("files are not committed: git add and git commit them, or git stash "+
			"--include-untracked\n  %s", strings.Join(changed, "\n  ")))
	}
	problems = append(problems, c.midway(ctx))
	if _, err := c.git(ctx, "var", "GIT_COMMITTER_IDENT"); err != nil {
		problems = append(problems, errors.New("git does not know who commits: git config user.name NAME, "+
			"git config user.email ADDRESS"))
	}
	return c, errors.Join(problems...)
}

// changedPath is the path in an entry of git status, version 2, if the file would be deployed without being in the last
// commit. New files count only among the releases.
func changedPath(entry string) string {
	const ordinary, unmerged = 8, 10 // words before the path
	switch {
	case strings.HasPrefix(entry, "1 "):
		return strings.SplitN(entry, " ", ordinary+1)[ordinary]
	case strings.HasPrefix(entry, "u "):
		return strings.SplitN(entry, " ", unmerged+1)[unmerged]
	case strings.HasPrefix(entry, "? "+releases) && filepath.Ext(entry) == ".json":
		return strings.TrimPrefix(entry, "? ")
	}
	return ""
}

// midway finds a merge or a cherry-pick that is not finished: git commits no single file before it is.
func (c *Checkout) midway(ctx context.Context) error {
	folder, err := c.git(ctx, "rev-parse", "--absolute-git-dir")
	if err != nil {
		return err
	}
	for _, work := range []struct{ head, command string }{
		{"MERGE_HEAD", "merge"}, {"CHERRY_PICK_HEAD", "cherry-pick"}, {"REVERT_HEAD", "revert"},
	} {
		if _, err := os.Stat(filepath.Join(folder, work.head)); err == nil {
			return fmt.Errorf("a %[1]s is not finished: git %[1]s --continue, or git %[1]s --abort", work.command)
		}
	}
	return nil
}

// Lock waits until no other process changes a release in this clone.
func Lock(ctx context.Context, root string, progress images.Progress) (unlock func(), err error) {
	folder, err := At(root).git(ctx, "rev-parse", "--absolute-git-dir")
	if err != nil {
		return nil, fmt.Errorf("a release is a commit, so work in a clone of the repository, git clone: %w", err)
	}
	return images.LockFolder(ctx, filepath.Join(folder, "mejan"), "wait for another change of a release", progress)
}

// Commit commits one file and returns the commit. It is not interrupted: git takes milliseconds, and a git that is
// killed leaves its lock behind.
func (c *Checkout) Commit(ctx context.Context, path, subject, body string) (commit string, err error) {
	ctx = context.WithoutCancel(ctx)
	if _, err := c.git(ctx, "add", "--", path); err != nil {
		return "", err
	}
	if _, err := c.git(ctx, "commit", "--quiet", "-m", subject, "-m", body, "--", path); err != nil {
		return "", err
	}
	return c.git(ctx, "rev-parse", "HEAD")
}
