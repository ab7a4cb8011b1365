package analyze

import (
	"math"
	"slices"

	"github.com/mejan/mejan/functions/pipeline"
)

// Shares of the symbols that moved, in percent, from which the market is called bullish, and up to which bearish. Our
// choice.
const (
	BullishShare = 60
	BearishShare = 40
)

// sentiment is the rule of [pipeline.Sentiment], in whole numbers. A market that did not move is neutral.
func sentiment(advancers, decliners int) pipeline.Sentiment {
	moved := advancers + decliners
	switch {
	case moved == 0:
		return pipeline.Neutral
	case 100*advancers >= BullishShare*moved:
		return pipeline.Bullish
	case 100*advancers <= BearishShare*moved:
		return pipeline.Bearish
	default:
		return pipeline.Neutral
	}
}

// AdvancingShare is the share of advancers in the symbols that moved, in percent:
//
//	100 advancers / (advancers + decliners)
//
// It needs a symbol that moved. Source: Zweig, Winning on Wall Street (1986), chapter 5, as a percentage.
func AdvancingShare(advancers, decliners int) (float64, error) {
	if advancers+decliners == 0 {
		return 0, absence("no symbol moved")
	}
	return 100 * float64(advancers) / float64(advancers+decliners), nil
}

// TRIN is the Arms index:
//
//	(advancers / decliners) / (up volume / down volume)
//
// The volumes are those of the last bar, of all that advanced and of all that declined. It needs both kinds, and volume
// in both. Source: Arms, The Arms Index (TRIN) (1989).
func TRIN(advancers, decliners int, up, down float64) (float64, error) {
	switch {
	case advancers == 0:
		return 0, absence("no symbol advanced")
	case decliners == 0:
		return 0, absence("no symbol declined")
	case up == 0 || down == 0:
		return 0, absence("no volume on one of the sides")
	}
	return within(float64(advancers) / float64(decliners) / (up / down))
}

// value is a figure or why there is none.
type value struct {
	x   float64
	err error
}

// moments gives the mean and the median of the changes in percent, and their cross-sectional dispersion in percentage
// points:
//
//	sqrt(Σ (x - x̄)² / n)
//
// Over all symbols of the group, not a sample of them, hence n. The mean and the median need one change, the dispersion
// two. Source of the dispersion: Solnik and Roulet, "Dispersion as Cross-Sectional Correlation", Financial Analysts
// Journal 56(1), 2000.
func moments(changes []float64) (mean, middle, dispersion value) {
	const none, few = absence("no symbol has a change"), absence("fewer than two symbols have a change")
	if len(changes) == 0 {
		return value{err: none}, value{err: none}, value{err: few}
	}
	x, squares := spread(changes)
	mean.x, mean.err = within(x)
	middle.x, middle.err = within(median(slices.Sorted(slices.Values(changes))))
	if len(changes) < 2 {
		return mean, middle, value{err: few}
	}
	dispersion.x, dispersion.err = within(math.Sqrt(squares / float64(len(changes))))
	return mean, middle, dispersion
}
