package stages

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"github.com/mejan/mejan/cli/history"
	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/platform/images"
	"github.com/mejan/mejan/platform/release"
)

// Rollback says which release a stage shall have again.
type Rollback struct {
	// Root is the checkout.
	Root  string
	Stage string
	// To is a number of releases to go back, or a commit. Empty means 1.
	To string
	// Reason is why; empty says what was rolled back.
	Reason string
	// DryRun changes nothing, neither in the registry nor in git. Push pushes the commit.
	DryRun, Push bool
	// Reach finds the registry of the stage.
	Reach func(ctx context.Context) (*images.Registry, error)
	// Progress hears of each step.
	Progress images.Progress
}

// RolledBack says what a rollback did, or in a dry run what it would do.
type RolledBack struct {
	Stage string `json:"stage"`
	// From and Source are the commits that the images were built from, before and after.
	From   string                       `json:"from"`
	Source string                       `json:"source"`
	Images map[pipeline.Function]string `json:"images"`
	Hold   string                       `json:"hold,omitempty"`
	DryRun bool                         `json:"dry_run,omitempty"`
	Recorded
}

// History lists the releases that a stage can go back to, latest first, and the one that it has.
func History(ctx context.Context, root, stage string) ([]Earlier, error) {
	t, err := readTimeline(ctx, history.At(root), stage)
	if err != nil {
		return nil, err
	}
	slices.Reverse(t.releases)
	return t.releases, nil
}

// Back restores an earlier release of a stage from git's history, and holds it. Its images must be in the registry of
// the stage. It may be interrupted anywhere and repeated: a rollback counts from the last promotion, not from what an
// earlier rollback left.
func Back(ctx context.Context, args Rollback) (*RolledBack, error) {
	if !args.DryRun {
		unlock, err := history.Lock(ctx, args.Root, args.Progress)
		if err != nil {
			return nil, err
		}
		defer unlock()
	}
	recorder, err := newRecorder(args.Root, args.Stage, args.Push)
	if err != nil {
		return nil, err
	}
	replaced, target, err := args.choose(ctx)
	if err != nil {
		return nil, fmt.Errorf("nothing was rolled back:\n%w", err)
	}
	next, err := args.next(recorder.dir, replaced, target)
	if err != nil {
		return nil, fmt.Errorf("nothing was rolled back:\n%w", err)
	}
	written, err := recorder.has(next)
	if err != nil {
		return nil, fmt.Errorf("nothing was rolled back:\n%w", err)
	}
	problem := recorder.examine(ctx, written)
	registry, err := args.Reach(ctx)
	if err == nil {
		err = checkImages(ctx, registry, next)
	}
	if err := errors.Join(problem, err); err != nil {
		return nil, fmt.Errorf("nothing was rolled back:\n%w", err)
	}
	result := &RolledBack{
		Stage: args.Stage, From: replaced.Source, Source: next.Source, Images: next.Images, Hold: next.Hold,
		DryRun: args.DryRun, Recorded: Recorded{Release: recorder.path(), Changed: !written},
	}
	if args.DryRun {
		return result, nil
	}
	result.Recorded, err = recorder.record(ctx, registry, next, !written, message{
		subject: fmt.Sprintf("release(%s): roll back to %s from %s",
			args.Stage, short(next.Source), short(next.RolledBackFrom)),
		body:   next.Hold + "\n\n" + listing(next),
		branch: "rollback-" + short(next.Source),
	})
	return result, err
}

// choose finds the release that the stage has in git, and the one that it shall have.
func (b *Rollback) choose(ctx context.Context) (replaced, target *release.Release, err error) {
	clone := history.At(b.Root)
	t, err := readTimeline(ctx, clone, b.Stage)
	if err != nil {
		return nil, nil, err
	}
	if t.current < 0 {
		return nil, nil, fmt.Errorf("stage %s has no release in git, so there is none to go back to: %s",
			b.Stage, release.HowTo(b.Stage))
	}
	to := b.To
	if to == "" {
		to = "1"
	}
	target, err = t.find(ctx, clone, b.Stage, to)
	return t.now(), target, err
}

// next is the release that the rollback leaves. An earlier attempt may have written it.
func (b *Rollback) next(dir string, replaced, target *release.Release) (*release.Release, error) {
	if replaced.SameRelease(target) {
		return replaced, nil
	}
	now, err := release.Read(dir, b.Stage)
	if err == nil && now.RestoredFrom(target) {
		return now, nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	reason := b.Reason
	if reason == "" {
		reason = "rolled back from " + short(replaced.Source)
	}
	return target.Restored(replaced, reason, time.Now()), nil
}

// checkImages makes sure that the registry has all images of a release. A release that an earlier version wrote does
// not say what belongs to them.
func checkImages(ctx context.Context, registry *images.Registry, r *release.Release) error {
	var problems []error
	if r.Promotable() {
		_, err := verifyAll(ctx, registry, r)
		problems = append(problems, err)
	} else {
		for _, function := range pipeline.Functions() {
			if _, err := registry.Find(ctx, function, r.Images[function]); err != nil && !errors.Is(err, images.ErrNoSBOM) {
				problems = append(problems, fmt.Errorf("%s of %s: %w", function, r.Stage, err))
			}
		}
	}
	if err := errors.Join(problems...); err != nil {
		return fmt.Errorf("%w\nchoose a release whose images are there: mejan rollback %s --list", err, r.Stage)
	}
	return nil
}
