package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/mejan/mejan/cli/command"
	"github.com/mejan/mejan/cli/doctor"
	"github.com/mejan/mejan/functions/analyzer/analyze"
	"github.com/mejan/mejan/functions/ingestor/ingest"
	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/platform/images"
	"github.com/mejan/mejan/platform/release"
)

// release pushes images that were built for a stage, and writes its release file. Images that the file names already
// change nothing but a registry that lost them.
func (b *imageBuild) release(
	ctx context.Context, subject *doctor.Subject, all map[pipeline.Function]images.Built, result *built,
	p *command.Progress,
) error {
	if err := doctor.SourceUnchanged(ctx, subject); err != nil {
		return fmt.Errorf("the images were neither pushed nor recorded, since the source changed meanwhile:\n%w", err)
	}
	dir, err := release.Dir(subject.Root)
	if err != nil {
		return err
	}
	made, err := b.describe(subject, all)
	if err != nil {
		return err
	}
	before, err := release.Read(dir, b.stage)
	same := err == nil && before.SameImages(made)
	if same {
		made = before
	} else {
		made.Time = before.Next(time.Now())
	}
	registry, err := subject.Registry()
	if err != nil {
		return err
	}
	if err := push(ctx, registry, made, all, p); err != nil {
		return err
	}
	result.Release, result.Source, result.Changed = release.Path(dir, b.stage), made.Source, !same
	relative, err := filepath.Rel(subject.Root, result.Release)
	if err != nil {
		return err
	}
	if !same {
		if err := made.Write(dir); err != nil {
			return err
		}
	}
	// The tag has the time of the file.
	for _, function := range pipeline.Functions() {
		if err := registry.Tag(ctx, function, made.Tag(), made.Images[function]); err != nil {
			return fmt.Errorf("%s is written, but its images are not tagged; the same command goes on from here: %w",
				relative, err)
		}
	}
	if same {
		p.Printf("%s has these images already, from commit %.12s", relative, made.Source)
		return nil
	}
	p.Printf("wrote %s", relative)
	use := "make up STAGE=" + b.stage
	if made.Platform != release.LambdaPlatform { // only with --repo
		use = "mejan demo --stage " + b.stage + " --repo " + subject.Repo
	}
	fmt.Fprintf(b.stderr, nextSteps, b.stage, use)
	return nil
}

// describe is the release that the images make.
func (b *imageBuild) describe(
	subject *doctor.Subject, all map[pipeline.Function]images.Built,
) (*release.Release, error) {
	compiler, err := images.Toolchain(subject.Root)
	if err != nil {
		return nil, err
	}
	made := &release.Release{
		Stage: b.stage, Source: subject.Source, Platform: b.platform, Go: compiler,
		Rules:  &release.Rules{Ingest: ingest.Rules, Analyze: analyze.Rules},
		Images: map[pipeline.Function]string{}, SBOMs: map[pipeline.Function]string{}, Sizes: map[pipeline.Function]int64{},
	}
	for function, image := range all {
		made.Images[function], made.SBOMs[function], made.Sizes[function] = image.Digest, image.SBOM, image.Size
	}
	return made, nil
}

// push puts the images of a release into the registry and tags them by the release's commit. It looks at all tags
// first, so that nothing is pushed when one is taken.
func push(
	ctx context.Context, registry *images.Registry, made *release.Release, all map[pipeline.Function]images.Built,
	p *command.Progress,
) error {
	var taken []error
	for _, function := range pipeline.Functions() {
		for _, tag := range []string{made.Source, made.Tag()} {
			if _, err := registry.CheckTag(ctx, function, tag, made.Images[function]); err != nil {
				taken = append(taken, err)
			}
		}
	}
	if err := errors.Join(taken...); err != nil {
		return fmt.Errorf("nothing was pushed; where a tag is taken, build with the Go version of that image, "+
			"or commit a change:\n%w", err)
	}
	for _, function := range pipeline.Functions() {
		done := p.Step("push " + string(function))
		changed, err := registry.Push(ctx, function, all[function])
		if err == nil {
			err = registry.Tag(ctx, function, made.Source, made.Images[function])
		}
		switch {
		case err != nil:
			done("")
			return fmt.Errorf("push image of %s: %w", function, err)
		case changed:
			done(fmt.Sprintf("%.1f MB", float64(all[function].Size)/1e6))
		default:
			done("there already")
		}
	}
	return nil
}

// held refuses a build for a stage that keeps its images.
func (b *imageBuild) held(root string) error {
	dir, err := release.Dir(root)
	if err != nil {
		return err
	}
	before, err := release.Read(dir, b.stage)
	if err != nil {
		return nil //nolint:nilerr // without a file nothing is held; one that cannot be read is a finding of doctor
	}
	return before.CheckHold()
}

const nextSteps = `
Next, record it in git, so that every clone has the same, and use it:

  make commit STAGE=%s
  %s

`
