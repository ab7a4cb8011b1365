package analyze

import (
	"math"

	"github.com/mejan/mejan/functions/pipeline"
)

// WilderBars is the period of Wilder's averages.
const WilderBars = 14

// RSI is Wilder's relative strength index over 14 changes, 0 to 100:
//
//	100 G / (G + L)
//
// G is the average gain and L the average loss. Both begin as the means of the first 14 changes, and go on as
// G = (13 G + gain) / 14 through the whole series. It needs 15 bars of which not all closes are equal. Source: Wilder,
// New Concepts in Technical Trading Systems (1978), section VI.
func RSI(bars []Bar) (float64, error) {
	if err := needs(bars, WilderBars+1); err != nil {
		return 0, err
	}
	var gain, loss float64
	for i := 1; i <= WilderBars; i++ {
		change := bars[i].Close - bars[i-1].Close
		gain, loss = gain+max(change, 0)/WilderBars, loss+max(-change, 0)/WilderBars
	}
	const keep = float64(WilderBars-1) / WilderBars
	before := bars[WilderBars].Close
	for i := WilderBars + 1; i < len(bars); i++ {
		change := bars[i].Close - before
		before = bars[i].Close
		gain, loss = gain*keep+max(change, 0)/WilderBars, loss*keep+max(-change, 0)/WilderBars
	}
	if gain+loss == 0 {
		return 0, absence("the close did not change")
	}
	return within(100 * gain / (gain + loss))
}

// Periods of [MACD], in bars.
const (
	FastEMA   = 12
	SlowEMA   = 26
	SignalEMA = 9
)

// MACD is the moving average convergence/divergence (12, 26, 9), in the series' currency:
//
//	line = EMA12 - EMA26,  signal = EMA9 of line,  histogram = line - signal
//
// EMAk begins as the mean of its first k values and goes on as EMA = EMA + 2/(k+1) (x - EMA). It needs 34 bars, 26 for
// the first value of the line and 8 more for the signal. Source: Appel, Technical Analysis: Power Tools for Active
// Investors (2005), chapter 8.
func MACD(bars []Bar) (pipeline.MACD, error) {
	if err := needs(bars, SlowEMA+SignalEMA-1); err != nil {
		return pipeline.MACD{}, err
	}
	var fast, slow, signal, line float64
	for i := range SlowEMA {
		if i < FastEMA {
			fast += bars[i].Close / FastEMA
		} else {
			fast += 2.0 / (FastEMA + 1) * (bars[i].Close - fast)
		}
		slow += bars[i].Close / SlowEMA
	}
	for i := SlowEMA - 1; i < len(bars); i++ {
		if i >= SlowEMA {
			fast += 2.0 / (FastEMA + 1) * (bars[i].Close - fast)
			slow += 2.0 / (SlowEMA + 1) * (bars[i].Close - slow)
		}
		if line = fast - slow; i < SlowEMA-1+SignalEMA {
			signal += line / SignalEMA
		} else {
			signal += 2.0 / (SignalEMA + 1) * (line - signal)
		}
	}
	if !finite(line) || !finite(signal) || !finite(line-signal) {
		return pipeline.MACD{}, errRange
	}
	return pipeline.MACD{Line: line, Signal: signal, Histogram: line - signal}, nil
}

const (
	// BollingerBars is the window of [Bollinger], in bars; BollingerWidth is how many deviations the bands are away.
	BollingerBars  = 20
	BollingerWidth = 2.0
)

// Bollinger is %b, where the close stands between the bands, 0 on the lower and 1 on the upper:
//
//	(c[n-1] - lower) / (upper - lower),  upper, lower = m ± 2 s
//
// m is the mean and s the population standard deviation of the last 20 closes. It needs 20 bars of which not all
// closes are equal. Source: Bollinger, Bollinger on Bollinger Bands (2001), chapters 7 and 8.
func Bollinger(bars []Bar) (float64, error) {
	if err := needs(bars, BollingerBars); err != nil {
		return 0, err
	}
	var closes [BollingerBars]float64
	for i, bar := range last(bars, BollingerBars) {
		closes[i] = bar.Close
	}
	mean, squares := spread(closes[:])
	width := 2 * BollingerWidth * math.Sqrt(squares/BollingerBars)
	if width <= 1e-12*mean { // less is what rounding leaves of equal closes
		return 0, absence("the last 20 closes are equal")
	}
	return within((closes[BollingerBars-1]-mean)/width + 0.5)
}

// spread gives the mean and the sum of the squared distances from it.
func spread(xs []float64) (mean, squares float64) {
	for _, x := range xs {
		mean += x
	}
	mean /= float64(len(xs))
	for _, x := range xs {
		squares += (x - mean) * (x - mean)
	}
	return mean, squares
}
