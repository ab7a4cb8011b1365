package history

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path"
	"strings"
)

// Request is a pull request that shall be open.
type Request struct {
	// Remote is the remote that gets the branch.
	Remote string
	// Revision is what the branch Own shall be at. Own belongs to the command, which may move it.
	Revision, Own string
	// Base is the branch that the commits shall go to.
	Base        string
	Title, Body string
}

// Request pushes a branch and has gh open a pull request for it. An open request is refreshed: its commits, its title
// and its text.
func (c Clone) Request(ctx context.Context, r Request) (Pushed, error) {
	if _, err := c.git(ctx, "push", "--quiet", r.Remote, "+"+r.Revision+":refs/heads/"+r.Own); err != nil {
		return Pushed{}, err
	}
	pushed := Pushed{Branch: r.Remote + "/" + r.Own}
	open, err := c.gh(ctx, "pr", "list", "--head", r.Own, "--base", r.Base, "--state", "open",
		"--json", "url", "--jq", ".[].url")
	if errors.Is(err, exec.ErrNotFound) {
		return pushed, fmt.Errorf("gh, which opens pull requests, is missing: install it from https://cli.github.com, "+
			"or open a request for the branch %s to %s", r.Own, r.Base)
	}
	if err != nil {
		return pushed, fmt.Errorf("the branch %s is pushed, and gh cannot ask for its pull request: gh auth login\n%w",
			r.Own, err)
	}
	if pushed.Request, _, _ = strings.Cut(open, "\n"); pushed.Request != "" {
		// `gh pr edit` of some versions asks for projects of a kind that GitHub has no more, and fails.
		_, err := c.gh(ctx, "api", "--silent", "--method", "PATCH", "repos/{owner}/{repo}/pulls/"+path.Base(pushed.Request),
			"--raw-field", "title="+r.Title, "--raw-field", "body="+r.Body)
		return pushed, err
	}
	pushed.Request, err = c.gh(ctx, "pr", "create", "--head", r.Own, "--base", r.Base,
		"--title", r.Title, "--body", r.Body)
	return pushed, err
}

// gh runs GitHub's command in the clone and returns what it prints, without the end of the last line.
func (c Clone) gh(ctx context.Context, args ...string) (string, error) {
	out, err := c.run(ctx, nil, "gh", args...)
	return strings.TrimRight(out, "\n"), err
}
