package narrate_test

import (
	"context"
	"errors"
	"math"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mejan/mejan/functions/analyzer/analyze"
	"github.com/mejan/mejan/functions/analyzer/narrate"
	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/functions/pipeline/pipelinetest"
)

// weekly is the item of the weekly sample, without its prose.
func weekly(t *testing.T) pipeline.Item {
	t.Helper()
	rows, err := os.Open("../testdata/weekly.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	tape, err := analyze.Read(rows)
	if err != nil {
		t.Fatal(err)
	}
	e := pipelinetest.Announcement()
	e.RawCount, e.ValidCount, e.InvalidCount = tape.Rows+1, tape.Rows, 1
	return analyze.Analyze(tape).Item(e, time.Date(2018, 2, 12, 0, 0, 0, 0, time.UTC))
}

// clock records the pauses instead of making them.
type clock struct{ pauses []time.Duration }

func (c *clock) Sleep(ctx context.Context, d time.Duration) error {
	c.pauses = append(c.pauses, d)
	return ctx.Err()
}

func always(x float64) func() float64 { return func() float64 { return x } }

// However the model behaves, there is prose, it costs at most five calls, and the item, the metrics and the price
// tell how it went.
func TestNarrate(t *testing.T) {
	const honest, lying, figures = pipelinetest.Honest, pipelinetest.Lying, pipelinetest.Figures
	const malformed, busy, denied = pipelinetest.Malformed, pipelinetest.Busy, pipelinetest.Denied
	type outcome struct {
		Source             pipeline.NarrationSource
		Tries, Charged     int
		Rejected, Failures int
		Exhausted          bool
		Fallback           string
	}
	for name, c := range map[string]struct {
		script []pipelinetest.Answer
		want   outcome
	}{
		"answers":             {[]pipelinetest.Answer{honest}, outcome{Source: "model", Tries: 1, Charged: 1}},
		"busy once":           {[]pipelinetest.Answer{busy, honest}, outcome{Source: "model", Tries: 2, Charged: 1, Failures: 1}},
		"answers at the last": {[]pipelinetest.Answer{busy, lying, malformed, busy, honest}, outcome{Source: "model", Tries: 5, Charged: 3, Rejected: 2, Failures: 4}},
		"never answers":       {[]pipelinetest.Answer{busy}, outcome{"template", 5, 0, 0, 5, true, "the model did not answer, tries: 5"}},
		"always lies":         {[]pipelinetest.Answer{lying}, outcome{"template", 5, 5, 5, 5, false, "prose refused"}},
		"figures of its own":  {[]pipelinetest.Answer{figures}, outcome{"template", 5, 5, 5, 5, false, "prose refused"}},
		"always malformed":    {[]pipelinetest.Answer{malformed}, outcome{"template", 5, 5, 5, 5, false, "the model answered in another form"}},
		"no access":           {[]pipelinetest.Answer{denied}, outcome{"template", 1, 0, 0, 1, false, "the model refused the request"}},
		"access lost":         {[]pipelinetest.Answer{busy, denied}, outcome{"template", 2, 0, 0, 2, false, "the model refused the request"}},
		"answered, then busy": {[]pipelinetest.Answer{lying, busy}, outcome{"template", 5, 1, 1, 5, false, "the model did not answer, tries: 5"}},
	} {
		t.Run(name, func(t *testing.T) {
			model := pipelinetest.NewModel(t, nil, c.script...)
			n := narrate.Narrator{
				Model: model, Price: pipeline.Price{In: 0.06, Out: 0.24}, Sleep: new(clock).Sleep, Chance: always(0.5),
			}
			story := n.Narrate(t.Context(), weekly(t))
			if asked := len(model.Asked()); asked != story.Narration.Attempts || asked > narrate.MaxTries {
				t.Errorf("calls to the model: %d, recorded %d", asked, story.Narration.Attempts)
			}
			if story.Summary == "" || strings.ContainsAny(story.Summary, "{}") {
				t.Errorf("summary: %q", story.Summary)
			}
			got := outcome{
				story.Narration.Source, story.Narration.Attempts, story.Narration.TokensIn / pipelinetest.TokensIn,
				story.Rejected, len(story.Failures), story.Exhausted, story.Narration.Fallback,
			}
			if strings.HasPrefix(got.Fallback, "prose refused: ") {
				got.Fallback = "prose refused"
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("story (-want +got):\n%s", diff)
			}
			cost := float64(c.want.Charged) * (pipelinetest.TokensIn*0.06 + pipelinetest.TokensOut*0.24) / 1e6
			if math.Abs(cost-story.Narration.CostUSD) > 1e-12 {
				t.Errorf("cost: got %g, want %g", story.Narration.CostUSD, cost)
			}
		})
	}
}

// The pauses double and are drawn whole, so that functions that were throttled together do not come back together.
func TestPauses(t *testing.T) {
	for _, c := range []struct {
		chance float64
		want   []time.Duration
	}{
		{0, []time.Duration{0, 0, 0, 0}},
		{0.5, []time.Duration{250 * time.Millisecond, 500 * time.Millisecond, time.Second, 2 * time.Second}},
	} {
		var k clock
		n := narrate.Narrator{Model: pipelinetest.NewModel(t, nil, pipelinetest.Busy), Sleep: k.Sleep, Chance: always(c.chance)}
		n.Narrate(t.Context(), weekly(t))
		if diff := cmp.Diff(c.want, k.pauses); diff != "" {
			t.Errorf("pauses at chance %g (-want +got):\n%s", c.chance, diff)
		}
	}
}

// Time is kept back to store the analysis: where only the reserve is left, the model is not asked; where it is
// reached during a pause, not again.
func TestReserve(t *testing.T) {
	model := pipelinetest.NewModel(t, nil)
	ctx, cancel := context.WithTimeout(t.Context(), narrate.Reserve)
	defer cancel()
	n := narrate.Narrator{Model: model, Sleep: new(clock).Sleep, Chance: always(0)}
	story := n.Narrate(ctx, weekly(t))
	if len(model.Asked()) != 0 || story.Narration.Source != pipeline.ByTemplate || story.Exhausted {
		t.Errorf("only the reserve left: asked %d times, %+v", len(model.Asked()), story.Narration)
	}
	if ctx.Err() != nil {
		t.Error("the reserve was spent")
	}

	model = pipelinetest.NewModel(t, nil, pipelinetest.Busy)
	n = narrate.Narrator{Model: model, Chance: always(0), Sleep: func(context.Context, time.Duration) error {
		return context.DeadlineExceeded
	}}
	story = n.Narrate(t.Context(), weekly(t))
	if len(model.Asked()) != 1 || !story.Exhausted {
		t.Errorf("time over during a pause: asked %d times, exhausted %t, want 1, true", len(model.Asked()), story.Exhausted)
	}
}

// A refused answer is told to the model, because at temperature 0 the same question has the same answer.
func TestRefusalIsTold(t *testing.T) {
	model := pipelinetest.NewModel(t, nil, pipelinetest.Lying, pipelinetest.Busy, pipelinetest.Honest)
	n := narrate.Narrator{Model: model, Sleep: new(clock).Sleep, Chance: always(0)}
	story := n.Narrate(t.Context(), weekly(t))
	asked := model.Asked()
	if len(asked) != 3 {
		t.Fatalf("asked %d times, want 3", len(asked))
	}
	var refused narrate.Refusal
	if !errors.As(story.Failures[0], &refused) {
		t.Fatalf("first failure: %v", story.Failures[0])
	}
	for i, told := range []bool{false, true, true} {
		if strings.Contains(asked[i], string(refused)) != told {
			t.Errorf("call %d: told of the refusal: %t, want %t", i+1, !told, told)
		}
	}
}
