package analyze_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mejan/mejan/functions/analyzer/analyze"
	"github.com/mejan/mejan/functions/pipeline"
)

// bars makes a daily series of closes from 2018-01-01, all with the same volume, each high 10 % above and each low 10 %
// below its close.
func bars(volume float64, closes ...float64) []analyze.Bar {
	var all []analyze.Bar
	for i, c := range closes {
		day := time.Date(2018, 1, 1+i, 0, 0, 0, 0, time.UTC)
		all = append(all, analyze.Bar{
			Session: day.Format(time.DateOnly), Day: int32(day.Unix() / 86400),
			Open: c, High: c * 1.1, Low: c * 0.9, Close: c, Volume: volume,
		})
	}
	return all
}

// alternating gives n closes that change by turns between low and high.
func alternating(n int, low, high float64) []float64 {
	var closes []float64
	for i := range n {
		closes = append(closes, []float64{low, high}[i%2])
	}
	return closes
}

// growing gives n closes from 1, each the one before times factor.
func growing(n int, factor float64) []float64 {
	closes := []float64{1}
	for len(closes) < n {
		closes = append(closes, closes[len(closes)-1]*factor)
	}
	return closes
}

// counting gives the closes 1, 2, … n.
func counting(n int) []float64 {
	var closes []float64
	for i := range n {
		closes = append(closes, float64(i+1))
	}
	return closes
}

// Each figure of one number is what its formula says, worked out by hand; or it is absent and says what it needs.
func TestFigures(t *testing.T) {
	spiked := bars(100, growing(7, 1)...)
	spiked[6].Volume = 250
	one := func(f func([]analyze.Bar) (float64, error), of []analyze.Bar) string {
		x, err := f(of)
		if err != nil {
			return err.Error()
		}
		return fmt.Sprintf("%.6f", x)
	}
	change := func(k int) func([]analyze.Bar) (float64, error) {
		return func(of []analyze.Bar) (float64, error) { return analyze.Change(of, k) }
	}
	sma := func(of []analyze.Bar) (float64, error) { return analyze.SMA(of, 3) }
	for name, c := range map[string]struct{ got, want string }{
		// 100 (99/110 - 1) = -10
		"change over one":      {one(change(1), bars(0, 100, 110, 99)), "-10.000000"},
		"change over two":      {one(change(2), bars(0, 100, 110, 99)), "-1.000000"},
		"change, too short":    {one(change(5), bars(0, 1, 2)), "needs 6 bars, has 2"},
		"change since start":   {one(analyze.ChangeAll, bars(0, 100, 50, 125)), "25.000000"},
		"change of one bar":    {one(analyze.ChangeAll, bars(0, 100)), "needs 2 bars, has 1"},
		"change without end":   {one(change(1), bars(0, 1e-300, 1e300)), "values too far apart to compare"},
		"no change":            {one(change(1), bars(0, 3, 3)), "0.000000"},
		"momentum":             {one(analyze.Momentum, bars(0, growing(11, 2)...)), "102300.000000"}, // 100 (2^10 - 1)
		"momentum, too short":  {one(analyze.Momentum, bars(0, growing(10, 2)...)), "needs 11 bars, has 10"},
		"average":              {one(sma, bars(0, 9, 1, 2, 6)), "3.000000"}, // (1 + 2 + 6) / 3
		"average, too short":   {one(sma, bars(0, 1, 2)), "needs 3 bars, has 2"},
		"gap of the averages":  {one(analyze.SMAGap, bars(0, counting(50)...)), "58.823529"}, // means 40.5 and 25.5: 100 (40.5/25.5 - 1)
		"averages, too short":  {one(analyze.SMAGap, bars(0, counting(49)...)), "needs 50 bars, has 49"},
		"volatility":           {one(analyze.Volatility, bars(0, alternating(21, 4, 5)...)), "23.084513"}, // changes +25, -20: sqrt(20 · 22.5² / 19)
		"volatility, short":    {one(analyze.Volatility, bars(0, alternating(9, 4, 5)...)), "needs 21 bars, has 9"},
		"volatility, constant": {one(analyze.Volatility, bars(0, growing(21, 1)...)), "0.000000"},
		// ln(1.1/0.9) = 0.2006707; 100 · 0.2006707 / sqrt(4 ln 2) = 20.06707 / 1.665109
		"parkinson":            {one(analyze.Parkinson, bars(0, growing(20, 1)...)), "12.051503"},
		"parkinson, too short": {one(analyze.Parkinson, bars(0, growing(19, 1)...)), "needs 20 bars, has 19"},
		// The true range is 1.1 - 0.9 = 0.2 on each bar.
		"ATR":            {one(analyze.ATR, bars(0, growing(15, 1)...)), "0.200000"},
		"ATR, too short": {one(analyze.ATR, bars(0, growing(14, 1)...)), "needs 15 bars, has 14"},
		// 14 ranges of 0.2, then from close 1 to 10: max(11, 1) - min(9, 1) = 10; (13 · 0.2 + 10) / 14
		"ATR of a jump": {one(analyze.ATR, bars(0, append(growing(15, 1), 10)...)), "0.900000"},
		"RSI, only up":  {one(analyze.RSI, bars(0, counting(15)...)), "100.000000"},
		// Gains of 1 on 7 of 14 changes and losses on the others; one more gain: G = (13/2 + 1)/14, L = (13/2)/14
		"RSI":            {one(analyze.RSI, bars(0, alternating(16, 1, 2)...)), "53.571429"}, // 100 · 7.5/14
		"RSI, too short": {one(analyze.RSI, bars(0, counting(14)...)), "needs 15 bars, has 14"},
		"RSI, constant":  {one(analyze.RSI, bars(0, growing(15, 1)...)), "the close did not change"},
		// Mean 10.5, s² = (20² - 1)/12 = 33.25; (20 - 10.5) / (4 s) + 1/2
		"Bollinger":            {one(analyze.Bollinger, bars(0, counting(20)...)), "0.911877"},
		"Bollinger, too short": {one(analyze.Bollinger, bars(0, counting(19)...)), "needs 20 bars, has 19"},
		"Bollinger, constant":  {one(analyze.Bollinger, bars(0, growing(20, 1)...)), "the last 20 closes are equal"},
		"relative volume":      {one(analyze.RelativeVolume, spiked), "2.500000"},
		"no volumes":           {one(analyze.RelativeVolume, bars(-1, growing(7, 1)...)), "the last bar has no volume"},
		"nothing traded":       {one(analyze.RelativeVolume, bars(0, growing(7, 1)...)), "nothing was traded before the last bar"},
		"few volumes": {
			one(analyze.RelativeVolume, append(bars(-1, 1, 1, 1), bars(7, 1, 1, 1)...)),
			"needs 5 volumes before the last, has 2",
		},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %s, want %s", name, c.got, c.want)
		}
	}
}

// A trend is the exponential that fits best; a series that grows evenly is fitted whole.
func TestTrend(t *testing.T) {
	up, down, flat := pipeline.Up, pipeline.Down, pipeline.Flat
	for name, c := range map[string]struct {
		closes []float64
		want   pipeline.Trend
	}{
		"1 % a bar":             {growing(20, 1.01), pipeline.Trend{Direction: up, Strength: pipeline.Strong, Slope: 1, R2: 1}},
		"half each bar":         {growing(8, 0.5), pipeline.Trend{Direction: down, Strength: pipeline.Strong, Slope: -50, R2: 1}},
		"constant":              {growing(9, 1), pipeline.Trend{Direction: flat, Strength: pipeline.Weak}},
		"too slow to be one":    {growing(20, 1.0004), pipeline.Trend{Direction: flat, Strength: pipeline.Strong, Slope: 0.04, R2: 1}},
		"only the last 20 bars": {append([]float64{1e6, 1e-6}, growing(20, 1.01)...), pipeline.Trend{Direction: up, Strength: pipeline.Strong, Slope: 1, R2: 1}},
		// y = ln 2 at bars 1 and 3 of 0 to 4: symmetric about the middle, so that the slope is 0.
		"to and fro": {alternating(5, 1, 2), pipeline.Trend{Direction: flat, Strength: pipeline.Weak}},
		// y = 0 0 0 0 ln 2: Σxy = 2 ln 2, Σx² = 10, slope = 100 (2^(1/5) - 1); ȳ = ln 2 / 5, Σy² = 0.8 ln² 2, R² = 4 / (10
		// * 0.8)
		"a jump at the end": {[]float64{1, 1, 1, 1, 2}, pipeline.Trend{Direction: up, Strength: pipeline.Moderate, Slope: 14.869835, R2: 0.5}},
	} {
		got, err := analyze.Trend(bars(0, c.closes...))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(c.want, got, within(1e-6)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if _, err := analyze.Trend(bars(0, 1, 2, 3, 4)); err == nil || err.Error() != "needs 5 bars, has 4" {
		t.Errorf("four bars: got %v", err)
	}
}

// within compares floats with a tolerance, relative above 1.
func within(tolerance float64) cmp.Option {
	return cmp.Comparer(func(x, y float64) bool { return math.Abs(x-y) <= tolerance*max(1, math.Abs(x)) })
}

// A drawdown is measured from the highest close before, says between which bars it lies, and of equal ones is the first.
func TestDrawdown(t *testing.T) {
	got, err := analyze.Drawdown(bars(0, 100, 120, 90, 120, 150, 120, 135))
	want := pipeline.Drawdown{
		Current: -10, // 100 (135/150 - 1)
		Maximum: -25, // 100 (90/120 - 1); the later fall, from 150 to 120, is 20 %
		High:    "2018-01-05", Peak: "2018-01-02", Trough: "2018-01-03",
	}
	if diff := cmp.Diff(want, got, within(1e-12)); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	rising, err := analyze.Drawdown(bars(0, 1, 2, 3))
	want = pipeline.Drawdown{High: "2018-01-03", Peak: "2018-01-01", Trough: "2018-01-01"}
	if diff := cmp.Diff(want, rising); diff != "" || err != nil {
		t.Errorf("rising: %v (-want +got):\n%s", err, diff)
	}
	if _, err := analyze.Drawdown(bars(0, 1)); err == nil || err.Error() != "needs 2 bars, has 1" {
		t.Errorf("one bar: got %v", err)
	}
}

// The range looks back 52 weeks by the calendar, however many bars that is.
func TestRange(t *testing.T) {
	all := bars(0, 100, 50, 60, 70)
	all[0].Day -= 500 // suspended for long: its high of 110 is forgotten
	got, err := analyze.Range(all)
	want := pipeline.Range{High: 77, Low: 45, Position: 78.125, From: "2018-01-02"} // 100 (70 - 45) / (77 - 45)
	if diff := cmp.Diff(want, got, within(1e-9)); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	still := bars(0, 5, 5)
	for i := range still {
		still[i].High, still[i].Low = 5, 5
	}
	if _, err := analyze.Range(still); err == nil || err.Error() != "high and low are equal" {
		t.Errorf("no range: got %v", err)
	}
}

// A record is held against the closes of 52 weeks, and is none without 21 of them.
func TestRecord(t *testing.T) {
	closes := append(alternating(21, 4, 5), 5.5)
	for name, c := range map[string]struct {
		bars []analyze.Bar
		way  int
		old  float64
	}{
		"high":      {bars(0, closes...), 1, 5},
		"low":       {bars(0, append(alternating(21, 4, 5), 3)...), -1, 4},
		"equal":     {bars(0, append(alternating(22, 4, 5), 5)...), 0, 0},
		"neither":   {bars(0, append(alternating(21, 4, 5), 4.5)...), 0, 0},
		"too short": {bars(0, closes[1:]...), 0, 0},
	} {
		if way, old := analyze.Record(c.bars); way != c.way || old != c.old {
			t.Errorf("%s: got %d, %g, want %d, %g", name, way, old, c.way, c.old)
		}
	}
	old := bars(0, append([]float64{9}, closes...)...)
	old[0].Day -= 400
	if way, _ := analyze.Record(old); way != 1 {
		t.Errorf("a higher close more than 52 weeks before: got %d, want 1", way)
	}
}

// A year has as many bars as its market trades.
func TestPeriodsPerYear(t *testing.T) {
	week := bars(0, 1, 1, 1, 1, 1)       // Monday to Friday
	weekend := bars(0, 1, 1, 1, 1, 1, 1) // and Saturday
	for _, c := range []struct {
		symbol, interval string
		bars             []analyze.Bar
		want             float64
	}{
		{"AAPL", "1day", week, 252},
		{"AAPL", "1week", week, 52},
		{"AAPL", "1month", week, 12},
		{"AAPL", "3month", week, 4},
		{"AAPL", "1h", week, 1638},     // 252 · 6.5
		{"AAPL", "15min", week, 6552},  // 252 · 26
		{"AAPL", "1min", week, 98280},  // 252 · 390
		{"EUR/USD", "1day", week, 260}, // Monday to Friday
		{"EUR/USD", "4h", week, 1560},  // 260 · 6
		{"BTC/USD", "1day", weekend, 365},
		{"BTC/USD", "1h", weekend, 8760},
		{"BTC/USD", "1week", weekend, 52},
		{"AAPL", "fortnight", week, 0},
		{"AAPL", "0min", week, 0},
		{"AAPL", "1", week, 0},
		{"AAPL", "", week, 0},
		{"AAPL", "99999999999999999999min", week, 0},
	} {
		if got := analyze.PeriodsPerYear(c.symbol, c.interval, c.bars); got != c.want {
			t.Errorf("%s %s: got %g, want %g", c.symbol, c.interval, got, c.want)
		}
	}
}
