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
	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/platform/images"
	"github.com/mejan/mejan/platform/release"
)

func imagesCommand() *cobra.Command {
	var b imageBuild
	c := &cobra.Command{
		Use:   "images",
		Short: "Build the functions' images with ko",
		Long: `images builds the image of each function and prints its digest.

With --stage it pushes the images to the repositories of that stage, tagged by the commit, and writes their digests to
platform/releases/<stage>.json, which the Pulumi program deploys. Images that the release names already change nothing.
Only the first stage gets images this way; mejan promote brings them to the others. Region, AWS profile and allowed
accounts come from Pulumi.<stage>.yaml, and the address of the repositories from ECR. With --repo it does not ask AWS,
and logs in as docker does. Everything that can be wrong is looked for before anything is built.

Each image has its bill of materials (SPDX) beside it in the repository, as an OCI referrer.

Without --stage it is a dry run: nothing is pushed, and the digests are those that a release of the same source and
platform has. An image that is an index of several images is refused, as Lambda would refuse it.`,
		Example: "  mejan images\n  mejan images --stage dev\n  mejan images --stage dev --repo 127.0.0.1:5000/mejan-dev",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			b.stdout, b.stderr = c.OutOrStdout(), c.ErrOrStderr()
			if err := b.check(c); err != nil {
				return command.Misused(c, err)
			}
			return b.run(c.Context())
		},
	}
	c.Flags().StringVar(&b.stage, "stage", "", "stage that gets the images")
	c.Flags().StringVar(&b.repo, "repo", "", "registry and prefix (default the stage's repositories in ECR)")
	c.Flags().StringVar(&b.platform, "platform", release.LambdaPlatform,
		"operating system and architecture; for a stage only with --repo")
	c.Flags().BoolVar(&b.json, "json", false, "print the result as JSON")
	return c
}

// imageBuild is one call of images.
type imageBuild struct {
	stage, repo, platform string
	json                  bool
	stdout, stderr        io.Writer
}

// check looks at the command line alone.
func (b *imageBuild) check(c *cobra.Command) error {
	switch {
	case c.Flags().Changed("stage") && b.stage == "":
		return errors.New("--stage names no stage")
	case c.Flags().Changed("repo") && b.repo == "":
		return errors.New("--repo names no registry")
	case b.repo != "" && b.stage == "":
		return errors.New("--repo goes with --stage")
	case b.stage != "" && b.repo == "" && b.platform != release.LambdaPlatform:
		return errors.New("on AWS the functions run on " + release.LambdaPlatform +
			": --platform goes without --stage, or with --repo")
	case release.Before(b.stage) != "":
		return fmt.Errorf("images are built for %s and promoted from there: %s", release.Order()[0], release.HowTo(b.stage))
	}
	return nil
}

func (b *imageBuild) run(ctx context.Context) error {
	root, err := command.Checkout()
	if err != nil {
		return err
	}
	p := command.NewProgress(b.stderr)
	subject := &doctor.Subject{Root: root, Stage: b.stage, Repo: strings.TrimSuffix(b.repo, "/")}
	args := images.Args{Root: root, Platform: b.platform, Progress: p.Step}
	if err := b.held(root); err != nil {
		return fmt.Errorf("nothing was built: %w", err)
	}
	if err := b.examine(ctx, subject, p); err != nil {
		return err
	}
	if b.stage != "" {
		p.Printf("push to %s", subject.Repo)
	}
	all, err := images.Build(ctx, args)
	if err != nil {
		return err
	}
	result := built{
		Stage: b.stage, Platform: b.platform, Repo: subject.Repo, Source: subject.Source,
		Images: map[pipeline.Function]string{}, SBOMs: map[pipeline.Function]string{},
	}
	for function, image := range all {
		result.Images[function], result.SBOMs[function] = image.Digest, image.SBOM
	}
	if b.stage != "" {
		if err := b.release(ctx, subject, all, &result, p); err != nil {
			return err
		}
	}
	return b.print(result)
}

// examine looks for all that would make the build vain.
func (b *imageBuild) examine(ctx context.Context, subject *doctor.Subject, p *command.Progress) error {
	purposes := doctor.Build
	switch {
	case b.stage != "" && b.repo != "":
		purposes |= doctor.Push
	case b.stage != "":
		purposes |= doctor.Push | doctor.ECR
	}
	findings, err := doctor.Examine(ctx, subject, purposes, func(f doctor.Finding) {
		if f.State == doctor.Warning {
			p.Printf("%s: %s; %s", f.Check, f.Text, f.Remedy)
		}
	})
	if err != nil {
		return err
	}
	if err := doctor.Blocking(findings); err != nil {
		return fmt.Errorf("nothing was built:\n%w", err)
	}
	return nil
}

// built is what --json prints.
type built struct {
	Stage    string `json:"stage,omitempty"`
	Platform string `json:"platform"`
	Repo     string `json:"repo,omitempty"`
	Source   string `json:"source,omitempty"`
	Release  string `json:"release,omitempty"`
	// Changed says whether the release file was written.
	Changed bool                         `json:"changed"`
	Images  map[pipeline.Function]string `json:"images"`
	SBOMs   map[pipeline.Function]string `json:"sboms"`
}

func (b *imageBuild) print(result built) error {
	if b.json {
		return printJSON(b.stdout, result)
	}
	printImages(b.stdout, result.Images)
	return nil
}
