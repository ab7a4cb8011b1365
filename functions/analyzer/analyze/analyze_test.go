package analyze_test

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
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

// The analysis of the weekly sample is a file that a reader can check against the source: AAPL's change_1, for one,
// is 100 (159.54 / 160.50 - 1) = -0.598131.
func TestWeekly(t *testing.T) {
	rows, err := os.ReadFile("../testdata/weekly.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	series, n, err := analyze.Read(strings.NewReader(string(rows)))
	if err != nil || n != 312 {
		t.Fatalf("read: got %d rows, %v, want 312", n, err)
	}
	got, err := json.MarshalIndent(analyze.Analyze(series), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/weekly.golden.json", string(got)+"\n")
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

// Whatever the file holds, the item keeps to its contract: every figure is finite or absent with a reason, and the
// order of the rows changes not one byte.
func TestAnyFile(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		price := rapid.OneOf(
			rapid.Float64Range(0.01, 1000),
			rapid.SampledFrom([]float64{1, 1, 100, math.SmallestNonzeroFloat64, 1e-300, 1e300, math.MaxFloat64}),
		)
		symbols := rapid.SliceOfNDistinct(rapid.StringMatching(`[A-Z]{1,3}`), 1, 4, rapid.ID).Draw(r, "symbols")
		var rows []string
		for _, symbol := range symbols {
			for i := range rapid.IntRange(1, 30).Draw(r, "bars") {
				volume := rapid.SampledFrom([]string{"", `,"volume":0`, `,"volume":1000`, `,"volume":5000`}).Draw(r, "volume")
				rows = append(rows, row(symbol, i, price.Draw(r, "close"), volume))
			}
		}
		first := result(r, rows)
		for _, wrong := range pipelinetest.CheckItem(complete(first)) {
			r.Errorf("item: %s", wrong)
		}
		rand.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
		if diff := cmp.Diff(first, result(r, rows)); diff != "" {
			r.Errorf("rows in another order (-first +second):\n%s", diff)
		}
	})
}

// Returns do not depend on the currency: all prices times a constant give the same figures. The constant is a power
// of two, so that no rounding comes in.
func TestScale(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		closes := rapid.SliceOfN(rapid.Float64Range(1, 100), 1, 40).Draw(r, "closes")
		var plain, scaled []string
		for i, c := range closes {
			plain, scaled = append(plain, row("A", i, c, "")), append(scaled, row("A", i, 4*c, ""))
		}
		a, b := result(r, plain), result(r, scaled)
		b.Insights[0].Close = a.Insights[0].Close
		if a.Insights[0].Trend != nil { // ln 4c is ln c + ln 4 only to the last bit
			if d := a.Insights[0].Trend.Slope - b.Insights[0].Trend.Slope; math.Abs(d) > 2e-6 {
				r.Errorf("slope: differs by %g", d)
			}
			b.Insights[0].Trend = a.Insights[0].Trend
		}
		if diff := cmp.Diff(a, b); diff != "" {
			r.Errorf("prices times four (-plain +scaled):\n%s", diff)
		}
	})
}

// What was said of a bar does not change when later bars arrive.
func TestLaterBars(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		var rows []string
		for i := range rapid.IntRange(3, 19).Draw(r, "bars") {
			rows = append(rows, row("A", i, rapid.Float64Range(1, 3).Draw(r, "close"),
				fmt.Sprintf(`,"volume":%d`, rapid.IntRange(0, 100).Draw(r, "volume"))))
		}
		end := time.Date(2018, 1, 1+len(rows)-1, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
		var without []pipeline.Anomaly // most surprising first; the last bar's own are taken out
		for _, a := range result(r, rows).Anomalies {
			if a.Session != end {
				without = append(without, a)
			}
		}
		before := result(r, rows[:len(rows)-1]).Anomalies
		if len(before) == analyze.MaxAnomalies || len(result(r, rows).Anomalies) == analyze.MaxAnomalies {
			return // cut
		}
		if diff := cmp.Diff(before, without, equateEmpty); diff != "" {
			r.Errorf("anomalies of the earlier bars (-before +after):\n%s", diff)
		}
	})
}

var equateEmpty = cmp.Transformer("nil", func(x []pipeline.Anomaly) int { return len(x) })

// A row that the ingestor may not have written ends the analysis and says which row it is; a broken stream is another
// matter.
func TestReadRefuses(t *testing.T) {
	good := row("A", 1, 2, "")
	for name, c := range map[string]struct {
		in        io.Reader
		permanent bool
		says      string
	}{
		"not JSON":       {strings.NewReader(good + "\n{]"), true, "row 2"},
		"empty line":     {strings.NewReader(good + "\n\n" + good), true, "row 2"},
		"no symbol":      {strings.NewReader(`{"interval":"1day","datetime":"2018-01-01","close":1}`), true, "symbol"},
		"no close":       {strings.NewReader(`{"symbol":"A","interval":"1day","datetime":"2018-01-01"}`), true, "close"},
		"close NaN":      {strings.NewReader(strings.Replace(good, `"close":2`, `"close":"NaN"`, 1)), true, "NaN"},
		"close zero":     {strings.NewReader(strings.Replace(good, `"close":2`, `"close":0`, 1)), true, "close"},
		"close too big":  {strings.NewReader(strings.Replace(good, `"close":2`, `"close":`+strings.Repeat("9", 400), 1)), true, "close"},
		"volume below 0": {strings.NewReader(row("A", 1, 2, `,"volume":-1`)), true, "volume"},
		"endless line":   {strings.NewReader(strings.Repeat(" ", analyze.MaxLine+1)), true, "row 1"},
		"cut stream":     {io.MultiReader(strings.NewReader(good+"\n"), broken{}), false, "row 2"},
	} {
		_, _, err := analyze.Read(c.in)
		if err == nil || errors.Is(err, analyze.ErrRow) != c.permanent || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: got %v, want permanent %t, naming %q", name, err, c.permanent, c.says)
		}
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// A price with more digits than the table holds does not make the item impossible to store.
func TestLongPrice(t *testing.T) {
	long := strings.Replace(row("A", 1, 2, ""), `"close":2`, `"close":3.`+strings.Repeat("1", 100), 1)
	got := result(t, []string{long}).Insights[0].Close
	if len(got) > analyze.MaxDigits || !strings.HasPrefix(string(got), "3.111") {
		t.Errorf("close: got %q, want at most %d characters", got, analyze.MaxDigits)
	}
}

type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

func result(t fataler, rows []string) analyze.Analysis {
	t.Helper()
	series, n, err := analyze.Read(strings.NewReader(strings.Join(rows, "\n")))
	if err != nil || n != int64(len(rows)) {
		t.Fatalf("read: %d rows, %v, want %d", n, err, len(rows))
	}
	return analyze.Analyze(series)
}

// row is a row of `processed/`: bar i of a daily series.
func row(symbol string, i int, price float64, rest string) string {
	day := time.Date(2018, 1, 1+i, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
	decimal := strings.TrimSuffix(fmt.Sprintf("%.400f", price), ".")
	if strings.Contains(decimal, ".") {
		decimal = strings.TrimSuffix(strings.TrimRight(decimal, "0"), ".")
	}
	return fmt.Sprintf(`{"symbol":%q,"interval":"1day","datetime":%q,"close":%s%s}`, symbol, day, decimal, rest)
}

// complete gives an analysis what the rest of the function adds.
func complete(a analyze.Analysis) pipeline.Item {
	item := a.Item(pipelinetest.Announcement(), time.Date(2018, 2, 12, 0, 0, 0, 0, time.UTC))
	item.ExecutiveSummary, item.Narration.Source = "Said.", pipeline.ByModel
	return item
}
