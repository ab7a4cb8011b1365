package main

import (
	"github.com/spf13/cobra"

	"github.com/mejan/mejan/cli/command"
	"github.com/mejan/mejan/cli/doctor"
	"github.com/mejan/mejan/cli/stages"
	"github.com/mejan/mejan/platform/images"
)

// fetchCommand is what mejan demo --stage needs of AWS. People have no use for it.
func fetchCommand() *cobra.Command {
	var stage namedStage
	c := &cobra.Command{
		Use:    "fetch STAGE REPO",
		Short:  "Copy the images of a stage's release to another registry and prefix",
		Hidden: true,
		Args:   cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			stage.name = args[0]
			root, err := command.Checkout()
			if err != nil {
				return err
			}
			r, err := readRelease(root, stage.name)
			if err != nil {
				return err
			}
			progress := command.NewProgress(c.ErrOrStderr())
			source, err := stage.reach(c.Context(), root, doctor.From, progress)
			if err != nil {
				return err
			}
			destination, err := images.NewRegistry(args[1], nil)
			if err != nil {
				return err
			}
			return stages.Fetch(c.Context(), r, source, destination, progress.Step)
		},
	}
	c.Flags().StringVar(&stage.repo, "repo", "", "registry and prefix of the stage (default its repositories in ECR)")
	return c
}
