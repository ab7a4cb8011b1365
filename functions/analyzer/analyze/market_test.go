package analyze_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gonum.org/v1/gonum/stat"

	"github.com/mejan/mejan/functions/analyzer/analyze"
	"github.com/mejan/mejan/functions/pipeline"
)

// moved is a market of symbols S0, S1, … whose closes went from 100 to 100 + x, and of A0, which has one bar.
func moved(t *testing.T, changes ...float64) pipeline.Aggregates {
	t.Helper()
	rows := []string{row("A0", 1, 5, volume(1))}
	for i, x := range changes {
		s := fmt.Sprintf("S%d", i)
		rows = append(rows, row(s, 0, 100, volume(1000)), row(s, 1, 100+x, volume(1000*(i+1))))
	}
	return result(t, rows).Aggregates
}

// The market is counted as its definitions say: sentiment at its thresholds, ties by symbol, short series left out.
func TestMarket(t *testing.T) {
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
		if got := moved(t, c.changes...).Sentiment; got != c.want {
			t.Errorf("sentiment of %v: got %s, want %s", c.changes, got, c.want)
		}
	}

	got := moved(t, 1, 3, -4, 0, 1, 1, 1, 1)
	var names []string
	for _, m := range append(got.TopGainers, got.TopLosers...) {
		names = append(names, fmt.Sprintf("%s%+g", m.Symbol, m.Change))
	}
	if want, got := "S1+3 S0+1 S4+1 S5+1 S6+1 S2-4", strings.Join(names, " "); got != want {
		t.Errorf("movers: got %s, want %s", got, want)
	}
	f := func(x float64) *float64 { return &x }
	want := pipeline.Aggregates{
		Interval: "1day", Session: "2018-01-02", Series: 9, Sentiment: pipeline.Bullish,
		Advancers: 6, Decliners: 1, Unchanged: 1, AdvancingShare: f(85.714286), // 6/7
		// Volumes of S0, S1, S4, S5, S6 and S7, in thousands: 1 + 2 + 5 + 6 + 7 + 8; of S2: 3. (6/1) / (29/3)
		Breadth:       pipeline.Breadth{UpVolume: 29000, DownVolume: 3000, TRIN: f(0.62069)},
		AverageChange: f(0.5), // 4/8
		MedianChange:  f(1),   // -4 0 1 1 1 1 1 3
		// Squares of the distances from 0.5: 5·0.25 + 6.25 + 20.25 + 0.25 = 28; sqrt(28/8)
		Dispersion: f(1.870829),
		Turbulence: &pipeline.Turbulence{Method: pipeline.ByDispersion, Value: 1.870829, Series: 8, Reason: "fewer than two symbols have bars in common"},
		Anomalies:  2, SymbolsWithAnomalies: 2, AnomalyShare: 22.222222, // S1 and S2 opened with a gap
		From: "2018-01-01", To: "2018-01-02", Bars: 17, Intervals: []string{"1day"},
		Absent: map[string]string{
			"breadth.above_sma_50": "no symbol has 50 bars",
			"correlation":          "fewer than two symbols have bars in common",
		},
	}
	got.TopGainers, got.TopLosers = nil, nil
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("market (-want +got):\n%s", diff)
	}
	if one := moved(t, 1); one.Dispersion != nil || one.Turbulence != nil || one.AverageChange == nil ||
		one.Absent["dispersion"] == "" || one.Absent["turbulence"] == "" {
		t.Errorf("one change: got %+v", one)
	}
	if none := moved(t); none.AverageChange != nil || none.Absent["average_change"] == "" || none.AdvancingShare != nil {
		t.Errorf("no change: got %+v", none)
	}
}

// Changes of other lengths and of other days are not counted together: the largest group is the market, the rest is told
// of apart.
func TestGroups(t *testing.T) {
	weekly := func(line string) string { return strings.Replace(line, "1day", "1week", 1) }
	rows := []string{
		row("A", 0, 1, ""), row("A", 7, 2, ""),
		row("B", 0, 1, ""), row("B", 7, 3, ""),
		row("LATE", 0, 1, ""), row("LATE", 5, 9, ""), // its last bar is older
		weekly(row("A", 0, 4, "")), weekly(row("A", 7, 1, "")),
	}
	got := result(t, rows)
	if got.Symbols != 3 || len(got.Insights) != 4 {
		t.Errorf("got %d symbols, %d insights, want 3 and 4", got.Symbols, len(got.Insights))
	}
	m := got.Aggregates
	if m.Interval != "1day" || m.Session != "2018-01-08" || m.Series != 2 || m.Advancers != 2 || *m.AverageChange != 150 {
		t.Errorf("the market is not A and B: %+v", m)
	}
	f := func(x float64) *float64 { return &x }
	want := []pipeline.Group{
		{Interval: "1week", Session: "2018-01-08", Series: 1, Sentiment: pipeline.Bearish, Decliners: 1, AverageChange: f(-75)},
		{Interval: "1day", Session: "2018-01-06", Series: 1, Sentiment: pipeline.Bullish, Advancers: 1, AverageChange: f(800)},
	}
	if diff := cmp.Diff(want, m.Groups); diff != "" {
		t.Errorf("groups (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"1day", "1week"}, m.Intervals); diff != "" || m.Bars != 8 {
		t.Errorf("coverage: %d bars, intervals (-want +got):\n%s", m.Bars, diff)
	}
}

// The average correlation is the mean over all pairs, although no pair is looked at; the ends are the pairs themselves.
func TestCorrelation(t *testing.T) {
	const symbols, days = 7, 62
	r := rand.New(rand.NewPCG(3, 4))
	var rows []string
	changes := make([][]float64, symbols)
	for s := range symbols {
		price := 100.0
		for i := range days {
			before := price
			price = math.Round(1e5*price*(1+0.02*r.NormFloat64()+0.01*float64(i%3-1))) / 1e5
			if i > 0 {
				changes[s] = append(changes[s], 100*(price/before-1))
			}
			rows = append(rows, row(string(rune('A'+s)), i, price, ""))
		}
	}
	mean, highest, lowest := 0.0, -1.0, 1.0
	for i := range changes {
		for j := range i {
			c := stat.Correlation(changes[i], changes[j], nil)
			mean, highest, lowest = mean+c/(symbols*(symbols-1)/2), max(highest, c), min(lowest, c)
		}
	}
	got := result(t, rows).Aggregates.Correlation
	if got == nil || got.Series != symbols || got.Bars != days-1 {
		t.Fatalf("got %+v", got)
	}
	want := []float64{mean, highest, lowest}
	if diff := cmp.Diff(want, []float64{got.Average, got.Highest.Correlation, got.Lowest.Correlation}, within(1e-6)); diff != "" {
		t.Errorf("average, highest, lowest (-want +got):\n%s", diff)
	}
}

// Turbulence is by distance where the bars suffice, and says why it is not where they do not.
func TestTurbulence(t *testing.T) {
	market := func(symbols, days int) []string {
		r := rand.New(rand.NewPCG(5, 6))
		var rows []string
		for s := range symbols {
			price := 100.0
			for i := range days {
				price *= 1 + 0.01*r.NormFloat64()
				rows = append(rows, row(fmt.Sprintf("S%02d", s), i, price, ""))
			}
		}
		return rows
	}
	calm := result(t, market(10, 62)).Aggregates.Turbulence
	if calm.Method != pipeline.ByDistance || calm.Series != 10 || calm.Bars != 60 || calm.Value < 0.2 || calm.Value > 5 {
		t.Errorf("a usual bar: got %+v", calm)
	}
	few := result(t, market(10, 30)).Aggregates.Turbulence
	if few.Method != pipeline.ByDispersion || few.Reason != "10 symbols need 30 changes in common before the last, have 28" {
		t.Errorf("too few bars: got %+v", few)
	}
	var twins []string
	for _, line := range market(1, 62) {
		twins = append(twins, line, strings.Replace(line, "S00", "S01", 1))
	}
	if same := result(t, twins).Aggregates.Turbulence; same.Method != pipeline.ByDispersion ||
		same.Reason != "the changes of one symbol follow from those of others" {
		t.Errorf("two shares of one company: got %+v", same)
	}
	// The two go together each day, all but; now one rises and the other falls. Neither move is large.
	a, b := append(alternating(60, 1, -1), 1), append(alternating(60, 1, -1), -1)
	for i := range 60 {
		b[i] += float64(i%3) / 100
	}
	if odd, err := analyze.Distance([][]float64{a, b}); err != nil || odd < 1000 {
		t.Errorf("a pair that came apart: got %g, %v, want far more than is usual", odd, err)
	}
}
