// Package stages changes which images a stage runs. A promotion brings the images of the stage before: the same ones, by
// their digests, from one registry to another. Each change is a commit of one release file.
package stages

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	"github.com/mejan/mejan/cli/history"
	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/platform/images"
	"github.com/mejan/mejan/platform/release"
)

// Promotion says what to promote.
type Promotion struct {
	// Root is the checkout.
	Root string
	// From and To are the stages. Their order is that of [release.Order].
	From, To string
	// DryRun changes nothing, neither in the registry nor in git. Push pushes the commit.
	DryRun, Push bool
	// Reach finds the registries of both stages. It is called even when something is wrong with git or the releases, so
	// that a person sees all problems at once.
	Reach func(ctx context.Context) (source, destination *images.Registry, err error)
	// Progress hears of each step.
	Progress images.Progress
}

// Promoted says what a promotion did, or in a dry run what it would do.
type Promoted struct {
	From string `json:"from"`
	To   string `json:"to"`
	// Source is the commit that the images were built from.
	Source string                       `json:"source"`
	Images map[pipeline.Function]string `json:"images"`
	// Copied lists the functions whose images were not all in the registry of To.
	Copied []pipeline.Function `json:"copied"`
	// Release is the release file of To, and Commit the commit of it; Commit is empty if git had the release already.
	Release string `json:"release"`
	Commit  string `json:"commit,omitempty"`
	// Changed says whether the release of To is another than before.
	Changed bool `json:"changed"`
	DryRun  bool `json:"dry_run,omitempty"`
	// Branch is the remote branch that has the commit, and Request the pull request for it.
	Branch  string `json:"branch,omitempty"`
	Request string `json:"request,omitempty"`
}

// promotion is one call of [Promote].
type promotion struct {
	Promotion
	dir      string
	checkout *history.Checkout
	remote   *history.Remote
	from     *release.Release
	// before is the release of To as its file has it; nil if there is none.
	before              *release.Release
	source, destination *images.Registry
	result              *Promoted
}

// Promote promotes a release. It may be interrupted anywhere and repeated: images come first, then the file, then the
// commit, and each step does only what is missing.
func Promote(ctx context.Context, args Promotion) (*Promoted, error) {
	if err := release.CheckStep(args.From, args.To); err != nil {
		return nil, err
	}
	if !args.DryRun {
		unlock, err := history.Lock(ctx, args.Root, args.Progress)
		if err != nil {
			return nil, err
		}
		defer unlock()
	}
	p := &promotion{Promotion: args}
	if err := p.examine(ctx); err != nil {
		return nil, fmt.Errorf("nothing was promoted:\n%w", err)
	}
	plan, err := p.plan(ctx)
	if err != nil {
		return nil, fmt.Errorf("nothing was promoted:\n%w", err)
	}
	if args.DryRun {
		return p.result, nil
	}
	if err := p.copy(ctx, plan); err != nil {
		return nil, err
	}
	if err := p.record(ctx); err != nil {
		return nil, err
	}
	return p.result, nil
}

// examine looks at the clone, the releases, and the way to both registries.
func (p *promotion) examine(ctx context.Context) error {
	var err error
	if p.dir, err = release.Dir(p.Root); err != nil {
		return err
	}
	problems := []error{p.readReleases()}
	own := ""
	if p.from != nil && p.before != nil && p.before.Promoted(p.from) {
		own = file(p.To) // an earlier attempt wrote it, and may not have committed it
	}
	p.checkout, err = history.Open(ctx, p.Root, own)
	problems = append(problems, err)
	if p.Push && err == nil {
		p.remote, err = p.checkout.Remote(ctx)
		problems = append(problems, err)
	}
	p.source, p.destination, err = p.Reach(ctx)
	return errors.Join(append(problems, err)...)
}

// readReleases reads the release that is promoted, and the one that it replaces.
func (p *promotion) readReleases() error {
	var err error
	if p.from, err = release.Read(p.dir, p.From); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("stage %s has no release to promote: %s", p.From, release.Restore(p.From))
	} else if err != nil {
		return err
	}
	if !p.from.Promotable() {
		return fmt.Errorf("%s does not say which bills of materials belong to its images, since it was written by an "+
			"earlier version: %s", file(p.From), release.HowTo(p.From))
	}
	if p.before, err = release.Read(p.dir, p.To); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return p.before.CheckHold()
}

// file is the release file of a stage, relative to the checkout.
func file(stage string) string { return "platform/releases/" + stage + ".json" }

// record writes the release of To, commits it, and pushes the commit.
func (p *promotion) record(ctx context.Context) error {
	if p.result.Changed {
		if err := p.from.To(p.To, time.Now()).Write(p.dir); err != nil {
			return err
		}
	}
	subject := fmt.Sprintf("release(%s): %d images from %s @ %.7s", p.To, len(p.from.Images), p.From, p.from.Source)
	var body strings.Builder
	for _, function := range pipeline.Functions() {
		fmt.Fprintf(&body, "%s %s\n", function, p.from.Images[function])
	}
	if p.result.Changed || p.checkout.OwnDiffers {
		var err error
		if p.result.Commit, err = p.checkout.Commit(ctx, file(p.To), subject, body.String()); err != nil {
			return fmt.Errorf("the images and %s are in place, but not committed; the same command commits it:\n%w",
				file(p.To), err)
		}
	}
	if p.remote == nil {
		return nil
	}
	pushed, err := p.remote.Push(ctx, fmt.Sprintf("release/%s-%.7s", p.To, p.from.Source), subject, body.String())
	p.result.Branch, p.result.Request = pushed.Branch, pushed.Request
	if err != nil {
		return fmt.Errorf("the release is committed, but not pushed: %w", err)
	}
	return nil
}

// path is where the release of To lies.
func (p *promotion) path() string { return filepath.Join(p.Root, filepath.FromSlash(file(p.To))) }
