// Command mejan-cloud is the part of mejan that runs the cloud on a laptop. It carries the Pulumi SDK, which is why it
// is a program of its own: `mejan demo` and `mejan local` start it, and the other commands do without.
package main

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"github.com/mejan/mejan/cli/command"
)

func main() { command.Main(run) }

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	root := &cobra.Command{Use: "mejan", Short: "The cloud on a laptop"}
	root.AddCommand(demoCommand(), localCommand())
	return command.Run(ctx, root, args, stdout, stderr)
}
