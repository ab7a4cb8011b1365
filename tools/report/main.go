// Report tells people what a workflow found: in one comment of a pull request, in one issue, or in the summary of the
// run. It also checks that a release has an entry in the changelog. All of it works on a laptop too: GitHub is asked by
// gh, and a summary goes to the terminal.
//
//	report comment -pull 12 -title "Previews" -section dev -- make preview STAGE=dev
//	report issue -title "Stages differ from git" -section dev -- make drift STAGE=dev
//	report summary -stage dev
//	report changelog -from dev -to uat
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	var failed *exec.ExitError
	switch {
	case errors.As(err, &failed):
		os.Exit(max(failed.ExitCode(), 1)) // the command has said why
	case errors.Is(err, errUsage):
		fmt.Fprintln(os.Stderr, "report:", err)
		os.Exit(2)
	case err != nil:
		fmt.Fprintln(os.Stderr, "report:", err)
		os.Exit(1)
	}
}

var errUsage = errors.New("usage: report comment|issue|summary|changelog")

// options are the flags of all reports.
type options struct {
	root, title, section, stage, from, to string
	pull                                  int
	command                               []string
}

func run(ctx context.Context, args []string) error {
	if len(args) == 0 {
		return errUsage
	}
	var o options
	flags := flag.NewFlagSet(args[0], flag.ContinueOnError)
	flags.StringVar(&o.root, "root", "..", "root of the repository; commands run there")
	flags.StringVar(&o.title, "title", "", "heading of the comment, or title of the issue")
	flags.StringVar(&o.section, "section", "", "part of the comment or issue that the command is about, such as a stage")
	flags.IntVar(&o.pull, "pull", 0, "number of the pull request")
	flags.StringVar(&o.stage, "stage", "", "stage of the summary")
	flags.StringVar(&o.from, "from", "", "stage whose release is promoted")
	flags.StringVar(&o.to, "to", "", "stage that gets it")
	if err := flags.Parse(args[1:]); err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	o.command = flags.Args()
	root, err := filepath.Abs(o.root)
	if err != nil {
		return err
	}
	o.root = root
	switch args[0] {
	case "comment":
		if o.pull <= 0 || o.section == "" || len(o.command) == 0 {
			return fmt.Errorf("%w: comment needs -pull, -section and a command", errUsage)
		}
		return comment(ctx, o)
	case "issue":
		if o.title == "" || o.section == "" || len(o.command) == 0 {
			return fmt.Errorf("%w: issue needs -title, -section and a command", errUsage)
		}
		return issue(ctx, o)
	case "summary":
		return summary(ctx, o)
	case "changelog":
		return changelog(ctx, o)
	default:
		return errUsage
	}
}
