package main

import (
	"cmp"
	"math"
	"slices"
)

type aggregates struct {
	Advancers     int      `json:"advancers"`
	Decliners     int      `json:"decliners"`
	Unchanged     int      `json:"unchanged"`
	AverageChange float64  `json:"average_change"`
	MedianChange  float64  `json:"median_change"`
	Dispersion    float64  `json:"dispersion"`
	TopGainers    []string `json:"top_gainers"`
	TopLosers     []string `json:"top_losers"`
	AboveSMA50    float64  `json:"above_sma_50"`
	TRIN          float64  `json:"trin"`
}

// market is computed over all symbols, by their change over one bar.
func market(insights []insight) aggregates {
	var a aggregates
	var changes []float64
	var up, down float64
	ranked := slices.Clone(insights)
	ranked = slices.DeleteFunc(ranked, func(i insight) bool { return i.Change1 == nil })
	for _, i := range ranked {
		changes = append(changes, *i.Change1)
		switch rounded := math.Round(*i.Change1 * 1e6); {
		case rounded > 0:
			a.Advancers++
			up += i.volume
		case rounded < 0:
			a.Decliners++
			down += i.volume
		default:
			a.Unchanged++
		}
		if i.SMA50 != nil && i.Close > *i.SMA50 {
			a.AboveSMA50 += 100 / float64(len(ranked))
		}
	}
	if len(changes) == 0 {
		return a
	}
	a.AverageChange, a.Dispersion = moments(changes)
	slices.Sort(changes)
	middle := len(changes) / 2
	a.MedianChange = (changes[middle] + changes[(len(changes)-1)/2]) / 2
	a.TRIN = float64(a.Advancers) / float64(a.Decliners) / (up / down)
	slices.SortFunc(ranked, func(x, y insight) int {
		return cmp.Or(cmp.Compare(*y.Change1, *x.Change1), cmp.Compare(x.Symbol, y.Symbol))
	})
	for k := range min(5, len(ranked)) {
		a.TopGainers = append(a.TopGainers, ranked[k].Symbol)
		a.TopLosers = append(a.TopLosers, ranked[len(ranked)-1-k].Symbol)
	}
	return a
}
