package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mejan/mejan/cli/command"
	"github.com/mejan/mejan/cli/doctor"
	"github.com/mejan/mejan/cli/signature"
	"github.com/mejan/mejan/cli/stages"
	"github.com/mejan/mejan/platform/images"
	"github.com/mejan/mejan/platform/release"
)

func promoteCommand() *cobra.Command {
	var p promoting
	c := &cobra.Command{
		Use:   "promote FROM TO",
		Short: "Bring the images of a stage to the next one, unchanged, and commit its release",
		Long: `promote copies the images that the release of FROM names, and what is attached to them, into the repositories
of TO. Digests stay. It verifies the images in both registries, writes platform/releases/<TO>.json and commits that
file. The next make up STAGE=<TO> deploys it. Images go from dev to uat and from uat to prod.

If the settings of TO ask for signatures (mejan:signature), each image must have the right one in both registries:
mejan sign FROM makes it.

Each stage has its own region, AWS profile and account, from Pulumi.<stage>.yaml. --from-repo and --to-repo name
another registry and prefix, for which promote logs in as docker does.

Everything that can be wrong is looked for first: files that are not committed, a detached HEAD, images, repositories
and logins. promote may be interrupted anywhere and started again; it does what is missing. When nothing is missing, it
makes no commit.

--push pushes the branch. If the remote refuses that, as it does for a protected branch, --push pushes the commit to the
branch release/<TO>-<commit>, and gh opens a pull request.`,
		Example: "  mejan promote dev uat --dry-run\n  mejan promote dev uat --push\n" +
			"  mejan promote dev uat --from-repo 127.0.0.1:5000/mejan-dev --to-repo 127.0.0.1:5001/mejan-uat",
		Args: cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			p.from.name, p.to.name = args[0], args[1]
			p.stdout, p.stderr = c.OutOrStdout(), c.ErrOrStderr()
			if err := checkFlags(c, "from-repo", "to-repo"); err != nil {
				return command.Misused(c, err)
			}
			if err := release.CheckStep(p.from.name, p.to.name); err != nil {
				return command.Misused(c, err)
			}
			return p.run(c.Context())
		},
	}
	c.Flags().StringVar(&p.from.repo, "from-repo", "", "registry and prefix of FROM (default its repositories in ECR)")
	c.Flags().StringVar(&p.to.repo, "to-repo", "", "registry and prefix of TO (default its repositories in ECR)")
	c.Flags().BoolVar(&p.dryRun, "dry-run", false, "verify, and say what would be copied; change nothing")
	c.Flags().BoolVar(&p.push, "push", false, "push the commit, or open a pull request for it")
	c.Flags().BoolVar(&p.json, "json", false, "print the result as JSON")
	return c
}

// promoting is one call of promote.
type promoting struct {
	from, to           namedStage
	dryRun, push, json bool
	stdout, stderr     io.Writer
}

// namedStage is a stage, and the registry and prefix of its images. repo is empty if they are in its repositories in
// ECR.
type namedStage struct{ name, repo string }

func (p *promoting) run(ctx context.Context) error {
	root, err := command.Checkout()
	if err != nil {
		return err
	}
	progress := command.NewProgress(p.stderr)
	result, err := stages.Promote(ctx, stages.Promotion{
		Root: root, From: p.from.name, To: p.to.name, DryRun: p.dryRun, Push: p.push, Progress: progress.Step,
		Sigstore: signature.Program{},
		Reach: func(ctx context.Context) (source, destination *images.Registry, err error) {
			return p.reach(ctx, root, progress)
		},
	})
	if err != nil {
		return err
	}
	p.tell(result, progress)
	return p.print(result)
}

// reach finds the registries of both stages and logs in. A dry run does not try whether the second one takes images.
func (p *promoting) reach(
	ctx context.Context, root string, progress *command.Progress,
) (source, destination *images.Registry, err error) {
	purpose := doctor.To
	if p.dryRun {
		purpose = doctor.From
	}
	source, errFrom := p.from.reach(ctx, root, doctor.From, progress)
	destination, errTo := p.to.reach(ctx, root, purpose, progress)
	return source, destination, errors.Join(errFrom, errTo)
}

func (s namedStage) reach(
	ctx context.Context, root string, purposes doctor.Purpose, progress *command.Progress,
) (*images.Registry, error) {
	subject := &doctor.Subject{Root: root, Stage: s.name, Repo: strings.TrimSuffix(s.repo, "/")}
	if s.repo == "" {
		purposes |= doctor.ECR
	}
	findings, err := doctor.Examine(ctx, subject, purposes, func(f doctor.Finding) {
		if f.State == doctor.Warning {
			progress.Printf("stage %s: %s: %s; %s", s.name, f.Check, f.Text, f.Remedy)
		}
	})
	if err != nil {
		return nil, err
	}
	if err := doctor.Blocking(findings); err != nil {
		return nil, fmt.Errorf("stage %s:\n%w", s.name, err)
	}
	return subject.Registry()
}

// tell says in a line or two what happened.
func (p *promoting) tell(r *stages.Promoted, progress *command.Progress) {
	switch {
	case r.DryRun && (r.Changed || len(r.Copied) > 0):
		progress.Printf("would copy the images of %d functions to %s, and commit its release of commit %.12s",
			len(r.Copied), r.To, r.Source)
	case r.Commit != "":
		progress.Printf("committed %.7s; deploy it: make up STAGE=%s", r.Commit, r.To)
	case len(r.Copied) > 0:
		progress.Printf("the registry of %s has all images again; its release was committed before", r.To)
	default:
		progress.Printf("%s has the images of %s already, of commit %.12s; nothing to do", r.To, r.From, r.Source)
	}
	tellPushed(progress, r.Recorded)
}

func (p *promoting) print(r *stages.Promoted) error {
	if p.json {
		return printJSON(p.stdout, r)
	}
	printImages(p.stdout, r.Images)
	return nil
}
