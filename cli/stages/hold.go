package stages

import (
	"context"
	"fmt"

	"github.com/mejan/mejan/cli/history"
	"github.com/mejan/mejan/platform/images"
	"github.com/mejan/mejan/platform/release"
)

// Hold says why a stage keeps its images.
type Hold struct {
	// Root is the checkout.
	Root  string
	Stage string
	// Reason is why; empty takes the hold off.
	Reason string
	// Push pushes the commit.
	Push bool
	// Progress hears of each step.
	Progress images.Progress
}

// Held says what became of a hold.
type Held struct {
	Stage string `json:"stage"`
	// Hold is the reason now, and Before what it was.
	Hold   string `json:"hold"`
	Before string `json:"before"`
	Recorded
}

// SetHold puts a hold on a stage, or takes it off. While a stage is held, neither a build nor a promotion replaces its
// images. It may be interrupted anywhere and repeated.
func SetHold(ctx context.Context, args Hold) (*Held, error) {
	unlock, err := history.Lock(ctx, args.Root, args.Progress)
	if err != nil {
		return nil, err
	}
	defer unlock()
	recorder, err := newRecorder(args.Root, args.Stage, args.Push)
	if err != nil {
		return nil, err
	}
	t, err := readTimeline(ctx, history.At(args.Root), args.Stage)
	if err != nil {
		return nil, err
	}
	if t.current < 0 {
		return nil, fmt.Errorf("stage %s has no release in git: %s", args.Stage, release.HowTo(args.Stage))
	}
	next := *t.now()
	before := next.Hold
	next.Hold = args.Reason
	written, err := recorder.has(&next)
	if err != nil {
		return nil, err
	}
	if err := recorder.examine(ctx, written); err != nil {
		return nil, fmt.Errorf("nothing was changed:\n%w", err)
	}
	m := message{subject: "release(" + args.Stage + "): hold", body: args.Reason, branch: "hold"}
	if args.Reason == "" {
		m = message{subject: "release(" + args.Stage + "): end the hold", body: "It was: " + before, branch: "unhold"}
	}
	held := &Held{Stage: args.Stage, Hold: args.Reason, Before: before}
	held.Recorded, err = recorder.record(ctx, nil, &next, !written, m)
	return held, err
}
