// Command mejan-aws is the part of mejan that asks AWS. It carries the AWS SDK, whose mere start takes as much memory
// as all of `mejan validate`, which is why it is a program of its own: mejan starts it.
package main

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"github.com/mejan/mejan/cli/command"
)

func main() { command.Main(run) }

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	root := &cobra.Command{Use: "mejan", Short: "What asks AWS"}
	root.AddCommand(
		backsyncCommand(), commitCommand(), doctorCommand(), driftCommand(), fetchCommand(), holdCommand(), imagesCommand(),
		promoteCommand(), replayCommand(), rollbackCommand(), signCommand(), smokeCommand(), statusCommand(), unholdCommand(),
		verifyCommand(),
	)
	return command.Run(ctx, root, args, stdout, stderr)
}
