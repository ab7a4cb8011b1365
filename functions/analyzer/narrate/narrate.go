package narrate

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/mejan/mejan/functions/pipeline"
)

const (
	// MaxTries is how many calls to the model one analysis may cost, on the wire.
	MaxTries = 5
	// TryTimeout bounds one call. Nova Lite takes 2 to 5 s for an answer of this length.
	TryTimeout = 20 * time.Second
	// Reserve is what is left of the caller's time when the narration ends: enough to store the analysis.
	Reserve = 10 * time.Second
	// The pause before try n+1 is drawn between 0 and min(maxPause, basePause * 2^n): full jitter, after Brooker,
	// "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
	basePause = 500 * time.Millisecond
	maxPause  = 8 * time.Second
)

// Model writes paragraphs about facts.
type Model interface {
	// ID names the model in the item.
	ID() string
	// Write asks once: one call on the wire, whatever becomes of it. Its error wraps [pipeline.ErrModelBusy] where
	// asking again may help, [pipeline.ErrModelDenied] where it does not, and [pipeline.ErrModelMalformed] where the
	// model answered, but not in the form asked for; the tokens of such an answer are reported with it.
	Write(ctx context.Context, instructions string, facts pipeline.Facts) (pipeline.Prose, error)
}

// Narrator gives analyses their prose. It may be used concurrently if its parts may.
type Narrator struct {
	Model Model
	// Price is what the model's tokens cost.
	Price pipeline.Price
	// Sleep pauses between two tries, and ends early with an error when ctx does.
	Sleep func(ctx context.Context, d time.Duration) error
	// Chance is drawn between two tries, in [0, 1).
	Chance func() float64
}

// Story is prose and how it came to be.
type Story struct {
	Summary   string
	Narration pipeline.Narration
	// Failures holds why each try failed, in order.
	Failures []error
	// Rejected counts the answers that could not be used: not in the form asked for, or refused by the gate.
	Rejected int
	// Exhausted means that tries or time ran out and not one of them brought an answer. A model that refuses the
	// request, or answers with what cannot be used, did not keep anybody waiting: that shows as Rejected and as
	// fallback.
	Exhausted bool
}

// Narrate writes the prose of an item that has its figures. It always comes back with prose, [Reserve] before ctx
// ends.
func (n Narrator) Narrate(ctx context.Context, item pipeline.Item) Story {
	if end, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, end.Add(-Reserve))
		defer cancel()
	}
	b := newBook(item)
	story := Story{Narration: pipeline.Narration{Source: pipeline.ByModel, Model: n.Model.ID()}}
	for story.Narration.Attempts < MaxTries && n.pause(ctx, story.Narration.Attempts) {
		text, err := n.try(ctx, b, &story)
		if err == nil {
			story.Summary = text
			break
		}
		story.Failures = append(story.Failures, err)
		if errors.Is(err, pipeline.ErrModelDenied) {
			break
		}
	}
	story.Narration.CostUSD = n.Price.Cost(story.Narration.TokensIn, story.Narration.TokensOut)
	if story.Summary == "" {
		story.Summary = Plain(item)
		story.Narration.Source = pipeline.ByTemplate
		story.Narration.Fallback, story.Exhausted = verdict(story.Failures, story.Rejected)
	}
	story.Narration.Sentences = sentences(story.Summary, story.Narration.Source)
	return story
}

// sentences takes prose apart, all of which has one source.
func sentences(prose string, source pipeline.NarrationSource) [][]pipeline.Sentence {
	var all [][]pipeline.Sentence
	for paragraph := range strings.SplitSeq(prose, "\n\n") {
		var these []pipeline.Sentence
		begin := 0
		for i := 1; i <= len(paragraph); i++ {
			ends := i == len(paragraph) || paragraph[i] == ' ' && strings.IndexByte(".!?", paragraph[i-1]) >= 0
			if ends {
				these = append(these, pipeline.Sentence{Text: paragraph[begin:i], Source: source})
				begin = i + 1
			}
		}
		all = append(all, these)
	}
	return all
}

// try is one call and the gate behind it.
func (n Narrator) try(ctx context.Context, b book, story *Story) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, TryTimeout)
	defer cancel()
	story.Narration.Attempts++
	prose, err := n.Model.Write(ctx, again(story.Failures), b.facts)
	story.Narration.TokensIn += prose.TokensIn
	story.Narration.TokensOut += prose.TokensOut
	var text string
	if err == nil {
		text, err = b.fill(prose.Paragraphs)
	}
	var refused Refusal
	if errors.As(err, &refused) || errors.Is(err, pipeline.ErrModelMalformed) {
		story.Rejected++
	}
	return text, err
}

// pause waits before a try and reports whether there is time for it.
func (n Narrator) pause(ctx context.Context, tries int) bool {
	if tries > 0 {
		longest := min(maxPause, basePause<<(tries-1))
		if n.Sleep(ctx, time.Duration(n.Chance()*float64(longest))) != nil {
			return false
		}
	}
	return ctx.Err() == nil
}

// verdict says why the model's prose was not used, for the item, and whether the model never answered. The errors
// themselves may hold names of an account; they are for the log.
func verdict(failures []error, rejected int) (fallback string, exhausted bool) {
	if len(failures) == 0 {
		return "no time was left to ask the model", false
	}
	last := failures[len(failures)-1]
	var refused Refusal
	switch {
	case errors.Is(last, pipeline.ErrModelDenied):
		return "the model refused the request", false
	case errors.As(last, &refused):
		return refused.Error(), false
	case errors.Is(last, pipeline.ErrModelMalformed):
		return "the model answered in another form", false
	default:
		return fmt.Sprintf("the model did not answer, tries: %d", len(failures)), rejected == 0
	}
}
