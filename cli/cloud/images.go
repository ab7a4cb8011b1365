package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/spf13/cobra"

	"github.com/mejan/mejan/cli/command"
	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/local"
	"github.com/mejan/mejan/platform/release"
)

// platform is what the functions run on in AWS.
const platform = "linux/arm64"

func imagesCommand() *cobra.Command {
	var stage, repo string
	c := &cobra.Command{
		Use:   "images",
		Short: "Build the functions' images with ko",
		Long: `images builds the image of each function for ` + platform + ` and prints its digest.

With --stage it pushes them to that stage's repositories in ECR, using your AWS credentials, and writes the digests to
platform/releases/<stage>.json, which the Pulumi program deploys. Without it the images go to a registry that ends with
the command: a dry run, on an empty base image, so that its digests are not those of a release. An image that is an
index is refused; Lambda takes none.`,
		Example: "  mejan images\n  mejan images --stage dev",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if repo != "" && stage == "" {
				return command.Misused(c, errors.New("--repo goes with --stage"))
			}
			return buildImages(c.Context(), stage, repo, c.OutOrStdout(), command.NewProgress(c.ErrOrStderr()))
		},
	}
	c.Flags().StringVar(&stage, "stage", "", "stage whose repositories get the images")
	c.Flags().StringVar(&repo, "repo", "", "registry and prefix (default the stage's repositories in ECR)")
	return c
}

func buildImages(ctx context.Context, stage, repo string, stdout io.Writer, p *command.Progress) (err error) {
	root, err := checkout()
	if err != nil {
		return err
	}
	if stage != "" && repo == "" {
		if repo, err = stageRepo(ctx, stage); err != nil {
			return err
		}
	}
	source := ""
	if stage != "" {
		// Asked first: nobody should wait for a build whose release cannot be recorded.
		if source, err = commit(ctx, root); err != nil {
			return err
		}
	}
	digests, err := local.Digests(ctx, root, repo, platform, p.Step)
	if err != nil {
		return err
	}
	for _, function := range pipeline.Functions() {
		fmt.Fprintf(stdout, "%s %s\n", function, digests[function])
	}
	if stage == "" {
		return nil
	}
	folder := filepath.Join(root, "platform", "releases")
	made := release.Release{Stage: stage, Source: source, Images: digests}
	if err := made.Write(folder); err != nil {
		return err
	}
	p.Printf("wrote %s; next: make up STAGE=%s", filepath.Join(folder, stage+".json"), stage)
	return nil
}

// stageRepo is the registry of the account that the AWS credentials belong to.
func stageRepo(ctx context.Context, stage string) (string, error) {
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return "", fmt.Errorf("load AWS configuration: %w", err)
	}
	if cfg.Region == "" {
		return "", fmt.Errorf("no AWS region: set AWS_REGION, or give --repo")
	}
	identity, err := sts.NewFromConfig(cfg).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return "", fmt.Errorf("ask AWS for the account, whose ECR gets the images (or give --repo): %w", err)
	}
	return fmt.Sprintf("%s.dkr.ecr.%s.amazonaws.com/mejan-%s", *identity.Account, cfg.Region, stage), nil
}

// commit names the source of the images. What goes into them must be committed: a release that nobody can build again
// says nothing.
func commit(ctx context.Context, root string) (string, error) {
	git := func(args ...string) (string, error) {
		command := exec.CommandContext(ctx, "git", args...)
		command.Dir = root
		out, err := command.Output()
		if err != nil {
			return "", fmt.Errorf("git %s: %w", args[0], err)
		}
		return strings.TrimSpace(string(out)), nil
	}
	changed, err := git("status", "--porcelain", "--", "functions", ".ko.yaml", "tools/go.mod")
	if err != nil {
		return "", err
	}
	if changed != "" {
		return "", fmt.Errorf("what goes into the images is not committed; commit it first:\n%s", changed)
	}
	return git("rev-parse", "HEAD")
}
