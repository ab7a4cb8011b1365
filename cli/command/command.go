// Package command is what the programs of the command line have in common: exit codes, complaints about usage, flags
// from the environment, inputs, progress, and how one program starts another.
package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
)

// Exit codes. A program that a signal ended exits with 128 plus the signal's number, as shells count: 130 after an
// interrupt, 143 after SIGTERM.
const (
	Done   = 0
	Failed = 1
	Usage  = 2
)

// ErrUsage marks errors of the command line itself.
var ErrUsage = errors.New("usage")

// Main is a whole program: it calls run with what the operating system provides, and exits with the code that run
// returns.
func Main(run func(ctx context.Context, args []string, stdout, stderr io.Writer) int) {
	endQuietStart()
	ctx, stop := untilSignal(context.Background())
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// Run carries out one command line and returns the exit code. Data goes to stdout, everything else to stderr.
func Run(ctx context.Context, root *cobra.Command, args []string, stdout, stderr io.Writer) int {
	if len(args) > 0 && args[0] == "help" {
		args = append(args[1:len(args):len(args)], "--help") // so that an unknown command is found the same way
	}
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	prepare(root) // the command completion keeps the stdout that it finds
	err := checkCommand(root, args)
	if err == nil {
		err = root.ExecuteContext(ctx)
	}
	if err != nil {
		fmt.Fprintf(stderr, "%s: %v\n", root.Name(), err)
	}
	return exitCode(ctx, err)
}

// exitCode is what a shell learns of an error. A signal matters only to a command that did not get done.
func exitCode(ctx context.Context, err error) int {
	var stopped Stopped
	switch {
	case err == nil:
		return Done
	case errors.Is(err, ErrUsage):
		return Usage
	case errors.As(context.Cause(ctx), &stopped):
		return stopped.exitCode()
	default:
		return Failed
	}
}

// prepare gives a command and those below it the behaviour that all of them share.
func prepare(root *cobra.Command) {
	root.SilenceErrors, root.SilenceUsage = true, true
	root.Args = cobra.NoArgs
	root.RunE = func(c *cobra.Command, _ []string) error { return c.Help() }
	root.PersistentPreRunE = func(c *cobra.Command, _ []string) error { return flagsFromEnvironment(c) }
	root.SetFlagErrorFunc(Misused)
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	everyCommand(root, func(c *cobra.Command) {
		c.Args = checkArgs(c.Args)
		c.SuggestionsMinimumDistance = 2
		describeEnvironment(c)
	})
}

func everyCommand(c *cobra.Command, do func(*cobra.Command)) {
	do(c)
	for _, child := range c.Commands() {
		everyCommand(child, do)
	}
}

// checkCommand refuses a name that is no command, with or without --help, and proposes the names that are close to it.
func checkCommand(root *cobra.Command, args []string) error {
	if len(args) > 0 && strings.HasPrefix(args[0], cobra.ShellCompRequestCmd) {
		return nil // cobra adds this command when it is asked for
	}
	found, rest, err := root.Find(args)
	if err != nil || !found.HasSubCommands() {
		return nil //nolint:nilerr // cobra reports this error itself
	}
	for _, name := range rest {
		if strings.HasPrefix(name, "-") {
			continue
		}
		unknown := fmt.Sprintf("unknown command %q", name)
		if close := found.SuggestionsFor(name); len(close) > 0 {
			unknown += "; did you mean " + strings.Join(close, " or ") + "?"
		}
		return Misused(found, errors.New(unknown))
	}
	return nil
}

// Misused is err as a complaint about how c was called.
func Misused(c *cobra.Command, err error) error {
	return fmt.Errorf("%w: %w (see %s --help)", ErrUsage, err, c.CommandPath())
}

// checkArgs makes a complaint about arguments one about usage.
func checkArgs(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if check == nil {
			return nil
		}
		if err := check(c, args); err != nil {
			return Misused(c, err)
		}
		return nil
	}
}
