// Package command is what the programs of the command line have in common: exit codes, complaints about usage, and
// telling progress.
package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

// Exit codes.
const (
	Done   = 0
	Failed = 1
	Usage  = 2
)

// ErrUsage marks errors of the command line itself.
var ErrUsage = errors.New("usage")

// Main is a program: run with what the operating system gives it, until it ends or is told to.
func Main(run func(ctx context.Context, args []string, stdout, stderr io.Writer) int) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// Run carries out one command line and returns the exit code. Data goes to stdout, everything else to stderr.
func Run(ctx context.Context, root *cobra.Command, args []string, stdout, stderr io.Writer) int {
	root.SilenceErrors, root.SilenceUsage = true, true
	root.Args = cobra.NoArgs
	root.RunE = func(c *cobra.Command, _ []string) error { return c.Help() }
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetFlagErrorFunc(Misused)
	for _, c := range append(root.Commands(), root) {
		c.Args = checkArgs(c.Args)
	}
	err := root.ExecuteContext(ctx)
	if err != nil {
		fmt.Fprintf(stderr, "mejan: %v\n", err)
	}
	switch {
	case err == nil:
		return Done
	case errors.Is(err, ErrUsage):
		return Usage
	default:
		return Failed
	}
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
