package history

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/mejan/mejan/platform/release"
)

// Head is the revision of what is checked out.
const Head = "HEAD"

// Show is a file as a revision has it, and whether it has it.
func (c Clone) Show(ctx context.Context, revision, path string) (data []byte, found bool, err error) {
	listed, err := c.git(ctx, "ls-tree", "--name-only", revision, "--", path)
	if err != nil || listed == "" {
		return nil, false, err
	}
	text, err := c.run(ctx, nil, "git", "show", revision+":"+path)
	return []byte(text), err == nil, err
}

// Release reads the release of a stage from git; nil if git has none.
func (c Clone) Release(ctx context.Context, stage string) (*release.Release, error) {
	branch, path := c.Branch(ctx, stage), release.File(stage)
	data, found, err := c.Show(ctx, branch, path)
	if err != nil || !found {
		return nil, err
	}
	r, err := release.Parse(data)
	if err != nil {
		return nil, fmt.Errorf("%s at %s: %w; %s", path, branch, err, release.Restore(stage))
	}
	return r, nil
}

// Branch is the revision that says what a stage runs, and that its changes go to. Repositories that give each stage a
// branch of its own name it after the stage; the others have one branch for all, which is that of HEAD.
func (c Clone) Branch(ctx context.Context, stage string) string {
	if current, err := c.git(ctx, "symbolic-ref", "--quiet", "--short", "HEAD"); err == nil && current == stage {
		return Head
	}
	for _, revision := range []string{"refs/remotes/" + c.RemoteName(ctx) + "/" + stage, "refs/heads/" + stage} {
		if _, err := c.Resolve(ctx, revision); err == nil {
			return revision
		}
	}
	return Head
}

// RemoteName is the remote that the branch of HEAD is pushed to.
func (c Clone) RemoteName(ctx context.Context) string {
	current, err := c.git(ctx, "symbolic-ref", "--quiet", "--short", "HEAD")
	if err == nil {
		if name, err := c.git(ctx, "config", "branch."+current+".remote"); err == nil && name != "." {
			return name
		}
	}
	return "origin"
}

// Lag is how far a commit lies behind another one.
type Lag struct {
	// Commits counts those that the other one has and this one lacks.
	Commits int `json:"commits"`
	// Days lie between the two commits; below 0 if this one is the later.
	Days float64 `json:"days"`
}

// Behind says how far commit lies behind other.
func (c Clone) Behind(ctx context.Context, commit, other string) (Lag, error) {
	if err := c.checkDepth(ctx); err != nil {
		return Lag{}, err
	}
	var at [2]int64
	for i, each := range []string{commit, other} {
		if _, err := c.Resolve(ctx, each); err != nil {
			return Lag{}, err
		}
		seconds, err := c.git(ctx, "show", "--no-patch", "--format=%ct", each)
		if err != nil {
			return Lag{}, err
		}
		if at[i], err = strconv.ParseInt(strings.TrimSpace(seconds), 10, 64); err != nil {
			return Lag{}, err
		}
	}
	count, err := c.git(ctx, "rev-list", "--count", commit+".."+other)
	if err != nil {
		return Lag{}, err
	}
	commits, err := strconv.Atoi(count)
	return Lag{Commits: commits, Days: time.Unix(at[1], 0).Sub(time.Unix(at[0], 0)).Hours() / 24}, err
}
