package analyze_test

import (
	"encoding/json"
	"flag"
	"math"
	"math/rand/v2"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/mejan/mejan/functions/analyzer/analyze"
	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/functions/pipeline/pipelinetest"
)

var update = flag.Bool("update", false, "write the golden files")

// The whole analyses of the samples are files that a reader can check against the source: AAPL's weekly change_1, for
// one, is 100 (159.54 / 160.50 - 1) = -0.598131, its daily one 100 (159.54 / 163.03 - 1) = -2.140710.
func TestSamples(t *testing.T) {
	weekly, err := os.ReadFile("../testdata/weekly.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	for name, rows := range map[string][]string{
		"weekly": strings.Split(strings.TrimSpace(string(weekly)), "\n"),
		"daily":  daily(t),
	} {
		t.Run(name, func(t *testing.T) {
			got, err := json.MarshalIndent(result(t, rows), "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			golden(t, "testdata/"+name+".golden.json", string(got)+"\n")
		})
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got), -update accepts:\n%s", name, diff)
	}
}

// Whatever the file holds, the item keeps to its contract: every figure is finite or absent with a reason, and neither
// the order of the rows nor the number of processors changes one byte.
func TestAnyFile(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		rows := file(r)
		first := encoded(r, result(r, rows))
		for _, wrong := range pipelinetest.CheckItem(complete(result(r, rows))) {
			r.Errorf("item: %s", wrong)
		}
		rand.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(rapid.IntRange(1, 4).Draw(r, "processors")))
		if diff := cmp.Diff(first, encoded(r, result(r, rows))); diff != "" {
			r.Errorf("rows in another order (-first +second):\n%s", diff)
		}
	})
}

// file draws rows of some symbols: usual prices and absurd ones, volumes or none, warnings, bars twice.
func file(r *rapid.T) []string {
	price := rapid.OneOf(
		rapid.Float64Range(0.01, 1000),
		rapid.SampledFrom([]float64{1, 1, 100, math.SmallestNonzeroFloat64, 1e-300, 1e300, math.MaxFloat64}),
	)
	rest := rapid.SampledFrom([]string{
		"", volume(0), volume(1000), volume(5000), volume(1000), `,"volume":0.5`, `,"volume":99999999999999999999`,
		volume(1000) + `,"currency":"USD"`, volume(1) + `,"currency":"EUR"`, `,"warnings":["SPLIT_LIKE_JUMP"]`,
		volume(1000) + `,"warnings":["SCALE_100X","ZERO_VOLUME_MOVED"]`,
	})
	symbols := rapid.SliceOfNDistinct(rapid.StringMatching(`[A-Z]{1,3}|[A-Z]{3}/USD`), 1, 4, rapid.ID).Draw(r, "symbols")
	var rows []string
	for _, symbol := range symbols {
		from := rapid.IntRange(0, 2).Draw(r, "from")
		for i := range rapid.IntRange(1, 110).Draw(r, "bars") {
			p := price.Draw(r, "close")
			high, low := p, p
			if p < 1e6 {
				high, low = p*1.01, p*0.99
			}
			rows = append(rows, candle(symbol, from+i, [4]float64{low, high, low, p}, rest.Draw(r, "rest")))
			if rapid.IntRange(0, 50).Draw(r, "again") == 0 {
				rows = append(rows, row(symbol, from+i, price.Draw(r, "again"), ""))
			}
		}
	}
	return rows
}

func encoded(t fataler, v any) string {
	t.Helper()
	text, err := json.Marshal(v) // fails for NaN and Inf
	if err != nil {
		t.Fatalf("encode: %v", err)
	}
	return string(text)
}

// Returns do not depend on the currency: all prices times a constant give the same figures, but for those that are
// prices. The constant is a power of two, so that no rounding comes in, except into logarithms.
func TestScale(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		closes := rapid.SliceOfN(rapid.Float64Range(1, 100), 1, 110).Draw(r, "closes")
		var plain, scaled []string
		for i, c := range closes {
			ohlc := [4]float64{c, c * 1.25, c * 0.75, c}
			plain = append(plain, candle("A", i, ohlc, volume(i)))
			scaled = append(scaled, candle("A", i, [4]float64{4 * ohlc[0], 4 * ohlc[1], 4 * ohlc[2], 4 * ohlc[3]}, volume(i)))
		}
		a, b := result(r, plain), result(r, scaled)
		for _, in := range []*pipeline.Insight{&a.Insights[0], &b.Insights[0]} {
			in.Close, in.SMA20, in.SMA50, in.ATR14, in.MACD = "", nil, nil, nil, nil
			if in.Range != nil {
				in.Range.High, in.Range.Low = 0, 0
			}
		}
		near := cmp.Comparer(func(x, y float64) bool { return math.Abs(x-y) <= 2e-6 })
		sameFigures := cmp.FilterPath(func(cmp.Path) bool { return true }, near)
		if diff := cmp.Diff(a.Insights, b.Insights, sameFigures); diff != "" {
			r.Errorf("insights, prices times four (-plain +scaled):\n%s", diff)
		}
		if diff := cmp.Diff(a.Aggregates, b.Aggregates, sameFigures); diff != "" {
			r.Errorf("market, prices times four (-plain +scaled):\n%s", diff)
		}
		if diff := cmp.Diff(found(a), found(b)); diff != "" {
			r.Errorf("anomalies, prices times four (-plain +scaled):\n%s", diff)
		}
	})
}

// What was said of a bar does not change when later bars arrive.
func TestLaterBars(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		var rows []string
		for i := range rapid.IntRange(3, 100).Draw(r, "bars") {
			c := rapid.Float64Range(1, 3).Draw(r, "close")
			rows = append(rows, candle("A", i, [4]float64{c, c * 1.1, c * 0.9, c},
				volume(rapid.IntRange(0, 100).Draw(r, "volume"))))
		}
		before := result(r, rows[:len(rows)-1])
		after := result(r, rows)
		said := make(map[string]pipeline.Anomaly)
		for _, a := range found(after) {
			said[a.Session+string(a.Kind)] = a
		}
		oldest := time.Date(2018, 1, 1+max(0, len(rows)-analyze.AnomalyBars), 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
		for _, a := range found(before) {
			now, still := said[a.Session+string(a.Kind)]
			if still && now != a {
				r.Errorf("anomaly: was %+v, is %+v", a, now)
			}
			if !still && a.Session >= oldest && len(after.Earlier) < analyze.MaxAnomalies {
				r.Errorf("anomaly is gone: %+v", a)
			}
		}
		if d := before.Insights[0].Drawdown; d != nil && after.Insights[0].Drawdown.Maximum > d.Maximum {
			r.Errorf("maximum drawdown: was %g, is %g", d.Maximum, after.Insights[0].Drawdown.Maximum)
		}
	})
}

// complete gives an analysis what the rest of the function adds.
func complete(a analyze.Analysis) pipeline.Item {
	item := a.Item(pipelinetest.Announcement(), time.Date(2018, 2, 12, 0, 0, 0, 0, time.UTC))
	item.ExecutiveSummary, item.Narration.Source = "Said.", pipeline.ByModel
	return item
}
