package analyze_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mejan/mejan/functions/analyzer/analyze"
	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/functions/pipeline/pipelinetest"
)

// series is the rows of one symbol.
func series(symbol string, volumeOf int, closes ...float64) []string {
	var rows []string
	for i, c := range closes {
		rows = append(rows, row(symbol, i, c, volume(volumeOf)))
	}
	return rows
}

// What is special about a series shows as the right answer or as an absence that says why.
func TestEdges(t *testing.T) {
	for name, c := range map[string]struct {
		rows   []string
		values map[string]float64
		absent map[string]string
	}{
		"one bar": {
			series("A", 1, 5), nil,
			map[string]string{
				"change_1": "needs 2 bars, has 1", "rsi_14": "needs 15 bars, has 1", "trend": "needs 5 bars, has 1",
				"macd": "needs 34 bars, has 1", "drawdown": "needs 2 bars, has 1", "range": "needs 2 bars, has 1",
			},
		},
		"two bars": {
			series("A", 1, 5, 6),
			map[string]float64{"change_1": 20, "change_all": 20},
			map[string]string{"change_5": "needs 6 bars, has 2", "volatility": "needs 21 bars, has 2"},
		},
		"constant": {
			series("A", 100, growing(300, 1)...),
			map[string]float64{
				"change_1": 0, "change_20": 0, "volatility": 0, "volatility_annual": 0, "parkinson": 0, "atr_14": 0,
				"relative_volume": 1, "sma_gap": 0,
			},
			map[string]string{
				"rsi_14": "the close did not change", "bollinger": "the last 20 closes are equal",
				"range": "high and low are equal",
			},
		},
		"nothing traded": {
			series("A", 0, alternating(60, 4, 5)...),
			map[string]float64{"change_1": 25},
			map[string]string{"relative_volume": "nothing was traded before the last bar"},
		},
		"unknown interval": {
			[]string{strings.Replace(row("A", 0, 1, ""), "1day", "fortnight", 1)},
			nil,
			map[string]string{"volatility_annual": `the length of "fortnight" is not known`},
		},
		"a suspension of months": {
			append(series("A", 1, growing(30, 1)...), row("A", 200, 2, volume(7))),
			map[string]float64{"change_1": 100, "change_5": 100, "relative_volume": 7},
			nil,
		},
		"a split in the middle": {
			split(40, 10), // 10 bars at the new price, of which one is the split's
			map[string]float64{"change_1": 0, "change_5": 0, "change_all": 0},
			map[string]string{
				"change_20":       "needs 21 bars, has 10 since the data problem of 2018-02-10",
				"rsi_14":          "needs 15 bars, has 10 since the data problem of 2018-02-10",
				"relative_volume": "",
			},
		},
		"a split on the last bar": {
			split(40, 1), nil,
			map[string]string{"change_1": "needs 2 bars, has 1 since the data problem of 2018-02-10"},
		},
		"10,000 bars": {
			series("A", 3, alternating(10000, 4, 5)...),
			map[string]float64{"change_1": 25, "change_all": 25, "relative_volume": 1},
			nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := result(t, c.rows)
			for _, wrong := range pipelinetest.CheckItem(complete(got)) {
				t.Error(wrong)
			}
			var figures map[string]any
			if err := json.Unmarshal([]byte(encoded(t, got.Insights[0])), &figures); err != nil {
				t.Fatal(err)
			}
			for figure, want := range c.values {
				if figures[figure] != want {
					t.Errorf("%s: got %v, want %v", figure, figures[figure], want)
				}
			}
			for figure, want := range c.absent {
				if reason := got.Insights[0].Absent[figure]; reason != want {
					t.Errorf("%s: got reason %q, want %q", figure, reason, want)
				}
			}
		})
	}
}

// split is a series at 100 that goes on at 50 after so many bars, flagged as the ingestor flags it.
func split(before, after int) []string {
	rows := series("A", 100, growing(before, 1)...)
	for i := range rows {
		rows[i] = row("A", i, 100, volume(100))
	}
	for i := range after {
		rest := volume(200)
		if i == 0 {
			rest += `,"warnings":["SPLIT_LIKE_JUMP"]`
		}
		rows = append(rows, row("A", before+i, 50, rest))
	}
	return rows
}

// A jump that the ingestor calls an artefact is told of as a problem of the data, and is in no figure, no anomaly and
// not in the market.
func TestDataProblems(t *testing.T) {
	got := result(t, append(split(40, 1), series("B", 1, growing(41, 1.001)...)...))
	want := []pipeline.DataProblem{{Symbol: "A", Interval: "1day", Session: "2018-02-10", Code: "SPLIT_LIKE_JUMP", Ratio: 0.5}}
	if diff := cmp.Diff(want, got.Problems); diff != "" || got.Aggregates.DataProblems != 1 {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
	if slices.ContainsFunc(found(got), func(a pipeline.Anomaly) bool { return a.Symbol == "A" }) {
		t.Errorf("anomalies: %+v", found(got))
	}
	if m := got.Aggregates; m.Decliners != 0 || m.Advancers != 1 || m.Series != 2 {
		t.Errorf("market: %+v", m)
	}
	if in := got.Insights[0]; in.Bars != 41 || in.Since != "2018-02-10" || in.Drawdown != nil {
		t.Errorf("insight: %+v", in)
	}
}

// Bars between two artefacts that undo each other are left out; what is before them can be compared with what is after.
func TestExcursion(t *testing.T) {
	rows := series("A", 100, growing(30, 1)...)
	rows[20] = row("A", 20, 100, volume(100)+`,"warnings":["SCALE_100X"]`)
	rows[21] = row("A", 21, 100, volume(100))
	rows[22] = row("A", 22, 1.1, volume(100)+`,"warnings":["SCALE_100X"]`)
	got := result(t, rows)
	in := got.Insights[0]
	if in.Since != "" || in.Bars != 30 || in.Drawdown.Maximum < -10 || len(got.Problems) != 2 {
		t.Errorf("got %+v, problems %+v", in, got.Problems)
	}
	if got.Problems[0].Ratio != 0.011 || got.Problems[1].Ratio != 100 {
		t.Errorf("problems: got %+v", got.Problems)
	}
}

// Of several bars of one datetime one is used, the same whatever came first, and the rest is counted.
func TestRepeatedBars(t *testing.T) {
	rows := []string{row("A", 0, 1, ""), row("A", 1, 3, ""), row("A", 1, 2, ""), strings.Replace(row("A", 1, 2, ""), `"close":2`, `"close":2.0`, 1)}
	slices.Reverse(rows)
	got := result(t, rows)
	if in := got.Insights[0]; in.Bars != 2 || in.Close != "2" || *in.Change1 != 100 || got.Aggregates.Repeated != 2 {
		t.Errorf("got %+v, %d repeated", in, got.Aggregates.Repeated)
	}
}

// An item too large for the table keeps the market and the symbols it speaks of, and names by its hash the object that
// holds all. The object is the same whenever it is made.
func TestFit(t *testing.T) {
	var rows []string
	for s := range 8000 {
		rows = append(rows, series(fmt.Sprintf("S%04d", s), 1, 100, 100+float64(s%200)/10)...)
	}
	analysis := result(t, rows)
	for _, wrong := range pipelinetest.CheckItem(complete(analysis)) {
		t.Error(wrong)
	}
	event := pipelinetest.Announcement()
	var object, again bytes.Buffer
	small, err := analyze.Fit(analysis.Item(event, time.Unix(0, 0)), &object)
	if err != nil {
		t.Fatal(err)
	}
	if text := encoded(t, small); len(text) > analyze.MaxInline {
		t.Errorf("item: %d bytes", len(text))
	}
	sum := sha256.Sum256(object.Bytes())
	want := &pipeline.InsightsObject{
		Key: "analyses/" + event.RunID + ".json", SHA256: hex.EncodeToString(sum[:]), Size: object.Len(), Insights: 8000,
	}
	if diff := cmp.Diff(want, small.FullInsights); diff != "" {
		t.Errorf("object (-want +got):\n%s", diff)
	}
	var full pipeline.FullInsights
	if err := json.Unmarshal(object.Bytes(), &full); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(analysis.Insights, full.Insights); diff != "" || full.AnalysisID != event.RunID || full.Rules != analyze.Rules {
		t.Errorf("content (-want +got):\n%s", diff)
	}
	if small.SymbolsAnalyzed != 8000 || len(small.Insights) == 0 {
		t.Errorf("item: %d symbols, %d insights", small.SymbolsAnalyzed, len(small.Insights))
	}
	for _, m := range slices.Concat(small.Aggregates.TopGainers, small.Aggregates.TopLosers) {
		if !slices.ContainsFunc(small.Insights, func(in pipeline.Insight) bool { return in.Symbol == m.Symbol }) {
			t.Errorf("%s moved most and is not in the item", m.Symbol)
		}
	}
	if _, err := analyze.Fit(analysis.Item(event, time.Unix(1e9, 0)), &again); err != nil || !bytes.Equal(object.Bytes(), again.Bytes()) {
		t.Errorf("made again: differs, %v", err)
	}
	object.Reset()
	if fits, err := analyze.Fit(result(t, rows[:40]).Item(event, time.Unix(0, 0)), &object); err != nil || fits.FullInsights != nil || object.Len() > 0 {
		t.Errorf("twenty symbols: %v, %+v, %d bytes written", err, fits.FullInsights, object.Len())
	}
}
