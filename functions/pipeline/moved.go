package pipeline

import (
	"cmp"
	"math"
	"slices"
)

// MovedMost picks n insights: all of them, in their order, or of more those with the largest change over one bar, up or
// down, the largest first. One without a change comes last.
func MovedMost(insights []Insight, n int) []Insight {
	if len(insights) <= n {
		return insights
	}
	size := func(i int) float64 {
		if x := insights[i].Change1; x != nil {
			return math.Abs(*x)
		}
		return -1
	}
	order := make([]int, len(insights))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(size(j), size(i)) })
	picked := make([]Insight, n)
	for k, i := range order[:n] {
		picked[k] = insights[i]
	}
	return picked
}
