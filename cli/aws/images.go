package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mejan/mejan/cli/command"
	"github.com/mejan/mejan/cli/doctor"
	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/platform/images"
	"github.com/mejan/mejan/platform/release"
)

// lambdaPlatform is what the functions run on in AWS.
const lambdaPlatform = "linux/arm64"

func imagesCommand() *cobra.Command {
	var b imageBuild
	c := &cobra.Command{
		Use:   "images",
		Short: "Build the functions' images with ko",
		Long: `images builds the image of each function and prints its digest.

With --stage it pushes the images to the repositories of that stage and writes their digests to
platform/releases/<stage>.json, which the Pulumi program deploys. Region, AWS profile and allowed accounts come from
Pulumi.<stage>.yaml, and the address of the repositories from ECR. With --repo it does not ask AWS, and logs in as
docker does. Everything that can be wrong is looked for before anything is built.

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
	c.Flags().StringVar(&b.platform, "platform", lambdaPlatform, "operating system and architecture of a dry run")
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
	case b.stage != "" && b.platform != lambdaPlatform:
		return errors.New("the functions of a stage run on " + lambdaPlatform + ": --platform goes without --stage")
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
	if err := b.examine(ctx, subject, p); err != nil {
		return err
	}
	if b.stage != "" {
		p.Printf("push to %s", subject.Repo)
		args.Repo, args.Env = subject.Repo, credentialVariables(subject)
	}
	digests, err := images.Build(ctx, args)
	if err != nil {
		return err
	}
	result := built{Stage: b.stage, Platform: b.platform, Repo: subject.Repo, Source: subject.Source, Images: digests}
	if b.stage != "" {
		if err := b.record(ctx, subject, &result, p); err != nil {
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

// record writes the release, and says what comes next.
func (b *imageBuild) record(ctx context.Context, subject *doctor.Subject, result *built, p *command.Progress) error {
	if err := doctor.SourceUnchanged(ctx, subject); err != nil {
		return fmt.Errorf("the images were pushed, but not recorded, since the source changed meanwhile:\n%w", err)
	}
	dir, err := release.Dir(subject.Root)
	if err != nil {
		return err
	}
	made := release.Release{Stage: b.stage, Source: subject.Source, Images: result.Images}
	if err := made.Write(dir); err != nil {
		return err
	}
	result.Release = release.Path(dir, b.stage)
	relative, err := filepath.Rel(subject.Root, result.Release)
	if err != nil {
		return err
	}
	p.Printf("wrote %s", relative)
	fmt.Fprintf(b.stderr, nextSteps, relative, b.stage, subject.Source[:12])
	return nil
}

const nextSteps = `
Next, record it in git, so that every clone deploys the same, and deploy:

  git add %[1]s
  git commit -m "platform/releases: %[2]s runs %[3]s" -- %[1]s
  make up STAGE=%[2]s

`

// built is what --json prints.
type built struct {
	Stage    string                       `json:"stage,omitempty"`
	Platform string                       `json:"platform"`
	Repo     string                       `json:"repo,omitempty"`
	Source   string                       `json:"source,omitempty"`
	Release  string                       `json:"release,omitempty"`
	Images   map[pipeline.Function]string `json:"images"`
}

func (b *imageBuild) print(result built) error {
	if b.json {
		encoder := json.NewEncoder(b.stdout)
		encoder.SetIndent("", "  ")
		return encoder.Encode(result)
	}
	for _, function := range pipeline.Functions() {
		fmt.Fprintf(b.stdout, "%s %s\n", function, result.Images[function])
	}
	return nil
}

// credentialVariables hand ko the credentials that were checked, whatever their source: ko's own AWS SDK knows fewer.
// They are nil when AWS was not asked.
func credentialVariables(subject *doctor.Subject) []string {
	c := subject.Credentials
	if !c.HasKeys() {
		return nil
	}
	return []string{
		"AWS_PROFILE=", "AWS_ACCESS_KEY_ID=" + c.AccessKeyID, "AWS_SECRET_ACCESS_KEY=" + c.SecretAccessKey,
		"AWS_SESSION_TOKEN=" + c.SessionToken, "AWS_REGION=" + subject.Where.Region,
	}
}
