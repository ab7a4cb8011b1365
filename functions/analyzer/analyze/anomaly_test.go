package analyze_test

import (
	"fmt"
	"math"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mejan/mejan/functions/analyzer/analyze"
	"github.com/mejan/mejan/functions/pipeline"
)

// kinds tells anomalies of some kinds, all where none is given.
func kinds(all []pipeline.Anomaly, of ...pipeline.AnomalyKind) []string {
	var lines []string
	for _, a := range all {
		if len(of) == 0 || slices.Contains(of, a.Kind) {
			lines = append(lines, fmt.Sprintf("%s %s %s %.4f of %.4f: %.4f", a.Symbol, a.Session[5:], a.Kind, a.Value, a.Threshold, a.Surprise))
		}
	}
	return lines
}

// found is what an analysis lists of this bar and of earlier ones, the greatest surprise first.
func found(a analyze.Analysis) []pipeline.Anomaly {
	all := slices.Concat(a.Anomalies, a.Earlier)
	sort.SliceStable(all, func(i, j int) bool { return all[i].Surprise > all[j].Surprise })
	return all
}

// Anomalies pass their threshold, not merely reach it; each bar is held against those before it; the order is by
// surprise.
func TestAnomalies(t *testing.T) {
	var rows []string
	volumes := []int{100, 100, 100, 100, 100, 150, 325, 1000}
	for i, c := range []float64{100, 105, 100, 94, 94, 94, 94, 94} {
		rows = append(rows, row("B", i, c, volume(volumes[i])))
	}
	rows = append(rows, row("A", 6, 10, volume(1)), row("A", 7, 10, volume(1)))
	got := result(t, rows)
	// Bar 2 is +5 exactly: not beyond. Bar 3 is 100/105 - 1 = -4.76. Bar 4 is -6. Bar 6: 150/100 is the threshold
	// exactly. Bar 7: 325 over (5·100 + 150)/6. Bar 8: 1000 over (5·100 + 150 + 325)/7. Each bar has no range, so that
	// bars 2, 3 and 4 open with a gap as well, all beyond 2 %.
	want := []string{
		"B 01-08 volume_spike 7.1795 of 1.5000: 4.7863",
		"B 01-04 gap -6.0000 of 2.0000: 3.0000",
		"B 01-02 gap 5.0000 of 2.0000: 2.5000",
		"B 01-03 gap -4.7619 of 2.0000: 2.3810",
		"B 01-07 volume_spike 3.0000 of 1.5000: 2.0000",
		"B 01-04 large_move -6.0000 of 5.0000: 1.2000",
	}
	if diff := cmp.Diff(want, kinds(found(got))); diff != "" {
		t.Errorf("anomalies (-want +got):\n%s", diff)
	}
	if got.Aggregates.SymbolsWithAnomalies != 1 || got.Aggregates.AnomalyShare != 50 {
		t.Errorf("symbols with anomalies on the last bar: got %+v, want 1 of 2", got.Aggregates)
	}
}

// A gap is an open outside the whole range of the bar before.
func TestGap(t *testing.T) {
	before := [4]float64{100, 104, 96, 100}
	for open, want := range map[float64][]string{
		103: nil, // within the range
		105: {"A 01-02 gap 5.0000 of 2.0000: 2.5000"},
		94:  {"A 01-02 gap -6.0000 of 2.0000: 3.0000"},
	} {
		got := result(t, []string{candle("A", 0, before, ""), candle("A", 1, [4]float64{open, 110, 90, 100}, "")})
		if diff := cmp.Diff(want, kinds(found(got))); diff != "" {
			t.Errorf("open at %g (-want +got):\n%s", open, diff)
		}
	}
	narrow := result(t, []string{candle("A", 0, [4]float64{100, 100, 100, 100}, ""), candle("A", 1, [4]float64{102, 102, 100, 100}, "")})
	if got := kinds(found(narrow)); got != nil {
		t.Errorf("a gap of 2 %% exactly: got %q", got)
	}
}

// A record says by how much it went beyond the old one, in units of the usual change.
func TestRecordAnomaly(t *testing.T) {
	var rows []string
	for i, c := range append(alternating(22, 100, 101), 103) {
		rows = append(rows, row("A", i, c, ""))
	}
	// 100 (103/101 - 1) = 1.9802; the 20 changes before are +1 and -0.990099 by turns: sqrt(20 · 0.9950495² / 19) = 1.0209
	want := []string{"A 01-23 record_high 1.9802 of 1.0209: 1.9397"}
	if diff := cmp.Diff(want, kinds(found(result(t, rows)), pipeline.RecordHigh, pipeline.RecordLow)); diff != "" {
		t.Errorf("record (-want +got):\n%s", diff)
	}
}

// Surprise is the modified z-score; where most values are equal the mean distance takes the place of the median one,
// and where all are there is none.
func TestSurprise(t *testing.T) {
	for name, c := range map[string]struct {
		x     float64
		usual []float64
		want  float64
	}{
		// Median 3, distances 0 1 1 2 7: MAD 1
		"odd": {8, []float64{1, 2, 3, 4, 10}, 0.6745 * 5},
		// Median 2.5, distances 0.5 0.5 1.5 1.5: MAD 1
		"even":        {2.5 - 4, []float64{1, 2, 3, 4}, -0.6745 * 4},
		"zero median": {4, []float64{1, 1, 1, 1, 6}, 3 / (math.Sqrt(math.Pi/2) * 1)}, // mean distance 5/5
		"at the end":  {10, []float64{1, 2}, 0.6745 * 8.5 / 0.5},
	} {
		if got, ok := analyze.Surprise(c.x, c.usual); !ok || math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%s: got %g, %t, want %g", name, got, ok, c.want)
		}
	}
	if got, ok := analyze.Surprise(5, []float64{1, 1, 1}); ok {
		t.Errorf("equal values: got %g", got)
	}
}

// A move that is large for this symbol is one, however small it is for others; and it is not, where the symbol moves
// like that every day.
func TestUnusualMove(t *testing.T) {
	series := func(low, high, last float64) []string {
		var rows []string
		for i, c := range append(alternating(30, low, high), last) {
			rows = append(rows, row("A", i, c, ""))
		}
		return rows
	}
	quiet := kinds(found(result(t, series(100, 100.1, 102.1))), pipeline.UnusualMove)
	if len(quiet) != 1 || !strings.Contains(quiet[0], "A 01-31 unusual_move") {
		t.Errorf("2 %% after a month of 0.1 %%: got %q", quiet)
	}
	if wild := kinds(found(result(t, series(100, 102, 104))), pipeline.UnusualMove); wild != nil {
		t.Errorf("2 %% after a month of 2 %%: got %q", wild)
	}
}

// A change of regime is told once, at the bar that tips the ratio.
func TestVolatilityShift(t *testing.T) {
	wide := func(closes []float64) (rows []string) { // no gaps
		for i, c := range closes {
			rows = append(rows, candle("A", i, [4]float64{c, 2 * c, c / 2, c}, ""))
		}
		return rows
	}
	rows := wide(append(alternating(71, 100, 101), alternating(10, 104.5, 100)...))
	got := kinds(found(result(t, rows)), pipeline.VolatilityShift)
	if len(got) != 1 || !strings.HasPrefix(got[0], "A 03-14 volatility_shift") { // bar 73, the second of the wild ones
		t.Errorf("risen: got %q", got)
	}
	calm := alternating(71, 100, 110)
	for i := range 20 {
		calm = append(calm, 100+float64(i%2)/10)
	}
	rows = wide(calm)
	got = nil
	for _, a := range found(result(t, rows)) {
		if a.Kind == pipeline.VolatilityShift && a.Value < 1 {
			got = append(got, a.Session)
			if math.Abs(a.Surprise-a.Threshold/a.Value) > 1e-4 {
				t.Errorf("fallen: %+v", a)
			}
		}
	}
	if len(got) != 1 {
		t.Errorf("fallen: got %q, want one", got)
	}
}

// Old news is no news, and a list is no longer than a reader takes.
func TestAnomaliesBounded(t *testing.T) {
	var rows []string
	for i := range 22 {
		rows = append(rows, row("OLD", i, []float64{1, 2}[min(i, 1)], ""))
	}
	for i, c := range growing(40, 2) {
		rows = append(rows, row("WILD", i, c, ""))
	}
	got := result(t, rows)
	if len(got.Earlier) != analyze.MaxAnomalies {
		t.Errorf("earlier anomalies: got %d, want %d", len(got.Earlier), analyze.MaxAnomalies)
	}
	for _, a := range found(got) {
		if a.Symbol == "OLD" {
			t.Errorf("anomaly of a bar before the last 20: %+v", a)
		}
	}
}

// Findings on the last bar of the market's group are told apart from all others, so that no old one, however
// surprising, pushes them out. Each of them is counted.
func TestThisBar(t *testing.T) {
	var rows []string
	for i := range 30 { // the market: each of 30 series rises by 10 % on its last bar
		symbol := fmt.Sprintf("S%02d", i)
		rows = append(rows, row(symbol, 1, 10, ""), row(symbol, 2, 11, ""))
	}
	for i := range 25 { // ended a day earlier, on a far greater rise
		symbol := fmt.Sprintf("OLD%02d", i)
		rows = append(rows, row(symbol, 0, 1, ""), row(symbol, 1, 10, ""))
	}
	got := result(t, rows)
	if len(got.Anomalies) != analyze.MaxAnomalies || len(got.Earlier) != analyze.MaxAnomalies {
		t.Errorf("got %d now and %d earlier, want %d of each", len(got.Anomalies), len(got.Earlier), analyze.MaxAnomalies)
	}
	for _, a := range got.Anomalies {
		if a.Symbol[0] != 'S' || a.Session != "2018-01-03" {
			t.Errorf("not of this bar: %+v", a)
		}
	}
	for _, a := range got.Earlier {
		if a.Symbol[0] != 'O' {
			t.Errorf("not earlier: %+v", a)
		}
	}
	if got.Aggregates.Anomalies != 60 { // a move and a gap of each
		t.Errorf("counted %d findings on this bar, want 60", got.Aggregates.Anomalies)
	}
}
