package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/mejan/mejan/cli/command"
	"github.com/mejan/mejan/cli/stages"
)

func commitCommand() *cobra.Command {
	var push, asJSON bool
	c := &cobra.Command{
		Use:   "commit STAGE",
		Short: "Commit the release that a build wrote",
		Long: `commit commits platform/releases/<STAGE>.json, and nothing else, after mejan images --stage wrote it. If git
has the file already, it makes no commit. mejan promote and mejan rollback commit by themselves.

--push pushes the branch. If the remote refuses that, as it does for a protected branch, --push pushes the commit to the
branch release/<STAGE>-<commit>, and gh opens a pull request.`,
		Example: "  mejan commit dev --push",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			root, err := command.Checkout()
			if err != nil {
				return err
			}
			progress := command.NewProgress(c.ErrOrStderr())
			result, err := stages.Commit(c.Context(), root, args[0], push, progress.Step)
			if err != nil {
				return err
			}
			if result.Commit != "" {
				progress.Printf("committed %.7s; deploy it: make up STAGE=%s", result.Commit, result.Stage)
			} else {
				progress.Printf("git has the release of %s already", result.Stage)
			}
			tellPushed(progress, result.Recorded)
			if asJSON {
				return printJSON(c.OutOrStdout(), result)
			}
			if result.Commit != "" {
				fmt.Fprintln(c.OutOrStdout(), result.Commit)
			}
			return nil
		},
	}
	c.Flags().BoolVar(&push, "push", false, "push the commit, or open a pull request for it")
	c.Flags().BoolVar(&asJSON, "json", false, "print the result as JSON")
	return c
}
