package analyze

import (
	"cmp"
	"math"
	"slices"

	"github.com/mejan/mejan/functions/pipeline"
)

// MaxMovers is how many symbols the lists of gainers and losers hold.
const MaxMovers = 5

// aggregate computes the market from the changes over one bar. Its counts follow the rounded figures, so that what a
// reader sees as 0 counts as unchanged.
func aggregate(all []Series, insights []pipeline.Insight, odd map[string]bool) pipeline.Aggregates {
	market := pipeline.Aggregates{
		TopGainers: []pipeline.Mover{}, TopLosers: []pipeline.Mover{}, Intervals: []string{},
		SymbolsWithAnomalies: len(odd),
	}
	var changes []float64
	for _, in := range insights {
		if in.Change1 == nil {
			continue
		}
		mover := pipeline.Mover{Symbol: in.Symbol, Change: *in.Change1}
		changes = append(changes, mover.Change)
		switch {
		case mover.Change > 0:
			market.Advancers++
			market.TopGainers = append(market.TopGainers, mover)
		case mover.Change < 0:
			market.Decliners++
			market.TopLosers = append(market.TopLosers, mover)
		default:
			market.Unchanged++
		}
	}
	market.TopGainers = top(market.TopGainers, func(a, b pipeline.Mover) int { return cmp.Compare(b.Change, a.Change) })
	market.TopLosers = top(market.TopLosers, func(a, b pipeline.Mover) int { return cmp.Compare(a.Change, b.Change) })
	market.Sentiment = sentiment(market.Advancers, market.Decliners)
	market.AverageChange, market.Turbulence = moments(changes)
	for _, s := range all {
		first, end := s.Bars[0].Session, s.Bars[len(s.Bars)-1].Session
		if market.From == "" || first < market.From {
			market.From = first
		}
		market.To = max(market.To, end)
		market.Bars += len(s.Bars)
		market.Intervals = append(market.Intervals, s.Interval)
	}
	slices.Sort(market.Intervals)
	market.Intervals = slices.Compact(market.Intervals)
	return market
}

// top keeps the first movers by an order; the insights that they come from are sorted by symbol, which breaks ties.
func top(movers []pipeline.Mover, order func(a, b pipeline.Mover) int) []pipeline.Mover {
	slices.SortStableFunc(movers, order)
	return movers[:min(len(movers), MaxMovers)]
}

// sentiment is the rule of [pipeline.Sentiment], in whole numbers. A market that did not move is neutral.
func sentiment(advancers, decliners int) pipeline.Sentiment {
	moved := advancers + decliners
	switch {
	case moved == 0:
		return pipeline.Neutral
	case 100*advancers >= 60*moved:
		return pipeline.Bullish
	case 100*advancers <= 40*moved:
		return pipeline.Bearish
	default:
		return pipeline.Neutral
	}
}

// moments gives the mean of the changes in percent and their cross-sectional dispersion in percentage points:
//
//	sqrt(Σ (x - x̄)² / n)
//
// Over all symbols of the file, not a sample of them, hence n. Source of the dispersion: Solnik and Roulet,
// "Dispersion as Cross-Sectional Correlation", Financial Analysts Journal 56(1), 2000. nil where there are too few
// changes, or none finite.
func moments(changes []float64) (mean, dispersion *float64) {
	if len(changes) == 0 {
		return nil, nil
	}
	x, squares := spread(changes)
	if !finite(x) {
		return nil, nil
	}
	x = round(x)
	if d := math.Sqrt(squares / float64(len(changes))); len(changes) > 1 && finite(d) {
		d = round(d)
		dispersion = &d
	}
	return &x, dispersion
}
