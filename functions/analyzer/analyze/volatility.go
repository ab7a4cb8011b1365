package analyze

import "math"

// VolatilityChanges is the number of changes in [Volatility]; they take one bar more.
const VolatilityChanges = 20

// Volatility is the sample standard deviation of the last 20 changes over one bar, in percent per bar:
//
//	sqrt(Σ (x - x̄)² / 19),  x = 100 (c[i] / c[i-1] - 1)
//
// It needs 21 bars. By the year it is that times the square root of [PeriodsPerYear]. Source: Hull, Options, Futures,
// and Other Derivatives (2018), 15.4, with simple returns.
func Volatility(bars []Bar) (float64, error) {
	if err := needs(bars, VolatilityChanges+1); err != nil {
		return 0, err
	}
	var changes [VolatilityChanges]float64
	bars = last(bars, VolatilityChanges+1)
	for i := range changes {
		changes[i] = percent(bars[i].Close, bars[i+1].Close)
	}
	return within(deviation(changes[:]))
}

// deviation is the sample standard deviation.
func deviation(xs []float64) float64 {
	_, squares := spread(xs)
	return math.Sqrt(squares / float64(len(xs)-1))
}

// ParkinsonBars is the window of [Parkinson], in bars.
const ParkinsonBars = 20

// Parkinson is the volatility that the last 20 highs and lows tell, in percent per bar:
//
//	100 sqrt(Σ ln(h[i] / l[i])² / (4 · 20 ln 2))
//
// It needs 20 bars. Source: Parkinson, "The Extreme Value Method for Estimating the Variance of the Rate of Return",
// Journal of Business 53(1), 1980.
func Parkinson(bars []Bar) (float64, error) {
	if err := needs(bars, ParkinsonBars); err != nil {
		return 0, err
	}
	sum := 0.0
	for _, bar := range last(bars, ParkinsonBars) {
		x := math.Log(bar.High / bar.Low)
		sum += x * x
	}
	return within(100 * math.Sqrt(sum/(4*ParkinsonBars*math.Ln2)))
}

// ATR is Wilder's average true range over 14 bars, in the series' currency. The true range of a bar is
//
//	max(h[i], c[i-1]) - min(l[i], c[i-1])
//
// ATR begins as the mean of the first 14 true ranges, and goes on as ATR = (13 ATR + range) / 14 through the whole
// series. It needs 15 bars, because the first has no close before it. Source: Wilder (1978), section III.
func ATR(bars []Bar) (float64, error) {
	if err := needs(bars, WilderBars+1); err != nil {
		return 0, err
	}
	const keep = float64(WilderBars-1) / WilderBars
	atr, before := 0.0, bars[0].Close
	for i, bar := range bars[1:] {
		span := (max(bar.High, before) - min(bar.Low, before)) / WilderBars
		if before = bar.Close; i < WilderBars {
			atr += span
		} else {
			atr = atr*keep + span
		}
	}
	return within(atr)
}
