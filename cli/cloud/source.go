package main

import (
	"cmp"
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/mejan/mejan/cli/command"
	"github.com/mejan/mejan/local"
	"github.com/mejan/mejan/platform/release"
)

// source says where the images of a cloud come from: from this checkout, or from the release of a stage.
type source struct {
	// stage is empty for images that are built. repo is empty for a stage whose repositories are in ECR.
	stage, repo string
	// settings is the stage whose settings the cloud has; empty for that of the release, or the first one.
	settings string
}

// check looks at the command line alone.
func (s source) check(c *cobra.Command) error {
	switch {
	case c.Flags().Changed("stage"):
		return release.CheckStage(s.stage)
	case c.Flags().Changed("settings"):
		return release.CheckStage(s.settings)
	case c.Flags().Changed("repo"):
		return errors.New("--repo goes with --stage")
	}
	return nil
}

// stageName is the stage whose settings the cloud is deployed with.
func (s source) stageName() string { return cmp.Or(s.settings, s.stage, release.Order()[0]) }

// images gets the images.
func (s source) images(ctx context.Context, root string, p *command.Progress) (*local.Images, error) {
	if s.stage == "" {
		return local.BuildImages(ctx, root, s.stageName(), p.Step)
	}
	dir, err := release.Dir(root)
	if err != nil {
		return nil, err
	}
	r, err := release.Read(dir, s.stage)
	if err != nil {
		return nil, err
	}
	return local.ReleasedImages(ctx, root, r, func(ctx context.Context, repo string) error {
		args := []string{"fetch", s.stage, repo}
		if s.repo != "" {
			args = append(args, "--repo", s.repo)
		}
		return command.RunSibling(ctx, "mejan-aws", p, args...)
	})
}
