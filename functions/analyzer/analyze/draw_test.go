package analyze_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mejan/mejan/functions/analyzer/analyze"
	"github.com/mejan/mejan/functions/pipeline"
)

// A report draws the closes of what it lists, as the file spells them, and the bars of what stands out most: the last
// sixty, and none from before an artefact of the data.
func TestDrawing(t *testing.T) {
	var rows []string
	for i := range 100 {
		rows = append(rows, row("LONG", i, 10.01+float64(i%2)/100, volume(i)))
	}
	rows = append(rows,
		row("SPLIT", 97, 200, ""), row("SPLIT", 98, 50, `,"warnings":["SPLIT_LIKE_JUMP"]`), row("SPLIT", 99, 55, ""),
		row("ONE", 99, 7, ""),
	)
	got := result(t, rows).Drawing
	if got == nil || len(got.Closes) != 2 {
		t.Fatalf("closes: got %+v, want those of LONG and SPLIT", got)
	}
	long, split := got.Closes[0], got.Closes[1]
	if len(long.Closes) != pipeline.MaxDrawn || long.Closes[0] != 10.01 || long.Closes[1] != 10.02 ||
		long.From != "2018-02-10" || long.To != "2018-04-10" {
		t.Errorf("LONG: got %+v", long)
	}
	if want := []float64{50, 55}; !cmp.Equal(want, split.Closes) {
		t.Errorf("SPLIT: got %+v, want %v", split, want)
	}
	chart := got.Chart
	if chart == nil || chart.Symbol != "SPLIT" || len(chart.Bars) != 2 || chart.Bars[1].Volume != nil {
		t.Errorf("chart: got %+v, want the two bars of SPLIT since its artefact, which rose by 10 %%", chart)
	}
	if alone := result(t, []string{row("ONE", 0, 7, "")}).Drawing; alone != nil {
		t.Errorf("one bar: got %+v, want no drawing", alone)
	}
}

// The series that moved most are drawn, and kept in an item that cannot hold all, whatever their place in the alphabet.
func TestListedMoved(t *testing.T) {
	var rows []string
	for i := range 200 {
		symbol := fmt.Sprintf("S%03d", i)
		rows = append(rows, row(symbol, 1, 1000, ""), row(symbol, 2, 1000+float64(i)/100, ""))
	}
	drawing := result(t, rows).Drawing
	if len(drawing.Closes) != analyze.ListedMovers {
		t.Fatalf("drawn: got %d, want %d", len(drawing.Closes), analyze.ListedMovers)
	}
	for i, c := range drawing.Closes {
		if want := fmt.Sprintf("S%03d", 200-analyze.ListedMovers+i); c.Symbol != want {
			t.Errorf("drawn %d: got %s, want %s", i, c.Symbol, want)
		}
	}
}
