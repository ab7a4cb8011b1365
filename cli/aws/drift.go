package main

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mejan/mejan/cli/command"
	"github.com/mejan/mejan/cli/status"
	"github.com/mejan/mejan/platform/release"
)

func driftCommand() *cobra.Command {
	d := drifting{}
	c := &cobra.Command{
		Use:   "drift STAGE",
		Short: "Find what differs between git and a stage; fail if anything does",
		Long: `drift compares what git says of STAGE with what runs: the release file, the images of the functions, and the
registry. Where the Pulumi CLI is installed, it also has pulumi preview compare all resources with the program. Each
difference comes with the command that mends it. It changes nothing.

The exit code is 0 if nothing differs, and 1 if something does or cannot be found out.`,
		Example: "  mejan drift uat\n  mejan drift prod --json --preview=false",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			d.stdout, d.stderr = c.OutOrStdout(), c.ErrOrStderr()
			if err := release.CheckStage(args[0]); err != nil {
				return command.Misused(c, err)
			}
			all, err := d.look(c, args)
			if err != nil {
				return err
			}
			return d.print(c.Context(), &all[0])
		},
	}
	d.addFlags(c)
	c.Flags().BoolVar(&d.preview, "preview", true, "have pulumi compare all resources, where it is installed")
	return c
}

// drifting is one call of drift.
type drifting struct {
	looking
	preview bool
}

// drift is what --json prints.
type drift struct {
	Stage       string              `json:"stage"`
	Differences []status.Difference `json:"differences"`
	// Previewed says whether pulumi compared the resources, too.
	Previewed bool `json:"previewed"`
	// Problem is why something could not be found out; empty if all was.
	Problem string `json:"problem,omitempty"`
}

func (d *drifting) print(ctx context.Context, s *status.Stage) error {
	root, err := command.Checkout()
	if err != nil {
		return err
	}
	result := drift{Stage: s.Name, Differences: append([]status.Difference{}, s.Drift()...), Problem: s.Problem}
	if d.preview {
		more, err := status.Preview(ctx, root, s.Name, d.stderr)
		result.Differences = append(result.Differences, more...)
		result.Previewed = err == nil
		switch {
		case errors.Is(err, exec.ErrNotFound):
			fmt.Fprintln(d.stderr, "The Pulumi CLI is not installed, so only the images were compared: "+
				"https://www.pulumi.com/docs/iac/download-install/")
		case err != nil:
			result.Problem = strings.TrimSpace(result.Problem + "\n" + err.Error())
		}
	}
	if d.json {
		if err := printJSON(d.stdout, result); err != nil {
			return err
		}
	} else {
		for _, each := range result.Differences {
			fmt.Fprintf(d.stdout, "%s: %s\n  %s\n", each.Subject, each.Text, each.Remedy)
		}
	}
	switch {
	case result.Problem != "":
		return fmt.Errorf("not all is known of %s:\n  %s", s.Name, strings.ReplaceAll(result.Problem, "\n", "\n  "))
	case len(result.Differences) > 0:
		return fmt.Errorf("%s differs from what git says in %s", s.Name,
			command.Plural(len(result.Differences), "thing"))
	}
	if !d.json {
		fmt.Fprintf(d.stdout, "%s is as git says\n", s.Name)
	}
	return nil
}
