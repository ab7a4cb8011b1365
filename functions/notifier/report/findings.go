package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/mejan/mejan/functions/pipeline"
)

// Bounds of the section on data quality, in lines.
const (
	maxFindings = 8
	maxProblems = 5
)

// findings lists counts by code, the most frequent first, at most [maxFindings].
func findings(counts map[string]int64, level pipeline.Level, what string) (lines []string) {
	codes := slices.Collect(maps.Keys(counts))
	slices.SortFunc(codes, func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
	for i, code := range codes {
		if i == maxFindings {
			return append(lines, fmt.Sprintf("%s: %s more kinds in the stored analysis.", what, count(len(codes)-i)))
		}
		n := counts[code]
		lines = append(lines, fmt.Sprintf("%s: %s%s%s.", what, count(n), nbsp, entry(code, level).Finding(n)))
	}
	return lines
}

// entry is what the contract says of a code. A code that it does not know is text from the item, so it is cleaned.
func entry(code string, level pipeline.Level) pipeline.Code {
	return pipeline.CodeOf(cut(clean(code), maxDatetime), level)
}

// problems lists the bars whose change is an artefact of the data, and says that figures begin after them.
func problems(item pipeline.Item) (lines []string) {
	names := pipeline.NewNames(item.Insights)
	for _, p := range item.DataProblems[:min(len(item.DataProblems), maxProblems)] {
		text := fmt.Sprintf("%s, %s: a %s", name(names, p.Series()), cut(clean(p.Session), maxDatetime),
			entry(p.Code, pipeline.LevelWarn).Finding(1))
		if p.Ratio > 0 {
			text += fmt.Sprintf(", %s times the close before", number(p.Ratio))
		}
		lines = append(lines, text+".")
	}
	if len(lines) == 0 {
		return nil
	}
	if more := item.Aggregates.DataProblems - len(lines); more > 0 {
		lines = append(lines, fmt.Sprintf("%s more such bars.", count(more)))
	}
	return append(lines, "Such a change is an artefact of the data; figures do not reach across it.")
}
