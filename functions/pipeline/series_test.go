package pipeline_test

import (
	"testing"

	"github.com/mejan/mejan/functions/pipeline"
)

// A symbol that stands for one series is called by it alone; of several, each is called so that a reader can tell which.
func TestSeriesNames(t *testing.T) {
	insights := []pipeline.Insight{
		{Symbol: "AAPL", MICCode: "XNGS", Exchange: "NASDAQ", Interval: "1day", Currency: "USD"},
		{Symbol: "AAPL", MICCode: "XNGS", Exchange: "NASDAQ", Interval: "1week", Currency: "USD"},
		{Symbol: "TRP", MICCode: "XNYS", Exchange: "NYSE", Interval: "1day", Currency: "USD"},
		{Symbol: "TRP", MICCode: "XTSE", Exchange: "TSX", Interval: "1day", Currency: "CAD"},
		{Symbol: "X", Exchange: "LSE", Interval: "1day", Currency: "GBp"},
		{Symbol: "X", Exchange: "LSE", Interval: "1day", Currency: "USD"},
	}
	names := pipeline.NewNames(insights)
	for i, want := range []string{"AAPL", "AAPL", "TRP (XNYS, USD)", "TRP (XTSE, CAD)", "X (GBp)", "X (USD)"} {
		s := insights[i].Series()
		if got := names.Of(s); got != want || names.Unique(s.Symbol) != (want == s.Symbol) {
			t.Errorf("%+v: got %q, unique %t, want %q", s, got, names.Unique(s.Symbol), want)
		}
	}
	if stranger := (pipeline.Series{Symbol: "Z"}); names.Of(stranger) != "Z" || !names.Unique("Z") {
		t.Errorf("a symbol without an insight: got %q", names.Of(stranger))
	}
}
