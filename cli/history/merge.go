package history

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
)

// Commit is a commit as a person reads it.
type Commit struct {
	ID      string `json:"commit"`
	Author  string `json:"author"`
	Subject string `json:"subject"`
}

// Lacks lists the commits that branch lacks of those that lead to revision, oldest first. A commit whose change the
// branch has under another name is left out.
func (c Clone) Lacks(ctx context.Context, branch, revision string) ([]Commit, error) {
	if err := c.checkDepth(ctx); err != nil {
		return nil, err
	}
	listed, err := c.git(ctx, "log", "--right-only", "--cherry-pick", "--no-merges", "--reverse",
		"--format=%H%x09%an%x09%s", branch+"..."+revision)
	if err != nil || listed == "" {
		return nil, err
	}
	var all []Commit
	for line := range strings.SplitSeq(listed, "\n") {
		fields := strings.SplitN(line, "\t", 3)
		if len(fields) != 3 {
			return nil, fmt.Errorf("git log: %q is no commit", line)
		}
		all = append(all, Commit{fields[0], fields[1], fields[2]})
	}
	return all, nil
}

// Merge says what a merge would give, without one: whether it would change branch, and the files that conflict.
func (c Clone) Merge(ctx context.Context, branch, revision string) (changes bool, conflicts []string, err error) {
	out, err := c.git(ctx, "merge-tree", "--write-tree", "--name-only", "--no-messages", branch, revision)
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit) && exit.ExitCode() == 1:
		_, files, _ := strings.Cut(strings.TrimRight(out, "\n"), "\n")
		return true, strings.Split(files, "\n"), nil
	case err != nil:
		return false, nil, fmt.Errorf("%w\ngit 2.38 or later can tell what a merge would give", err)
	}
	now, err := c.git(ctx, "rev-parse", branch+"^{tree}")
	return out != now, nil, err
}

// Fetch gets what the others pushed. A clone without a remote has nothing to get.
func (c Clone) Fetch(ctx context.Context) error {
	name := c.RemoteName(ctx)
	if _, err := c.git(ctx, "remote", "get-url", name); err != nil {
		return nil //nolint:nilerr // there is no such remote
	}
	if _, err := c.git(ctx, "fetch", "--quiet", name); err != nil {
		return fmt.Errorf("the remote %s does not answer; try: git fetch %[1]s\n%w", name, err)
	}
	return nil
}

// SharedBranch finds the branch that changes of a stage go to, as the others see it, and the revision that it is at.
// Repositories that give each stage a branch name it after the stage; the others have one, the default branch of the
// remote.
func (c Clone) SharedBranch(ctx context.Context, stage string) (name, revision string, err error) {
	remote := "refs/remotes/" + c.RemoteName(ctx) + "/"
	for _, revision := range []string{remote + stage, "refs/heads/" + stage} {
		if _, err := c.Resolve(ctx, revision); err == nil {
			return stage, revision, nil
		}
	}
	if head, err := c.git(ctx, "symbolic-ref", "--quiet", remote+"HEAD"); err == nil {
		return strings.TrimPrefix(head, remote), head, nil
	}
	current, err := c.git(ctx, "symbolic-ref", "--quiet", "--short", "HEAD")
	if err != nil {
		return "", "", errors.New("HEAD is detached, and no remote says which branch is the main one: git switch main, " +
			"or --branch NAME")
	}
	return c.named(ctx, current)
}

// Named finds a branch by its name, the remote's before the clone's own.
func (c Clone) Named(ctx context.Context, name string) (revision string, err error) {
	_, revision, err = c.named(ctx, name)
	return revision, err
}

func (c Clone) named(ctx context.Context, name string) (string, string, error) {
	for _, revision := range []string{"refs/remotes/" + c.RemoteName(ctx) + "/" + name, "refs/heads/" + name} {
		if _, err := c.Resolve(ctx, revision); err == nil {
			return name, revision, nil
		}
	}
	return "", "", fmt.Errorf("there is no branch %q", name)
}
