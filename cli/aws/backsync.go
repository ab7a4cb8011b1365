package main

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/mejan/mejan/cli/backsync"
	"github.com/mejan/mejan/cli/command"
	"github.com/mejan/mejan/platform/release"
)

func backsyncCommand() *cobra.Command {
	b := backsyncing{}
	c := &cobra.Command{
		Use:   "backsync FROM TO",
		Short: "Find commits that a later stage was built from and an earlier one's branch lacks",
		Long: `backsync compares the commit that the release of FROM was built from with the branch of TO, and lists the
commits that the branch lacks, such as a fix that was made for FROM in a hurry. It says in which files a merge would
conflict. When nothing is missing, it does nothing.

The branch of TO is the one that is named after the stage. A repository without such a branch has one for all stages:
the default branch of its remote. --branch names another.

--push pushes the commits to the branch backsync/<FROM>-to-<TO>, and gh opens a pull request or refreshes the one that
is open.`,
		Example: "  mejan backsync uat dev\n  mejan backsync uat dev --push",
		Args:    cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			b.from, b.to, b.stdout, b.stderr = args[0], args[1], c.OutOrStdout(), c.ErrOrStderr()
			if err := b.check(c); err != nil {
				return command.Misused(c, err)
			}
			return b.run(c.Context())
		},
	}
	c.Flags().StringVar(&b.branch, "branch", "", "the branch of TO (default see above)")
	c.Flags().BoolVar(&b.push, "push", false, "open or refresh a pull request")
	c.Flags().BoolVar(&b.json, "json", false, "print the result as JSON")
	return c
}

// backsyncing is one call of backsync.
type backsyncing struct {
	from, to, branch string
	push, json       bool
	stdout, stderr   io.Writer
}

// check looks at the command line alone.
func (b *backsyncing) check(c *cobra.Command) error {
	if err := checkFlags(c, "branch"); err != nil {
		return err
	}
	for _, stage := range []string{b.from, b.to} {
		if err := release.CheckStage(stage); err != nil {
			return err
		}
	}
	order := release.Order()
	if slices.Index(order, b.from) <= slices.Index(order, b.to) {
		return fmt.Errorf("%s does not come after %s: changes go back to an earlier stage, such as mejan backsync %s %s",
			b.from, b.to, order[1], order[0])
	}
	return nil
}

func (b *backsyncing) run(ctx context.Context) error {
	root, err := command.Checkout()
	if err != nil {
		return err
	}
	result, err := backsync.Run(ctx, backsync.Args{
		Root: root, From: b.from, To: b.to, Branch: b.branch, Push: b.push,
	})
	if err != nil {
		return err
	}
	progress := command.NewProgress(b.stderr)
	if missing := len(result.Commits); missing == 0 {
		progress.Printf("%s has all of commit %.7s, which %s was built from; nothing to do",
			result.Branch, result.Source, b.from)
	} else {
		progress.Printf("%s lacks %s of commit %.7s, which %s was built from",
			result.Branch, command.Plural(missing, "commit"), result.Source, b.from)
	}
	for _, file := range result.Conflicts {
		progress.Printf("a merge would conflict in %s", command.Printable(file))
	}
	if result.Request != "" {
		progress.Printf("pull request: %s", result.Request)
	}
	if b.json {
		return printJSON(b.stdout, result)
	}
	for _, c := range result.Commits {
		fmt.Fprintf(b.stdout, "%.7s %s (%s)\n", c.ID, command.Printable(c.Subject), command.Printable(c.Author))
	}
	return nil
}
