package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/mejan/mejan/cli/command"
	"github.com/mejan/mejan/cli/doctor"
	"github.com/mejan/mejan/cli/stages"
	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/platform/images"
	"github.com/mejan/mejan/platform/release"
)

func rollbackCommand() *cobra.Command {
	var r rollingBack
	c := &cobra.Command{
		Use:   "rollback STAGE",
		Short: "Restore an earlier release of a stage, and hold it",
		Long: `rollback finds an earlier release of STAGE in git's history, makes sure that its images are still in the
registry, writes it to platform/releases/<STAGE>.json and commits that file. The next make up STAGE=<STAGE> deploys it.

It puts a hold on the stage, with the reason. Until mejan unhold takes it off, no promotion and no build replaces what
was restored.

--to 1, the default, is the release before the last one that was promoted or built, --to 2 the one before that. --to
also takes a commit: the one that the images were built from, or one at which the stage had them. --list shows what
there is. So the same command again finds nothing to do, and goes on where it was interrupted.`,
		Example: "  mejan rollback uat --list\n  mejan rollback uat --dry-run\n" +
			"  mejan rollback uat --reason 'mails lack a subject' --push\n  mejan rollback prod --to 1a2b3c4",
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			r.stage.name = args[0]
			r.stdout, r.stderr = c.OutOrStdout(), c.ErrOrStderr()
			if err := checkFlags(c, "repo", "to", "reason"); err != nil {
				return command.Misused(c, err)
			}
			if err := release.CheckStage(r.stage.name); err != nil {
				return command.Misused(c, err)
			}
			return r.run(c.Context())
		},
	}
	c.Flags().StringVar(&r.to, "to", "1", "how many releases to go back, or a commit")
	c.Flags().StringVar(&r.reason, "reason", "", `why; the hold says it (default "rolled back from <commit>")`)
	c.Flags().BoolVar(&r.list, "list", false, "show the releases that the stage had, latest first, and change nothing")
	c.Flags().StringVar(&r.stage.repo, "repo", "", "registry and prefix (default the stage's repositories in ECR)")
	c.Flags().BoolVar(&r.dryRun, "dry-run", false, "look for the images, and say what would be restored; change nothing")
	c.Flags().BoolVar(&r.push, "push", false, "push the commit, or open a pull request for it")
	c.Flags().BoolVar(&r.json, "json", false, "print the result as JSON")
	return c
}

// rollingBack is one call of rollback.
type rollingBack struct {
	stage                    namedStage
	to, reason               string
	list, dryRun, push, json bool
	stdout, stderr           io.Writer
}

func (r *rollingBack) run(ctx context.Context) error {
	root, err := command.Checkout()
	if err != nil {
		return err
	}
	if r.list {
		return r.printHistory(ctx, root)
	}
	progress := command.NewProgress(r.stderr)
	purpose := doctor.To
	if r.dryRun {
		purpose = doctor.From
	}
	result, err := stages.Back(ctx, stages.Rollback{
		Root: root, Stage: r.stage.name, To: r.to, Reason: r.reason, DryRun: r.dryRun, Push: r.push, Progress: progress.Step,
		Reach: func(ctx context.Context) (*images.Registry, error) {
			return r.stage.reach(ctx, root, purpose, progress)
		},
	})
	if err != nil {
		return err
	}
	switch {
	case result.DryRun && result.Changed:
		progress.Printf("would restore the release of commit %.7s, in the place of %.7s", result.Source, result.From)
	case result.Commit != "":
		progress.Printf("committed %.7s; deploy it: make up STAGE=%s", result.Commit, result.Stage)
		progress.Printf("%s is held until: mejan unhold %[1]s", result.Stage)
	default:
		progress.Printf("%s has the release of commit %.7s already; nothing to do; the others: mejan rollback %[1]s --list",
			result.Stage, result.Source)
	}
	tellPushed(progress, result.Recorded)
	if r.json {
		return printJSON(r.stdout, result)
	}
	printImages(r.stdout, result.Images)
	return nil
}

// printHistory shows what the stage can go back to.
func (r *rollingBack) printHistory(ctx context.Context, root string) error {
	all, err := stages.History(ctx, root, r.stage.name)
	if err != nil {
		return err
	}
	if r.json {
		return printJSON(r.stdout, all)
	}
	if len(all) == 0 {
		fmt.Fprintf(r.stderr, "%s has no release in git yet: %s\n", r.stage.name, release.HowTo(r.stage.name))
		return nil
	}
	w := tabwriter.NewWriter(r.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "--to\tbuilt from\tsince\tcommitted as\t")
	for _, e := range all {
		note := ""
		if e.Current {
			note = "now"
			if e.Hold != "" {
				note = "now, held: " + command.Printable(e.Hold)
			}
		}
		fmt.Fprintf(w, "%d\t%.7s\t%s\t%.7s\t%s\n", e.Back, e.Source, e.Time.Format("2006-01-02 15:04"), e.Commit, note)
	}
	return w.Flush()
}

// checkFlags refuses flags that were given without a value.
func checkFlags(c *cobra.Command, names ...string) error {
	for _, name := range names {
		if f := c.Flags().Lookup(name); f.Changed && f.Value.String() == "" {
			return errors.New("--" + name + " has no value")
		}
	}
	return nil
}

// tellPushed says where the commit went.
func tellPushed(progress *command.Progress, r stages.Recorded) {
	switch {
	case r.Request != "":
		progress.Printf("pull request: %s", r.Request)
	case r.Branch != "":
		progress.Printf("%s has the release", r.Branch)
	}
}

// printJSON prints a result for programs.
func printJSON(w io.Writer, result any) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(result)
}

// printImages prints the images of a release, one a line.
func printImages(w io.Writer, all map[pipeline.Function]string) {
	for _, function := range pipeline.Functions() {
		fmt.Fprintf(w, "%s %s\n", function, all[function])
	}
}
