package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/mejan/mejan/functions/pipeline"
)

// Bounds of the section on data quality, in lines.
const (
	maxFindings = 8
	maxProblems = 5
)

// finding says in words what a code of the ingestor's checks means, after "N rows", "N bars" or "N series". A code that
// is not here stands for itself.
var findings = map[string]string{
	"FIELD_MISSING":      "without a field that they must have",
	"FIELD_TYPE":         "with a field of another type",
	"FIELD_TOO_LONG":     "with a field that is too long",
	"NOT_A_NUMBER":       "with a price or volume that is no number",
	"PRICE_NOT_POSITIVE": "with a price of zero or less",
	"VOLUME_NEGATIVE":    "with a negative volume",
	"VOLUME_FRACTION":    "with a fraction of a share as volume",
	"HIGH_BELOW_BODY":    "whose high is below the open or the close",
	"LOW_ABOVE_BODY":     "whose low is above the open or the close",
	"HIGH_BELOW_LOW":     "whose high is below the low",
	"INTERVAL_FORMAT":    "of an interval that is none",
	"DATETIME_FORMAT":    "with a datetime that is none",
	"FUTURE_BAR":         "dated after the file arrived",
	"DUPLICATE_BAR":      "that the file has twice",
	"CONFLICTING_BAR":    "that the file has twice, with different prices",
	"OUT_OF_ORDER":       "at which a series turns round in time",
	"NON_SESSION_BAR":    "dated when the exchange was closed",
	"MISSING_SESSION":    "after a session that is missing",
	"ZERO_VOLUME_MOVED":  "whose price moved without volume",
	"STALE_SERIES":       "that ended more than a week before the file arrived",
	"SPLIT_LIKE_JUMP":    "whose price jumped as after a split",
	"SCALE_100X":         "whose price is off by a factor of a hundred",
	"SYMBOL_MISMATCH":    "under another symbol than was asked for",
	"MIXED_INTERVAL":     "of another interval than the first of the file",
	"NO_SERIES":          "in place of which there is no series",
	"PROVIDER_ERROR":     "in place of which the provider sent an error",
}

// aboutSeries are the codes that count series.
var aboutSeries = []string{"STALE_SERIES", "SYMBOL_MISMATCH", "MIXED_INTERVAL"}

// tell lists counts by code, the most frequent first, at most [maxFindings].
func tell(counts map[string]int64, what, noun string) (lines []string) {
	codes := slices.Collect(maps.Keys(counts))
	slices.SortFunc(codes, func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
	for i, code := range codes {
		if i == maxFindings {
			return append(lines, fmt.Sprintf("%s: %s more kinds in the stored analysis.", what, count(len(codes)-i)))
		}
		many := plural(counts[code], noun)
		if slices.Contains(aboutSeries, code) {
			many = count(counts[code]) + " series"
		}
		text := fmt.Sprintf("%s: %s %s", what, many, findings[code])
		lines = append(lines, fmt.Sprintf("%s (%s).", strings.TrimSpace(text), cut(clean(code), maxDatetime)))
	}
	return lines
}

// problems tells which bars are kept out of the figures, and that figures begin after them.
func problems(item pipeline.Item) (lines []string) {
	names := pipeline.NewNames(item.Insights)
	for _, p := range item.DataProblems[:min(len(item.DataProblems), maxProblems)] {
		text := fmt.Sprintf("%s, %s: ", name(names, p.Series()), cut(clean(p.Session), maxDatetime))
		if p.Ratio > 0 {
			text += fmt.Sprintf("%s times the close before. ", number(p.Ratio))
		}
		lines = append(lines, text+"An artefact of the data; figures do not reach across it.")
	}
	if more := item.Aggregates.DataProblems - len(lines); more > 0 && len(lines) > 0 {
		lines = append(lines, fmt.Sprintf("%s more such bars.", count(more)))
	}
	return lines
}
