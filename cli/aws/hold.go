package main

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"github.com/mejan/mejan/cli/command"
	"github.com/mejan/mejan/cli/stages"
	"github.com/mejan/mejan/platform/release"
)

func holdCommand() *cobra.Command {
	h := holding{}
	c := &cobra.Command{
		Use:   "hold STAGE",
		Short: "Keep the images of a stage until mejan unhold",
		Long: `hold writes a reason into the release file of STAGE and commits it. Until mejan unhold STAGE, neither a build
nor a promotion replaces the images of the stage. What it has can still be deployed, and promoted to the next stage.`,
		Example: "  mejan hold prod --reason 'no change before the quarter ends' --push",
		Args:    cobra.ExactArgs(1),
		RunE:    func(c *cobra.Command, args []string) error { return h.runCommand(c, args[0]) },
	}
	c.Flags().StringVar(&h.reason, "reason", "", "why the images must stay")
	_ = c.MarkFlagRequired("reason") // fails only for a flag that does not exist
	h.addFlags(c)
	return c
}

func unholdCommand() *cobra.Command {
	h := holding{}
	c := &cobra.Command{
		Use:   "unhold STAGE",
		Short: "Take the hold off a stage",
		Long: `unhold takes the hold out of the release file of STAGE and commits it. The stage keeps its images until
the next promotion.`,
		Example: "  mejan unhold uat --push",
		Args:    cobra.ExactArgs(1),
		RunE:    func(c *cobra.Command, args []string) error { return h.runCommand(c, args[0]) },
	}
	h.addFlags(c)
	return c
}

// holding is one call of hold or unhold. Without a reason it is unhold.
type holding struct {
	stage, reason  string
	push, json     bool
	stdout, stderr io.Writer
}

func (h *holding) addFlags(c *cobra.Command) {
	c.Flags().BoolVar(&h.push, "push", false, "push the commit, or open a pull request for it")
	c.Flags().BoolVar(&h.json, "json", false, "print the result as JSON")
}

func (h *holding) runCommand(c *cobra.Command, stage string) error {
	h.stage, h.stdout, h.stderr = stage, c.OutOrStdout(), c.ErrOrStderr()
	if err := release.CheckStage(stage); err != nil {
		return command.Misused(c, err)
	}
	if c.Flags().Lookup("reason") != nil {
		if err := checkFlags(c, "reason"); err != nil {
			return command.Misused(c, err)
		}
	}
	return h.run(c.Context())
}

func (h *holding) run(ctx context.Context) error {
	root, err := command.Checkout()
	if err != nil {
		return err
	}
	progress := command.NewProgress(h.stderr)
	held, err := stages.SetHold(ctx, stages.Hold{
		Root: root, Stage: h.stage, Reason: h.reason, Push: h.push, Progress: progress.Step,
	})
	if err != nil {
		return err
	}
	switch {
	case held.Commit == "" && held.Hold == "":
		progress.Printf("%s is not held; nothing to do", h.stage)
	case held.Commit == "":
		progress.Printf("%s is held for that reason already; nothing to do", h.stage)
	case held.Hold == "":
		progress.Printf("committed %.7s: the hold of %s is off; it was: %s",
			held.Commit, h.stage, command.Printable(held.Before))
	default:
		progress.Printf("committed %.7s: %s is held until: mejan unhold %[2]s", held.Commit, h.stage)
	}
	tellPushed(progress, held.Recorded)
	if h.json {
		return printJSON(h.stdout, held)
	}
	return nil
}
