// Command mejan-aws is the part of mejan that asks AWS. It carries the AWS SDK, whose mere start takes as much memory
// as all of `mejan validate`, which is why it is a program of its own: mejan starts it.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/mejan/mejan/cli/command"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	root := &cobra.Command{Use: "mejan", Short: "What asks AWS"}
	root.AddCommand(replayCommand())
	return command.Run(ctx, root, args, stdout, stderr)
}
