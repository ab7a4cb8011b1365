package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mejan/mejan/cli/command"
	"github.com/mejan/mejan/cli/doctor"
)

func doctorCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "doctor [STAGE]",
		Short: "Check what work on this machine needs, and with STAGE what that stage on AWS needs",
		Long: `doctor checks the programs, folders and ports that work on this machine needs. With STAGE it also checks what
that stage on AWS needs: settings, release, credentials, account, repositories, model, mail, alarms and quotas. For each
problem it names the command or the page that mends it.

Each check is ok, a warning, a problem, or unknown if it could not be made. The exit code is 1 if there is a problem.
doctor only reads; these permissions are enough:

    ` + strings.Join(doctor.Permissions(), "\n    "),
		Example: "  mejan doctor\n  mejan doctor dev\n  mejan doctor prod --json",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			stage := ""
			if len(args) == 1 {
				if stage = args[0]; stage == "" {
					return command.Misused(c, errors.New("STAGE is empty"))
				}
			}
			return examine(c.Context(), stage, asJSON, c.OutOrStdout())
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print the findings as JSON")
	return c
}

func examine(ctx context.Context, stage string, asJSON bool, stdout io.Writer) error {
	root, err := command.Checkout()
	if err != nil {
		return err
	}
	purposes := doctor.Laptop
	if stage != "" {
		purposes |= doctor.Stage
	}
	report := func(f doctor.Finding) { printFinding(stdout, f) }
	if asJSON {
		report = func(doctor.Finding) {}
	}
	findings, err := doctor.Examine(ctx, &doctor.Subject{Root: root, Stage: stage}, purposes, report)
	if err != nil {
		return err
	}
	if asJSON {
		encoder := json.NewEncoder(stdout)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		if err := encoder.Encode(findings); err != nil {
			return fmt.Errorf("write findings: %w", err)
		}
	}
	if problems := doctor.Count(findings, doctor.Problem); problems > 0 {
		return fmt.Errorf("%d of %d checks found a problem", problems, len(findings))
	}
	return nil
}

// printFinding prints the state, the check, what was found, and below it what mends it.
func printFinding(w io.Writer, f doctor.Finding) {
	const indent = "         "
	fmt.Fprintf(w, "%-8s %s: %s\n", f.State, f.Check, strings.ReplaceAll(f.Text, "\n", "\n"+indent))
	for line := range strings.Lines(f.Remedy) {
		fmt.Fprintf(w, "%s→ %s\n", indent, strings.TrimSuffix(line, "\n"))
	}
}
