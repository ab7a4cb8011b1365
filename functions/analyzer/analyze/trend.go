package analyze

import (
	"math"

	"github.com/mejan/mejan/functions/pipeline"
)

const (
	// TrendBars is the longest window of [Trend], TrendMin the shortest: a line through fewer points explains noise.
	TrendBars = 20
	TrendMin  = 5
	// FlatSlope is the slope, in percent per bar, below which a trend has no direction: 1 % over 20 bars. Our choice.
	FlatSlope = 0.05
	// StrongR2 and ModerateR2 are the shares of variance from which a trend is called so. Our choice.
	StrongR2   = 0.7
	ModerateR2 = 0.4
)

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
	var logs [TrendBars]float64
	meanX, meanY := (n-1)/2, 0.0
	for i, bar := range bars {
		logs[i] = math.Log(bar.Close)
		meanY += logs[i] / n
	}
	var xx, xy, yy float64
	for i := range bars {
		x, y := float64(i)-meanX, logs[i]-meanY
		xx, xy, yy = xx+x*x, xy+x*y, yy+y*y
	}
	slope, err := within(100 * math.Expm1(xy/xx))
	if err != nil {
		return pipeline.Trend{}, err
	}
	trend := pipeline.Trend{Direction: pipeline.Flat, Strength: pipeline.Weak, Slope: slope}
	if yy > 1e-20 { // less is what rounding leaves of a constant series
		trend.R2 = min(1, xy/xx*xy/yy)
	}
	switch {
	case round(slope) >= FlatSlope:
		trend.Direction = pipeline.Up
	case round(slope) <= -FlatSlope:
		trend.Direction = pipeline.Down
	}
	switch r2 := round(trend.R2); {
	case r2 >= StrongR2:
		trend.Strength = pipeline.Strong
	case r2 >= ModerateR2:
		trend.Strength = pipeline.Moderate
	}
	return trend, nil
}

// Lengths of the simple moving averages, in bars.
const (
	ShortSMA = 20
	LongSMA  = 50
)

// SMA is the simple moving average, the mean of the last k closes, in the series' currency:
//
//	(c[n-k] + … + c[n-1]) / k
//
// It needs k bars. Source: Murphy (1999), chapter 9.
func SMA(bars []Bar, k int) (float64, error) {
	if err := needs(bars, k); err != nil {
		return 0, err
	}
	sum := 0.0
	for _, bar := range last(bars, k) {
		sum += bar.Close
	}
	return within(sum / float64(k))
}

// SMAGap is by how many percent the short average is above the long one; negative means below:
//
//	100 (SMA20 / SMA50 - 1)
//
// It needs 50 bars. Source: the two averages of Murphy (1999), chapter 9, as one figure.
func SMAGap(bars []Bar) (float64, error) {
	long, err := SMA(bars, LongSMA)
	if err != nil {
		return 0, err
	}
	short, err := SMA(bars, ShortSMA)
	if err != nil {
		return 0, err
	}
	return within(percent(long, short))
}
