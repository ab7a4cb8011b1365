package pipeline_test

import (
	"math"
	"testing"

	"github.com/mejan/mejan/functions/pipeline"
)

// A price means the same to the program that sets it and to the function that reads it.
func TestParsePrice(t *testing.T) {
	for text, want := range map[string]pipeline.Price{
		"0.30/2.50":      {In: 0.3, Out: 2.5},
		"0.035/0.14":     {In: 0.035, Out: 0.14},
		"1/5":            {In: 1, Out: 5},
		"0.000001/12345": {In: 0.000001, Out: 12345},
	} {
		got, err := pipeline.ParsePrice(text)
		if got != want || err != nil {
			t.Errorf("%q: got %v, error %v, want %v", text, got, err, want)
		}
		if again, err := pipeline.ParsePrice(got.String()); again != want || err != nil {
			t.Errorf("%q spelled as %q: got %v, error %v", text, got, again, err)
		}
	}
	for _, text := range []string{
		"", "/", "0.30", "0.30/", "/2.50", "0/0", "0/1", "-1/2", "$0.30/$2.50", "0,30/2,50", "NaN/1", "Inf/1", "1e3/1", "0x1/1",
		"1/2/3", " 1/2", "IN/OUT", "00.3/1", "1234567890123/1",
	} {
		if got, err := pipeline.ParsePrice(text); err == nil {
			t.Errorf("%q: got %v, want an error", text, got)
		}
	}
}

// What a run costs is counted by million tokens, each kind at its own price.
func TestCost(t *testing.T) {
	if got := (pipeline.Price{In: 0.30, Out: 2.50}).Cost(2_000, 400); math.Abs(got-0.0016) > 1e-12 {
		t.Errorf("got %g, want 0.0016", got)
	}
}
