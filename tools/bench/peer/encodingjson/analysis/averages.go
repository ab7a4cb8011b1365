package main

import "math"

// trendOf is the least-squares line through the logarithms of the last 20 closes.
func trendOf(closes []float64) *trend {
	closes = closes[max(0, len(closes)-20):]
	if len(closes) < 5 {
		return nil
	}
	logs := make([]float64, len(closes))
	for i, c := range closes {
		logs[i] = math.Log(c)
	}
	meanY, _ := moments(logs)
	meanX := float64(len(logs)-1) / 2
	var sxx, sxy, syy float64
	for i, y := range logs {
		dx, dy := float64(i)-meanX, y-meanY
		sxx, sxy, syy = sxx+dx*dx, sxy+dx*dy, syy+dy*dy
	}
	t := trend{Slope: 100 * (math.Exp(sxy/sxx) - 1)}
	if syy > 0 {
		t.R2 = sxy * sxy / (sxx * syy)
	}
	return &t
}

// rsi is Wilder's relative strength.
func rsi(closes []float64, n int) *float64 {
	if len(closes) <= n {
		return nil
	}
	var gain, loss float64
	for i := 1; i < len(closes); i++ {
		move := closes[i] - closes[i-1]
		up, down := max(move, 0), max(-move, 0)
		if i <= n {
			gain, loss = gain+up/float64(n), loss+down/float64(n)
		} else {
			gain, loss = (gain*float64(n-1)+up)/float64(n), (loss*float64(n-1)+down)/float64(n)
		}
	}
	if gain+loss == 0 {
		return nil
	}
	r := 100 * gain / (gain + loss)
	return &r
}

// ema are exponential averages, the first one the mean of n values.
func ema(values []float64, n int) []float64 {
	average, _ := moments(values[:n])
	averages := []float64{average}
	for _, v := range values[n:] {
		average += 2 / float64(n+1) * (v - average)
		averages = append(averages, average)
	}
	return averages
}

// macdOf is (12, 26, 9).
func macdOf(closes []float64) *macd {
	if len(closes) < 34 {
		return nil
	}
	fast, lines := ema(closes, 12)[14:], ema(closes, 26)
	for i := range lines {
		lines[i] = fast[i] - lines[i]
	}
	signals := ema(lines, 9)
	line, signal := lines[len(lines)-1], signals[len(signals)-1]
	return &macd{Line: line, Signal: signal, Histogram: line - signal}
}

func parkinson(bars []bar) *float64 {
	if len(bars) < 20 {
		return nil
	}
	sum := 0.0
	for _, b := range bars[len(bars)-20:] {
		spread := math.Log(b.High / b.Low)
		sum += spread * spread
	}
	p := 100 * math.Sqrt(sum/(80*math.Ln2)*sessions)
	return &p
}

// atr is Wilder's average true range.
func atr(bars []bar, n int) *float64 {
	if len(bars) <= n {
		return nil
	}
	average := 0.0
	for i := 1; i < len(bars); i++ {
		reach := max(bars[i].High, bars[i-1].Close) - min(bars[i].Low, bars[i-1].Close)
		if i <= n {
			average += reach / float64(n)
		} else {
			average = (average*float64(n-1) + reach) / float64(n)
		}
	}
	return &average
}
