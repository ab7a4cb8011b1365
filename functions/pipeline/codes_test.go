package pipeline_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/mejan/mejan/functions/pipeline"
)

// Promise: each code stands in the table once, with all that a reader needs: words for all, a measure and a statement
// for anomalies, and no placeholder that would reach a reader unfilled.
func TestCodesAreWhole(t *testing.T) {
	placeholder := regexp.MustCompile(`\{[^}]*\}`)
	levels := []pipeline.Level{pipeline.LevelReject, pipeline.LevelWarn, pipeline.LevelFile, pipeline.LevelAnomaly}
	abouts := []pipeline.About{pipeline.AboutRow, pipeline.AboutBar, pipeline.AboutSeries, pipeline.AboutFile}
	measures := []pipeline.Measure{pipeline.MeasurePercent, pipeline.MeasureMultiple, pipeline.MeasureScore}
	seen := make(map[string]bool)
	for _, c := range pipeline.Codes() {
		if c.Code == "" || seen[c.Code] {
			t.Errorf("%q: without a name, or twice in the table", c.Code)
		}
		seen[c.Code] = true
		if !slices.Contains(levels, c.Level) || !slices.Contains(abouts, c.About) {
			t.Errorf("%s: level %q about %q is unknown", c.Code, c.Level, c.About)
		}
		if c.Words == "" || strings.TrimSpace(c.Words) != c.Words {
			t.Errorf("%s: words %q", c.Code, c.Words)
		}
		var inWords, inStatement []string
		if c.Level == pipeline.LevelAnomaly {
			inWords, inStatement = []string{"{threshold}", "{bar}"}, []string{"{value}"}
			if !slices.Contains(measures, c.Measure) || c.Statement == "" {
				t.Errorf("%s: measure %q, statement %q", c.Code, c.Measure, c.Statement)
			}
		} else if c.Measure != "" || c.Statement != "" {
			t.Errorf("%s: measure and statement are for anomalies", c.Code)
		}
		for _, text := range []struct {
			of      string
			allowed []string
		}{{c.Words, inWords}, {c.Statement, inStatement}} {
			for _, name := range placeholder.FindAllString(text.of, -1) {
				if !slices.Contains(text.allowed, name) {
					t.Errorf("%s: placeholder %s in %q", c.Code, name, text.of)
				}
			}
		}
	}
}

// Promise: a code that another version wrote is shown as it is. Known codes are shown in words, in the right number.
func TestCodeInWords(t *testing.T) {
	for got, want := range map[string]string{
		pipeline.CodeOf("VOLUME_NEGATIVE", pipeline.LevelReject).Finding(1): "row with a negative volume (VOLUME_NEGATIVE)",
		pipeline.CodeOf("VOLUME_NEGATIVE", pipeline.LevelReject).Finding(2): "rows with a negative volume (VOLUME_NEGATIVE)",
		pipeline.CodeOf("SYMBOL_MISMATCH", pipeline.LevelWarn).Finding(2): "series under another symbol than was asked for " +
			"(SYMBOL_MISMATCH)",
		pipeline.CodeOf("NEW_CHECK", pipeline.LevelReject).Finding(1):              "row (NEW_CHECK)",
		pipeline.CodeOf("NEW_CHECK", pipeline.LevelWarn).Finding(3):                "bars (NEW_CHECK)",
		pipeline.CodeOf("NEW_CHECK", pipeline.LevelFile).Finding(1):                "file (NEW_CHECK)",
		pipeline.CodeOf("large_move", pipeline.LevelAnomaly).Anomaly("5 %", "day"): "moved more than 5 % in one day",
		pipeline.CodeOf("new_kind", pipeline.LevelAnomaly).Anomaly("0.5", "day"):   "new_kind, beyond 0.5",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
