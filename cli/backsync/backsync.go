// Package backsync brings changes back: commits that a later stage was built from, and that the branch of an earlier
// stage lacks, such as a fix that was made for it in a hurry.
package backsync

import (
	"context"
	"fmt"
	"strings"

	"github.com/mejan/mejan/cli/history"
	"github.com/mejan/mejan/platform/release"
)

// Args says what to compare.
type Args struct {
	// Root is the checkout.
	Root string
	// From is the stage whose commits shall be in the branch of the stage To.
	From, To string
	// Branch is that branch; empty if its name follows from the repository.
	Branch string
	// Push opens or refreshes a pull request.
	Push bool
}

// Result says what the branch lacks.
type Result struct {
	From string `json:"from"`
	To   string `json:"to"`
	// Source is the commit that the images of From were built from.
	Source string `json:"source"`
	// Branch is the branch of To.
	Branch string `json:"branch"`
	// Commits are those that Branch lacks, oldest first. None are listed if a merge would change nothing.
	Commits []history.Commit `json:"commits"`
	// Conflicts are the files in which a merge would conflict.
	Conflicts []string `json:"conflicts"`
	// Request is the pull request; empty without a push.
	Request string `json:"request,omitempty"`
}

// Run compares the commit that the release of From was built from with the branch of To. Images are not looked at, and
// no branch but that of the pull request changes.
func Run(ctx context.Context, args Args) (*Result, error) {
	clone := history.At(args.Root)
	if err := clone.Fetch(ctx); err != nil {
		return nil, err
	}
	r, err := clone.Release(ctx, args.From)
	if err != nil {
		return nil, err
	}
	if r == nil {
		return nil, fmt.Errorf("stage %s has no release in git: %s", args.From, release.HowTo(args.From))
	}
	result := &Result{
		From: args.From, To: args.To, Source: r.Source, Branch: args.Branch,
		Commits: []history.Commit{}, Conflicts: []string{},
	}
	revision := ""
	if args.Branch == "" {
		result.Branch, revision, err = clone.SharedBranch(ctx, args.To)
	} else {
		revision, err = clone.Named(ctx, args.Branch)
	}
	if err != nil {
		return nil, err
	}
	if _, err := clone.Resolve(ctx, r.Source); err != nil {
		return nil, fmt.Errorf("the release of %s was built from a commit that was not pushed: %w", args.From, err)
	}
	if err := result.compare(ctx, clone, revision); err != nil || len(result.Commits) == 0 || !args.Push {
		return result, err
	}
	pushed, err := clone.Request(ctx, history.Request{
		Remote: clone.RemoteName(ctx), Revision: r.Source, Own: "backsync/" + args.From + "-to-" + args.To,
		Base: result.Branch, Title: result.title(), Body: result.body(),
	})
	result.Request = pushed.Request
	return result, err
}

func (r *Result) compare(ctx context.Context, clone history.Clone, revision string) error {
	commits, err := clone.Lacks(ctx, revision, r.Source)
	if err != nil || len(commits) == 0 {
		return err
	}
	changes, conflicts, err := clone.Merge(ctx, revision, r.Source)
	if err != nil || !changes {
		return err
	}
	r.Commits, r.Conflicts = commits, append(r.Conflicts, conflicts...)
	return nil
}

func (r *Result) title() string { return "Bring what " + r.From + " runs back to " + r.Branch }

// body is the text of the pull request.
func (r *Result) body() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s runs images that were built from %.12s. %s lacks these commits of it:\n\n",
		r.From, r.Source, r.Branch)
	for _, c := range r.Commits {
		fmt.Fprintf(&b, "- %.12s %s (%s)\n", c.ID, c.Subject, c.Author)
	}
	if len(r.Conflicts) > 0 {
		b.WriteString("\nA merge conflicts in these files:\n\n")
		for _, file := range r.Conflicts {
			fmt.Fprintf(&b, "- `%s`\n", file)
		}
		fmt.Fprintf(&b, "\nTo solve it: `git fetch && git switch backsync/%s-to-%s && git merge origin/%s`\n",
			r.From, r.To, r.Branch)
	}
	b.WriteString("\nMerge it with a merge commit: after a squash the commits would be listed again.\n")
	return b.String()
}
