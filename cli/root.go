package main

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"github.com/mejan/mejan/cli/command"
)

// run carries out one command line and returns the exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	root := &cobra.Command{
		Use:   "mejan",
		Short: "Market bars in, a trustworthy e-mail out",
		Long:  "mejan runs and operates the Mejan pipeline: a file of market bars becomes an e-mail.",
	}
	root.AddCommand(append(cloudCommands(), validateCommand(), previewCommand(), versionCommand())...)
	return command.Run(ctx, root, args, stdout, stderr)
}
