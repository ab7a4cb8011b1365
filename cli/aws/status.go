package main

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/mejan/mejan/cli/command"
	"github.com/mejan/mejan/cli/status"
	"github.com/mejan/mejan/platform/release"
)

func statusCommand() *cobra.Command {
	l := looking{}
	c := &cobra.Command{
		Use:   "status",
		Short: "Show what runs where: git, Lambda and the registries of all stages",
		Long: `status shows, for each stage and function, the commit and the image that git says, the image that Lambda runs,
and whether the registry has it; how far each stage lies behind the one before; and holds. It changes nothing.

What cannot be found out is shown as "?", with the reason below, and status then fails. In a repository with a branch
for each stage, git says it on the branch that is named after the stage.`,
		Example: "  mejan status\n  mejan status --json",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			l.stdout, l.stderr = c.OutOrStdout(), c.ErrOrStderr()
			all, err := l.look(c, release.Order())
			if err != nil {
				return err
			}
			return l.printStatus(all)
		},
	}
	l.addFlags(c)
	return c
}

// looking is one call of status or drift.
type looking struct {
	repos          []string
	json           bool
	stdout, stderr io.Writer
}

func (l *looking) addFlags(c *cobra.Command) {
	c.Flags().StringArrayVar(&l.repos, "repo", nil,
		"STAGE=REGISTRY/PREFIX for a stage whose images are elsewhere than in its repositories in ECR; repeatable")
	c.Flags().BoolVar(&l.json, "json", false, "print the result as JSON")
}

func (l *looking) look(c *cobra.Command, names []string) ([]status.Stage, error) {
	repos := map[string]string{}
	for _, repo := range l.repos {
		stage, at, found := strings.Cut(repo, "=")
		if !found || at == "" || release.CheckStage(stage) != nil {
			return nil, command.Misused(c, fmt.Errorf("--repo %q is not STAGE=REGISTRY/PREFIX", repo))
		}
		repos[stage] = strings.TrimSuffix(at, "/")
	}
	root, err := command.Checkout()
	if err != nil {
		return nil, err
	}
	all := status.Look(c.Context(), status.Args{Root: root, Stages: names, Repos: repos})
	return all, c.Context().Err()
}

// printStatus shows all stages, and fails if something about them is unknown.
func (l *looking) printStatus(all []status.Stage) error {
	if l.json {
		if err := printJSON(l.stdout, all); err != nil {
			return err
		}
	} else if err := l.table(all); err != nil {
		return err
	}
	var unknown []string
	for _, s := range all {
		if s.Problem != "" {
			fmt.Fprintf(l.stderr, "\n%s: not all is known:\n  %s\n", s.Name, strings.ReplaceAll(s.Problem, "\n", "\n  "))
			unknown = append(unknown, s.Name)
		}
	}
	if len(unknown) > 0 {
		return errors.New("not all is known of " + strings.Join(unknown, ", "))
	}
	return nil
}

func (l *looking) table(all []status.Stage) error {
	w := tabwriter.NewWriter(l.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "stage\tfunction\tcommit\tgit\tLambda\tregistry")
	for _, s := range all {
		commit := "none"
		if s.Release != nil {
			commit = fmt.Sprintf("%.7s", s.Release.Source)
		}
		for _, f := range s.Functions {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", s.Name, f.Name, commit, shortDigest(&f.Git), runs(f), has(f))
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, s := range all {
		for _, line := range remarks(s) {
			fmt.Fprintf(l.stdout, "%s %s\n", s.Name, line)
		}
	}
	return nil
}

// remarks are lines about the whole stage.
func remarks(s status.Stage) []string {
	var all []string
	if s.Release != nil && !s.Release.Time.IsZero() {
		all = append(all, "has its images since "+s.Release.Time.Format("2006-01-02 15:04 MST"))
	}
	if s.Behind != nil {
		lag := "has the commit of " + release.Before(s.Name)
		switch {
		case s.Behind.Commits > 0:
			lag = fmt.Sprintf("is behind %s by %s and %.1f days", release.Before(s.Name),
				command.Plural(s.Behind.Commits, "commit"), s.Behind.Days)
		case s.Behind.Days < 0:
			lag = fmt.Sprintf("is ahead of %s by %.1f days", release.Before(s.Name), -s.Behind.Days)
		}
		all = append(all, lag)
	}
	if s.Release != nil && s.Release.RolledBackFrom != "" {
		all = append(all, fmt.Sprintf("was rolled back from %.7s", s.Release.RolledBackFrom))
	}
	if s.Release != nil && s.Release.Hold != "" {
		all = append(all, "is held: "+command.Printable(s.Release.Hold))
	}
	if s.Uncommitted {
		all = append(all, "has a release file that is not as git has it")
	}
	return all
}

// shortDigest is an image as people read it.
func shortDigest(full *string) string {
	switch {
	case full == nil:
		return "?"
	case *full == "":
		return "none"
	}
	return fmt.Sprintf("%.12s", strings.TrimPrefix(*full, "sha256:"))
}

func runs(f status.Function) string {
	if f.Lambda != nil && *f.Lambda == f.Git && f.Git != "" {
		return "the same"
	}
	return shortDigest(f.Lambda)
}

func has(f status.Function) string {
	switch {
	case f.Git == "":
		return ""
	case f.Registry == nil:
		return "?"
	case *f.Registry:
		return "has it"
	}
	return "lacks it"
}
