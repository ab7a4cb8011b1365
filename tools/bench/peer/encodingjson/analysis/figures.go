package main

import "math"

// sessions of a year.
const sessions = 252

type insight struct {
	Symbol           string   `json:"symbol"`
	Session          string   `json:"session"`
	Bars             int      `json:"bars"`
	Close            float64  `json:"close"`
	Change1          *float64 `json:"change_1"`
	Change5          *float64 `json:"change_5"`
	Change20         *float64 `json:"change_20"`
	ChangeAll        *float64 `json:"change_all"`
	Momentum         *float64 `json:"momentum"`
	Range            *float64 `json:"range"`
	Trend            *trend   `json:"trend"`
	SMA20            *float64 `json:"sma_20"`
	SMA50            *float64 `json:"sma_50"`
	SMAGap           *float64 `json:"sma_gap"`
	RSI14            *float64 `json:"rsi_14"`
	MACD             *macd    `json:"macd"`
	Volatility       *float64 `json:"volatility"`
	VolatilityAnnual *float64 `json:"volatility_annual"`
	Parkinson        *float64 `json:"parkinson"`
	ATR14            *float64 `json:"atr_14"`
	Drawdown         drawdown `json:"drawdown"`
	RelativeVolume   *float64 `json:"relative_volume"`
	Bollinger        *float64 `json:"bollinger"`
	volume           float64
}

type trend struct {
	Slope float64 `json:"slope"`
	R2    float64 `json:"r2"`
}

type macd struct {
	Line      float64 `json:"line"`
	Signal    float64 `json:"signal"`
	Histogram float64 `json:"histogram"`
}

type drawdown struct {
	Current float64 `json:"current"`
	Maximum float64 `json:"maximum"`
}

// figures computes all of a symbol, from the oldest bar to the newest.
func figures(bars []bar) insight {
	n := len(bars)
	last := bars[n-1]
	closes := make([]float64, n)
	for i, b := range bars {
		closes[i] = b.Close
	}
	i := insight{
		Symbol: last.Symbol, Session: last.Datetime, Bars: n, Close: last.Close, volume: last.Volume,
		Change1: change(closes, 1), Change5: change(closes, 5), Change20: change(closes, 20),
		ChangeAll: change(closes, n-1), Momentum: change(closes, 10),
		Range: place(bars), Trend: trendOf(closes), RSI14: rsi(closes, 14), MACD: macdOf(closes),
		Parkinson: parkinson(bars), ATR14: atr(bars, 14), Drawdown: drawdownOf(closes),
		RelativeVolume: relativeVolume(bars),
	}
	if n >= 20 {
		average, deviation := moments(closes[n-20:])
		i.SMA20 = &average
		if deviation > 0 {
			b := (last.Close - (average - 2*deviation)) / (4 * deviation)
			i.Bollinger = &b
		}
	}
	if n >= 50 {
		average, _ := moments(closes[n-50:])
		gap := 100 * (*i.SMA20/average - 1)
		i.SMA50, i.SMAGap = &average, &gap
	}
	if n > 20 {
		changes := make([]float64, 20)
		for k := range changes {
			changes[k] = 100 * (closes[n-20+k]/closes[n-21+k] - 1)
		}
		_, deviation := moments(changes)
		volatility := deviation * math.Sqrt(20.0/19)
		annual := volatility * math.Sqrt(sessions)
		i.Volatility, i.VolatilityAnnual = &volatility, &annual
	}
	return i
}

// moments are the mean and the population's standard deviation.
func moments(values []float64) (mean, deviation float64) {
	for _, v := range values {
		mean += v
	}
	mean /= float64(len(values))
	for _, v := range values {
		deviation += (v - mean) * (v - mean)
	}
	return mean, math.Sqrt(deviation / float64(len(values)))
}

// change is in percent over that many bars.
func change(closes []float64, bars int) *float64 {
	n := len(closes)
	if n <= bars {
		return nil
	}
	c := 100 * (closes[n-1]/closes[n-1-bars] - 1)
	return &c
}

func place(bars []bar) *float64 {
	low, high := bars[0].Low, bars[0].High
	for _, b := range bars {
		low, high = min(low, b.Low), max(high, b.High)
	}
	if high == low {
		return nil
	}
	p := 100 * (bars[len(bars)-1].Close - low) / (high - low)
	return &p
}

func drawdownOf(closes []float64) drawdown {
	highest, most := closes[0], 0.0
	for _, c := range closes {
		highest = max(highest, c)
		most = min(most, c/highest-1)
	}
	return drawdown{Current: 100 * (closes[len(closes)-1]/highest - 1), Maximum: 100 * most}
}

func relativeVolume(bars []bar) *float64 {
	before := bars[max(0, len(bars)-21) : len(bars)-1]
	if len(before) < 5 {
		return nil
	}
	sum := 0.0
	for _, b := range before {
		sum += b.Volume
	}
	r := bars[len(bars)-1].Volume / (sum / float64(len(before)))
	return &r
}
