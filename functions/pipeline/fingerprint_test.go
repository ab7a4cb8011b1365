package pipeline_test

import (
	"fmt"
	"testing"

	"github.com/mejan/mejan/functions/pipeline"
)

// Two items are told to be about the same series by their fingerprints: exactly for sets as small as a reader's list,
// closely for a whole market, whatever else the series have in common.
func TestLikeness(t *testing.T) {
	set := func(from, to int, interval string) pipeline.Fingerprint {
		var insights []pipeline.Insight
		for i := from; i < to; i++ {
			insights = append(insights, pipeline.Insight{Symbol: fmt.Sprint("S", i), Interval: interval})
		}
		return pipeline.NewFingerprint(insights)
	}
	for name, of := range map[string]struct {
		a, b           pipeline.Fingerprint
		want, distance float64
	}{
		"equal":             {set(0, 6, "1day"), set(0, 6, "1day"), 1, 0},
		"one more":          {set(0, 6, "1day"), set(0, 7, "1day"), 6. / 7, 0},
		"half":              {set(0, 6, "1day"), set(2, 8, "1day"), 4. / 8, 0},
		"none":              {set(0, 6, "1day"), set(6, 12, "1day"), 0, 0},
		"another interval":  {set(0, 6, "1day"), set(0, 6, "1week"), 0, 0},
		"nothing":           {"", "", 0, 0},
		"against nothing":   {"", set(0, 6, "1day"), 0, 0},
		"cut short":         {"0123", "0123", 0, 0},
		"market":            {set(0, 8000, "1day"), set(0, 8000, "1day"), 1, 0},
		"market, some left": {set(0, 8000, "1day"), set(800, 8800, "1day"), 7200. / 8800, 0.15},
		"list in a market":  {set(0, 8000, "1day"), set(0, 6, "1day"), 6. / 8000, 0.05},
	} {
		for _, got := range []float64{of.a.Likeness(of.b), of.b.Likeness(of.a)} {
			if got < of.want-of.distance || got > of.want+of.distance {
				t.Errorf("%s: got %g, want %g ± %g", name, got, of.want, of.distance)
			}
		}
	}
}
