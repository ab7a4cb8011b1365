package analyze_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mejan/mejan/functions/analyzer/analyze"
	"github.com/mejan/mejan/functions/pipeline"
)

// bars makes a series of closes, all with the same volume.
func bars(volume float64, closes ...float64) []analyze.Bar {
	var all []analyze.Bar
	for i, c := range closes {
		all = append(all, analyze.Bar{
			Session: fmt.Sprintf("2018-01-%02d", i+1), Text: pipeline.Decimal(fmt.Sprint(c)), Close: c, Volume: volume,
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

// doubling gives n closes, each the one before times factor.
func doubling(n int, factor float64) []float64 {
	closes := []float64{1}
	for len(closes) < n {
		closes = append(closes, closes[len(closes)-1]*factor)
	}
	return closes
}

// Each figure is what its formula says, worked out by hand; or it is absent and says what it needs.
func TestFigures(t *testing.T) {
	spiked := bars(100, doubling(7, 1)...)
	spiked[6].Volume = 250
	unknown := bars(-1, doubling(7, 1)...)
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
	for name, c := range map[string]struct{ got, want string }{
		// 100 (99/110 - 1) = -10
		"change over one":       {one(change(1), bars(0, 100, 110, 99)), "-10.000000"},
		"change over two":       {one(change(2), bars(0, 100, 110, 99)), "-1.000000"},
		"change, too short":     {one(change(5), bars(0, 1, 2)), "needs 6 bars, has 2"},
		"change since start":    {one(analyze.ChangeAll, bars(0, 100, 50, 125)), "25.000000"},
		"change of one bar":     {one(analyze.ChangeAll, bars(0, 100)), "needs 2 bars, has 1"},
		"change without end":    {one(change(1), bars(0, 1e-300, 1e300)), "values too far apart to compare"},
		"no change has no sign": {one(change(1), bars(0, 3, 3)), "0.000000"},
		// 2^10 = 1024: 100 (1024 - 1)
		"momentum":            {one(analyze.Momentum, bars(0, doubling(11, 2)...)), "102300.000000"},
		"momentum, too short": {one(analyze.Momentum, bars(0, doubling(10, 2)...)), "needs 11 bars, has 10"},
		// Changes are +25 and -20 by turns, ten each: mean 2.5, distances 22.5, sqrt(20 * 506.25 / 19)
		"volatility":            {one(analyze.Volatility, bars(0, alternating(21, 4, 5)...)), "23.084513"},
		"volatility, too short": {one(analyze.Volatility, bars(0, alternating(9, 4, 5)...)), "needs 21 bars, has 9"},
		"volatility, constant":  {one(analyze.Volatility, bars(0, doubling(21, 1)...)), "0.000000"},
		"relative volume":       {one(analyze.RelativeVolume, spiked), "2.500000"},
		"no volumes":            {one(analyze.RelativeVolume, unknown), "the last bar has no volume"},
		"nothing traded":        {one(analyze.RelativeVolume, bars(0, doubling(7, 1)...)), "nothing was traded before the last bar"},
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
	for name, c := range map[string]struct {
		closes []float64
		want   pipeline.Trend
	}{
		"1 % a bar":             {doubling(20, 1.01), pipeline.Trend{Direction: pipeline.Up, Slope: 1, R2: 1}},
		"half each bar":         {doubling(8, 0.5), pipeline.Trend{Direction: pipeline.Down, Slope: -50, R2: 1}},
		"constant":              {doubling(9, 1), pipeline.Trend{Direction: pipeline.Flat}},
		"too slow to be one":    {doubling(20, 1.0004), pipeline.Trend{Direction: pipeline.Flat, Slope: 0.04, R2: 1}},
		"only the last 20 bars": {append([]float64{1e6, 1e-6}, doubling(20, 1.01)...), pipeline.Trend{Direction: pipeline.Up, Slope: 1, R2: 1}},
		// y = ln 2 at bars 1 and 3 of 0 to 4: symmetric about the middle, so that the slope is 0.
		"to and fro": {alternating(5, 1, 2), pipeline.Trend{Direction: pipeline.Flat}},
		// y = 0 0 0 0 ln 2: Σxy = 2 ln 2, Σx² = 10, slope = 100 (2^(1/5) - 1); ȳ = ln 2 / 5, Σy² = 0.8 ln² 2, R² = 4 / (10
		// * 0.8)
		"a jump at the end": {[]float64{1, 1, 1, 1, 2}, pipeline.Trend{Direction: pipeline.Up, Slope: 14.869835, R2: 0.5}},
	} {
		got, err := analyze.Trend(bars(0, c.closes...))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if _, err := analyze.Trend(bars(0, 1, 2, 3, 4)); err == nil || err.Error() != "needs 5 bars, has 4" {
		t.Errorf("four bars: got %v", err)
	}
}

// Anomalies pass their threshold, not merely reach it; each bar is held against those before it; the order is by
// surprise.
func TestAnomalies(t *testing.T) {
	s := analyze.Series{Symbol: "B", Interval: "1day", Bars: bars(100, 100, 105, 100, 94, 94, 94, 94, 94)}
	s.Bars[5].Volume, s.Bars[6].Volume, s.Bars[7].Volume = 150, 325, 1000
	quiet := analyze.Series{Symbol: "A", Interval: "1day", Bars: bars(100, 10, 10)}
	got := analyze.Analyze([]analyze.Series{quiet, s})
	var lines []string
	for _, a := range got.Anomalies {
		lines = append(lines, fmt.Sprintf("%s %s %s %.4f > %.1f", a.Symbol, a.Session, a.Kind, a.Value, a.Threshold))
	}
	// Bar 2 is +5 exactly: not beyond. Bar 3 is 100/105 - 1 = -4.76. Bar 4 is -6. Bar 6: 150/100 is the threshold
	// exactly. Bar 7: 325 over (5*100 + 150)/6. Bar 8: 1000 over (5*100 + 150 + 325)/7.
	want := []string{
		"B 2018-01-08 volume_spike 7.1795 > 1.5",
		"B 2018-01-07 volume_spike 3.0000 > 1.5",
		"B 2018-01-04 large_move -6.0000 > 5.0",
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("anomalies (-want +got):\n%s", diff)
	}
	if got.Aggregates.SymbolsWithAnomalies != 1 {
		t.Errorf("symbols with anomalies on the last bar: got %d, want 1", got.Aggregates.SymbolsWithAnomalies)
	}
}

// Old news is no news, and a list is no longer than a reader takes.
func TestAnomaliesBounded(t *testing.T) {
	old := analyze.Series{Symbol: "OLD", Interval: "1day", Bars: bars(0, append([]float64{1, 2}, doubling(20, 1)...)...)}
	for i := range old.Bars {
		old.Bars[i].Session = fmt.Sprintf("%02d", i)
	}
	wild := analyze.Series{Symbol: "WILD", Interval: "1day", Bars: bars(0, doubling(40, 2)...)}
	got := analyze.Analyze([]analyze.Series{old, wild})
	if len(got.Anomalies) != analyze.MaxAnomalies {
		t.Errorf("anomalies: got %d, want %d", len(got.Anomalies), analyze.MaxAnomalies)
	}
	for _, a := range got.Anomalies {
		if a.Symbol == "OLD" && a.Session < "02" {
			t.Errorf("anomaly of a bar before the last 20: %+v", a)
		}
	}
}

// The market is counted as its definitions say: sentiment at its thresholds, ties by symbol, short series left out.
func TestMarket(t *testing.T) {
	market := func(changes ...float64) pipeline.Aggregates {
		all := []analyze.Series{{Symbol: "A0", Interval: "1day", Bars: bars(0, 5)}} // one bar: no change
		for i, x := range changes {
			all = append(all, analyze.Series{
				Symbol: fmt.Sprintf("S%d", i), Interval: "1day", Bars: bars(0, 100, 100+x),
			})
		}
		return analyze.Analyze(all).Aggregates
	}
	for _, c := range []struct {
		changes []float64
		want    pipeline.Sentiment
	}{
		{nil, pipeline.Neutral},
		{[]float64{0, 0}, pipeline.Neutral},
		{[]float64{1, 1, 1, -1, -1}, pipeline.Bullish},  // 60 %
		{[]float64{1, 1, -1, -1, -1}, pipeline.Bearish}, // 40 %
		{[]float64{1, -1, 0}, pipeline.Neutral},
	} {
		if got := market(c.changes...).Sentiment; got != c.want {
			t.Errorf("sentiment of %v: got %s, want %s", c.changes, got, c.want)
		}
	}

	got := market(1, 3, -4, 0, 1, 1, 1, 1)
	var names []string
	for _, m := range append(got.TopGainers, got.TopLosers...) {
		names = append(names, fmt.Sprintf("%s%+g", m.Symbol, m.Change))
	}
	if want, got := "S1+3 S0+1 S4+1 S5+1 S6+1 S2-4", strings.Join(names, " "); got != want {
		t.Errorf("movers: got %s, want %s", got, want)
	}
	// Mean 4/8; squares 5*0.25 + 6.25 + 20.25 + 0.25 = 28, sqrt(28/8)
	if *got.AverageChange != 0.5 || *got.Turbulence != 1.870829 {
		t.Errorf("average and turbulence: got %g, %g, want 0.5, 1.870829", *got.AverageChange, *got.Turbulence)
	}
	if got.Advancers != 6 || got.Decliners != 1 || got.Unchanged != 1 || got.Bars != 17 || got.To != "2018-01-02" {
		t.Errorf("counts: got %+v", got)
	}
	if one := market(1); one.Turbulence != nil || one.AverageChange == nil {
		t.Errorf("one change: got turbulence %v, average %v", one.Turbulence, one.AverageChange)
	}
	if none := market(); none.AverageChange != nil {
		t.Errorf("no change: got average %v", *none.AverageChange)
	}
}
