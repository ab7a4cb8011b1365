package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/mejan/mejan/functions/pipeline"
)

// How the report of a smoke test says that it is one: in the subject, and at the head of the mail.
const (
	smokePrefix = "[Smoke test] "
	smokeNotice = "This is a smoke test of the pipeline, not a report: do not act on it."
)

func quality(item pipeline.Item) []string {
	c := item.RowCounts
	share := pipeline.Rows{Raw: c.Raw, Valid: c.Processed, Invalid: c.Rejected}.RejectedPercentage()
	lines := []string{fmt.Sprintf("%s read, %s used, %s rejected (%s%s%%).",
		plural(c.Raw, "row"), count(c.Processed), count(c.Rejected), number(share), nbsp)}
	switch {
	case c.Rejected > 0 && item.RejectsKey != "":
		where := item.RejectsKey
		if item.Source.Bucket != "" {
			where = "s3://" + item.Source.Bucket + "/" + where
		}
		lines = append(lines, "Each rejected row, with its reasons: "+cut(clean(where), maxLine))
	case c.Rejected == 0 && len(item.Quality.Warnings) == 0:
		lines = append(lines, "Every row passed every check.")
	}
	lines = append(lines, findings(item.Quality.Reasons, pipeline.LevelReject, "Rejected")...)
	lines = append(lines, findings(item.Quality.Warnings, pipeline.LevelWarn, "Used, with a warning")...)
	return append(lines, problems(item)...)
}

func method(t *pipeline.Turbulence, p period) []string {
	return []string{
		fmt.Sprintf("Changes compare the last close with the close so many %ss before.", p.bar),
		fmt.Sprintf("Trend is the slope of the least-squares line through the last 20 closes' logarithms, per %s.", p.bar),
		fmt.Sprintf("Volatility is the standard deviation of the last 20 changes from %s to %s.", p.bar, p.bar),
		"Volume is the last one against the average of up to 20 before it.",
		"52 weeks is the close's place between their lowest low, 0 %, and highest high. RSI is Wilder's, over 14 bars. " +
			"Averages is the mean close of 20 bars against that of 50. Vol. p.a. is the volatility by the year. " +
			"Drawdown is the close against the highest before; Deepest, the worst since the first bar.",
		turbulenceMethod(t, p),
	}
}

func turbulenceMethod(t *pipeline.Turbulence, p period) string {
	if t != nil && t.Method == pipeline.ByDistance {
		return fmt.Sprintf("Turbulence is how unusual the changes of one %s were together, by their Mahalanobis distance "+
			"from the %s before: 1× is usual.", p.bar, count(t.Bars))
	}
	return fmt.Sprintf("Turbulence is how far the symbols' changes over one %s lie apart: "+
		"their standard deviation, in percentage points.", p.bar)
}

func origin(item pipeline.Item) []fact {
	sentences := "generated from the figures, without a language model"
	switch model := cut(clean(item.Narration.Model), maxLine); {
	case item.Narration.Source == pipeline.ByModel:
		sentences = model + "; the figures in them were filled in and checked by code"
	case item.Narration.Fallback != "":
		sentences = fmt.Sprintf("generated from the figures; prose of %s was not used: %s",
			model, cut(clean(item.Narration.Fallback), maxLine))
	}
	return []fact{
		{"Source", cut(clean(item.Source.Key), maxLine)},
		{"Run", cut(clean(item.AnalysisID), maxLine)},
		{"Correlation id", cut(clean(item.CorrelationID), maxLine)},
		{"Analysed", item.ProcessedAt.UTC().Format(time.DateTime) + " UTC"},
		{"Sentences", sentences},
	}
}

// paragraphs splits prose at empty lines, within [maxSummary].
func paragraphs(prose string) (list []string) {
	prose = strings.ReplaceAll(prose, "\r\n", "\n")
	for part := range strings.SplitSeq(cut(prose, maxSummary), "\n\n") {
		if words := strings.Join(strings.Fields(clean(part)), " "); words != "" {
			list = append(list, strings.ReplaceAll(words, " %", nbsp+"%"))
		}
	}
	return list
}

func plural[T int | int64](n T, noun string) string {
	if n == 1 {
		return "1" + nbsp + noun
	}
	return count(n) + nbsp + noun + "s"
}
