// Package stages changes which images a stage runs. A promotion brings the images of the stage before: the same ones,
// by their digests, from one registry to another. A rollback restores an earlier release, and a hold keeps it. Each
// change is a commit of one release file.
package stages

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/mejan/mejan/cli/history"
	"github.com/mejan/mejan/cli/signature"
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
	// Sigstore verifies signatures, if the settings of To ask for any.
	Sigstore signature.Sigstore
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
	DryRun bool                `json:"dry_run,omitempty"`
	Recorded
}

// promotion is one call of [Promote].
type promotion struct {
	Promotion
	*recorder
	from *release.Release
	// before is the release of To as its file has it; nil if there is none.
	before              *release.Release
	source, destination *images.Registry
	signatures          Signatures
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
	recorder, err := newRecorder(args.Root, args.To, args.Push)
	if err != nil {
		return nil, err
	}
	p := &promotion{Promotion: args, recorder: recorder}
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
	next := p.before
	if p.result.Changed {
		next = p.from.To(p.To, p.before, time.Now())
	}
	p.result.Recorded, err = p.record(ctx, p.destination, next, p.result.Changed, message{
		subject: fmt.Sprintf("release(%s): %d images from %s @ %s", p.To, len(next.Images), p.From, short(next.Source)),
		body:    listing(next),
		branch:  short(next.Source),
	})
	return p.result, err
}

// examine looks at the clone, the releases, and the way to both registries.
func (p *promotion) examine(ctx context.Context) error {
	var err error
	p.signatures = Signatures{Sigstore: p.Sigstore}
	p.signatures.Policy, err = signature.ReadPolicy(p.Root, p.To)
	problems := []error{err, p.readReleases()}
	begun := p.from != nil && p.before != nil && p.before.Promoted(p.from)
	problems = append(problems, p.recorder.examine(ctx, begun))
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
	if err := checkPromotable(p.from); err != nil {
		return err
	}
	if p.before, err = release.Read(p.dir, p.To); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return p.before.CheckHold()
}
