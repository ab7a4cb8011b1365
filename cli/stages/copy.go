package stages

import (
	"context"
	"errors"
	"fmt"

	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/platform/images"
)

// plan verifies the images at the source, and looks at what the destination lacks. It changes nothing.
func (p *promotion) plan(ctx context.Context) (map[pipeline.Function]*images.Stored, error) {
	p.result = &Promoted{
		From: p.From, To: p.To, Source: p.from.Source, Images: p.from.Images, DryRun: p.DryRun,
		Copied:   []pipeline.Function{},
		Recorded: Recorded{Release: p.path(), Changed: p.before == nil || !p.before.Promoted(p.from)},
	}
	plan := map[pipeline.Function]*images.Stored{}
	var problems []error
	for _, function := range pipeline.Functions() {
		stored, err := verify(ctx, p.source, p.from, function)
		if err != nil {
			problems = append(problems, fmt.Errorf("%s of %s: %w", function, p.From, err))
			continue
		}
		plan[function] = stored
		tagged, err := p.destination.CheckTag(ctx, function, p.from.Source, stored.Digest)
		if err != nil {
			problems = append(problems, fmt.Errorf("%s of %s: %w", function, p.To, err))
			continue
		}
		if there, err := p.destination.Has(ctx, function, stored); err != nil {
			problems = append(problems, fmt.Errorf("%s of %s: %w", function, p.To, err))
		} else if !there || !tagged {
			p.result.Copied = append(p.result.Copied, function)
		}
	}
	_, err := p.signatures.check(ctx, p.From, plan)
	return plan, errors.Join(append(problems, err)...)
}

// copy brings the images to the destination and verifies them there. Tags come last, when all three images are in
// place.
func (p *promotion) copy(ctx context.Context, plan map[pipeline.Function]*images.Stored) error {
	const again = "the same command goes on from here"
	copies := map[pipeline.Function]*images.Stored{}
	for _, function := range p.result.Copied {
		done := p.step("copy " + string(function))
		changed, err := p.destination.Copy(ctx, function, plan[function])
		if err == nil {
			copies[function], err = verify(ctx, p.destination, p.from, function)
		}
		switch {
		case err != nil:
			done("")
			return fmt.Errorf("copy image of %s; %s: %w", function, again, err)
		case changed:
			done(fmt.Sprintf("%.1f MB, %s", float64(plan[function].Size)/1e6, plan[function].Digest))
		default:
			done("there already")
		}
	}
	if _, err := p.signatures.check(ctx, p.To, copies); err != nil {
		return fmt.Errorf("verify the copies; %s: %w", again, err)
	}
	for _, function := range p.result.Copied {
		if err := p.destination.Tag(ctx, function, p.from.Source, p.from.Images[function]); err != nil {
			return fmt.Errorf("tag image of %s; %s: %w", function, again, err)
		}
	}
	return nil
}

func (p *promotion) step(what string) (done func(result string)) { return step(p.Progress, what) }

// step begins a step of which progress, unless it is nil, hears.
func step(progress images.Progress, what string) (done func(result string)) {
	if progress == nil {
		return func(string) {}
	}
	return progress(what)
}
