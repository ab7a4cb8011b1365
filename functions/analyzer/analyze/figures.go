package analyze

import (
	"fmt"
	"math"

	"github.com/mejan/mejan/functions/pipeline"
)

// Lengths of the windows, in bars.
const (
	// TrendBars is the longest window of [Trend], TrendMin the shortest: a line through fewer points explains noise.
	TrendBars = 20
	TrendMin  = 5
	// MomentumBars is the distance of [Momentum].
	MomentumBars = 10
	// VolatilityChanges is the number of changes in [Volatility]; they take one bar more.
	VolatilityChanges = 20
	// VolumeBars is how many volumes before a bar make its usual volume, VolumeMin how few may.
	VolumeBars = 20
	VolumeMin  = 5
)

// FlatSlope is the slope, in percent per bar, below which a trend has no direction: 1 % over 20 bars. Our choice.
const FlatSlope = 0.05

// Change is the change of the close over k bars, in percent of the earlier close:
//
//	100 (c[n-1] / c[n-1-k] - 1)
//
// It needs k+1 bars and is the simple return of Campbell, Lo and MacKinlay, The Econometrics of Financial Markets
// (1997), 1.4.1.
func Change(bars []Bar, k int) (float64, error) {
	if err := needs(bars, k+1); err != nil {
		return 0, err
	}
	return change(bars[len(bars)-1-k].Close, bars[len(bars)-1].Close)
}

func change(from, to float64) (float64, error) {
	x := 100 * (to/from - 1)
	if !finite(x) {
		return 0, errRange
	}
	return round(x), nil
}

// ChangeAll is the [Change] since the first bar. It needs 2 bars.
func ChangeAll(bars []Bar) (float64, error) {
	if err := needs(bars, 2); err != nil {
		return 0, err
	}
	return Change(bars, len(bars)-1)
}

// Momentum is the rate of change over 10 bars, in percent. It needs 11 bars. Source: Murphy, Technical Analysis of
// the Financial Markets (1999), chapter 10, as a percentage of the earlier close.
func Momentum(bars []Bar) (float64, error) { return Change(bars, MomentumBars) }

// Trend is the ordinary least-squares line through ln(c[i]) of the last 20 bars, or of all where there are 5 to 19:
//
//	slope = Σ (i - ī)(y - ȳ) / Σ (i - ī)²,  y = ln c[i]
//	R² = (Σ (i - ī)(y - ȳ))² / (Σ (i - ī)² Σ (y - ȳ)²)
//
// The slope is in percent per bar, 100 (e^slope - 1); the direction is flat below [FlatSlope]. R² of a constant
// series is 0: there is nothing to explain. It needs 5 bars. Source: Clenow, Stocks on the Move (2015), chapter 8,
// exponential regression.
func Trend(bars []Bar) (pipeline.Trend, error) {
	if err := needs(bars, TrendMin); err != nil {
		return pipeline.Trend{}, err
	}
	bars = last(bars, TrendBars)
	n := float64(len(bars))
	meanX, meanY := (n-1)/2, 0.0
	for _, bar := range bars {
		meanY += math.Log(bar.Close) / n
	}
	var xx, xy, yy float64
	for i, bar := range bars {
		x, y := float64(i)-meanX, math.Log(bar.Close)-meanY
		xx, xy, yy = xx+x*x, xy+x*y, yy+y*y
	}
	slope := 100 * math.Expm1(xy/xx)
	if !finite(slope) {
		return pipeline.Trend{}, errRange
	}
	trend := pipeline.Trend{Direction: pipeline.Flat, Slope: round(slope)}
	if yy > 1e-20 { // less is what rounding leaves of a constant series
		trend.R2 = round(min(1, xy/xx*xy/yy))
	}
	switch {
	case trend.Slope >= FlatSlope:
		trend.Direction = pipeline.Up
	case trend.Slope <= -FlatSlope:
		trend.Direction = pipeline.Down
	}
	return trend, nil
}

// Volatility is the sample standard deviation (n-1) of the last 20 changes over one bar, in percent per bar, not
// annualised. It needs 21 bars. Source: Hull, Options, Futures, and Other Derivatives (2018), 15.4, with simple
// returns.
func Volatility(bars []Bar) (float64, error) {
	if err := needs(bars, VolatilityChanges+1); err != nil {
		return 0, err
	}
	bars = last(bars, VolatilityChanges+1)
	changes := make([]float64, 0, VolatilityChanges)
	for i := 1; i < len(bars); i++ {
		x, err := change(bars[i-1].Close, bars[i].Close)
		if err != nil {
			return 0, err
		}
		changes = append(changes, x)
	}
	_, squares := spread(changes)
	x := math.Sqrt(squares / (VolatilityChanges - 1))
	if !finite(x) {
		return 0, errRange
	}
	return round(x), nil
}

// RelativeVolume is the last volume over the usual one, the mean of those of the up to 20 bars before it that have a
// volume; the last is not part of it. It is a multiple and needs 5 volumes before the last. Source: Murphy (1999),
// chapter 7.
func RelativeVolume(bars []Bar) (float64, error) {
	if err := needs(bars, VolumeMin+1); err != nil {
		return 0, err
	}
	this := bars[len(bars)-1]
	if this.Volume < 0 {
		return 0, absence("the last bar has no volume")
	}
	var sum, count float64
	for _, bar := range last(bars[:len(bars)-1], VolumeBars) {
		if bar.Volume >= 0 {
			sum, count = sum+bar.Volume, count+1
		}
	}
	switch x := this.Volume / (sum / count); {
	case count < VolumeMin:
		return 0, absence(fmt.Sprintf("needs %d volumes before the last, has %d", VolumeMin, int(count)))
	case sum == 0:
		return 0, absence("nothing was traded before the last bar")
	case !finite(x), !finite(sum):
		return 0, errRange
	default:
		return round(x), nil
	}
}

// absence is why a figure is not there, as [pipeline.Insight.Absent] says it.
type absence string

func (a absence) Error() string { return string(a) }

// errRange is what a price of 300 digits does to a quotient.
const errRange = absence("values too far apart to compare")

func needs(bars []Bar, n int) error {
	if len(bars) >= n {
		return nil
	}
	return absence(fmt.Sprintf("needs %d bars, has %d", n, len(bars)))
}

// last gives the last n bars, or all.
func last(bars []Bar, n int) []Bar { return bars[max(0, len(bars)-n):] }

// spread gives the mean and the sum of the squared distances from it.
func spread(xs []float64) (mean, squares float64) {
	for _, x := range xs {
		mean += x / float64(len(xs))
	}
	for _, x := range xs {
		squares += (x - mean) * (x - mean)
	}
	return mean, squares
}
