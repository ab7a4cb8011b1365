package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
)

// Exit codes.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

// errUsage marks errors of the command line itself.
var errUsage = errors.New("usage")

// run carries out one command line and returns the exit code. Data goes to stdout, everything else to stderr.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	root := &cobra.Command{
		Use:           "mejan",
		Short:         "Market bars in, a trustworthy e-mail out",
		Long:          "mejan runs and operates the Mejan pipeline: a file of market bars becomes an e-mail.",
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetFlagErrorFunc(usage)
	root.AddCommand(demoCommand(), localCommand(), imagesCommand())
	for _, c := range append(root.Commands(), root) {
		c.Args = usageArgs(c.Args)
	}
	err := root.ExecuteContext(ctx)
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errUsage):
		fmt.Fprintf(stderr, "mejan: %v\n", err)
		return exitUsage
	default:
		fmt.Fprintf(stderr, "mejan: %v\n", err)
		return exitFailed
	}
}

func usage(c *cobra.Command, err error) error {
	return fmt.Errorf("%w: %w (see %s --help)", errUsage, err, c.CommandPath())
}

// usageArgs makes a complaint about arguments one about usage.
func usageArgs(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if check == nil {
			return nil
		}
		if err := check(c, args); err != nil {
			return usage(c, err)
		}
		return nil
	}
}

// checkout finds the root of the repository, which the images are built from: the closest folder with Pulumi.yaml and
// go.work at or above the working directory, else above the executable.
func checkout() (string, error) {
	var starts []string
	if dir, err := os.Getwd(); err == nil {
		starts = append(starts, dir)
	}
	if exe, err := os.Executable(); err == nil {
		starts = append(starts, filepath.Dir(exe))
	}
	for _, dir := range starts {
		for ; ; dir = filepath.Dir(dir) {
			if isFile(filepath.Join(dir, "Pulumi.yaml")) && isFile(filepath.Join(dir, "go.work")) {
				return dir, nil
			}
			if dir == filepath.Dir(dir) {
				break
			}
		}
	}
	return "", errors.New("no checkout of Mejan here: run mejan inside the repository, it builds the functions from it")
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}
