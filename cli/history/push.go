package history

import (
	"context"
	"fmt"
	"strings"
)

// Remote is the branch that others see.
type Remote struct {
	checkout *Checkout
	name     string
	ref      string
	// at is the commit that the branch is at; empty if there is no such branch yet.
	at string
}

// Pushed says how a commit reached the others.
type Pushed struct {
	// Branch is the remote branch that has the commit, such as origin/main.
	Branch string
	// Request is the address of the pull request that asks for the commit; empty if the branch took it.
	Request string
}

// Remote examines where the branch is pushed to: the remote must answer, and have nothing that this clone lacks.
func (c *Checkout) Remote(ctx context.Context) (*Remote, error) {
	r := &Remote{checkout: c, name: "origin", ref: "refs/heads/" + c.Branch}
	if name, err := c.git(ctx, "config", "branch."+c.Branch+".remote"); err == nil && name != "." {
		r.name = name
	}
	if ref, err := c.git(ctx, "config", "branch."+c.Branch+".merge"); err == nil && r.name != "." {
		r.ref = ref
	}
	if _, err := c.git(ctx, "remote", "get-url", r.name); err != nil {
		return nil, fmt.Errorf("there is no remote %s to push to: git remote add %[1]s URL", r.name)
	}
	found, err := c.git(ctx, "ls-remote", r.name, r.ref)
	if err != nil {
		return nil, fmt.Errorf("the remote %s does not answer; try: git ls-remote %[1]s\n%w", r.name, err)
	}
	r.at, _, _ = strings.Cut(found, "\t")
	if r.at == "" {
		return r, nil
	}
	if _, err := c.git(ctx, "merge-base", "--is-ancestor", r.at, "HEAD"); err != nil {
		return nil, fmt.Errorf("%s has commits that this clone lacks: git pull --rebase", r.branch())
	}
	return r, nil
}

// branch is the branch as git shows it.
func (r *Remote) branch() string { return r.name + "/" + strings.TrimPrefix(r.ref, "refs/heads/") }

// Push pushes the branch. When the remote refuses that, as it does for a protected branch, the commit goes to the
// branch own, and gh opens a pull request. An open request is refreshed. Nothing happens when the remote has the
// commit.
func (r *Remote) Push(ctx context.Context, own, title, body string) (Pushed, error) {
	head, err := r.checkout.git(ctx, "rev-parse", "HEAD")
	if err != nil || head == r.at {
		return Pushed{Branch: r.branch()}, err
	}
	answer, err := r.checkout.git(ctx, "push", "--porcelain", r.name, "HEAD:"+r.ref)
	switch {
	case err == nil:
		return Pushed{Branch: r.branch()}, nil
	case strings.Contains(answer, "[remote rejected]"):
		return r.request(ctx, own, title, body)
	case strings.Contains(answer, "[rejected]"):
		return Pushed{}, fmt.Errorf("%s moved meanwhile: git pull --rebase, then the same command again", r.branch())
	}
	return Pushed{}, err
}

// request pushes the commit to a branch that belongs to the command, and opens a pull request.
func (r *Remote) request(ctx context.Context, own, title, body string) (Pushed, error) {
	return r.checkout.Request(ctx, Request{
		Remote: r.name, Revision: "HEAD", Own: own, Base: strings.TrimPrefix(r.ref, "refs/heads/"), Title: title, Body: body,
	})
}
