package analyze_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mejan/mejan/functions/analyzer/analyze"
	"github.com/mejan/mejan/functions/pipeline"
)

// What changed since the last report is told of the series that both reports hold.
func TestSince(t *testing.T) {
	insight := func(symbol string, way pipeline.Direction) pipeline.Insight {
		in := pipeline.Insight{Symbol: symbol, Interval: "1day", Currency: "USD"}
		if way != "" {
			in.Trend = &pipeline.Trend{Direction: way}
		}
		return in
	}
	share := 75.0
	last := pipeline.Item{
		AnalysisID: "1", AsOf: "2018-01-29",
		Aggregates: pipeline.Aggregates{Sentiment: pipeline.Bullish, AdvancingShare: &share, AverageChange: &share},
		Insights: []pipeline.Insight{
			insight("GONE", pipeline.Up), insight("KEPT", pipeline.Up), insight("SHORT", ""), insight("TURNED", pipeline.Up),
		},
	}
	item := pipeline.Item{Insights: []pipeline.Insight{
		insight("KEPT", pipeline.Up), insight("NEW", pipeline.Down), insight("SHORT", pipeline.Up),
		insight("TURNED", pipeline.Down),
	}}
	want := &pipeline.LastReport{
		AnalysisID: "1", AsOf: "2018-01-29", Sentiment: pipeline.Bullish, AdvancingShare: &share, AverageChange: &share,
		Turned: []pipeline.Turn{
			{Symbol: "TURNED", Interval: "1day", Currency: "USD", From: pipeline.Up, To: pipeline.Down},
		},
	}
	if diff := cmp.Diff(want, analyze.Since(last, item)); diff != "" {
		t.Errorf("since the last report (-want +got):\n%s", diff)
	}
	last.Insights, item.Insights = nil, nil
	for i := range pipeline.MaxTurned + 3 {
		symbol := fmt.Sprint("S", i)
		last.Insights = append(last.Insights, insight(symbol, pipeline.Up))
		item.Insights = append(item.Insights, insight(symbol, pipeline.Flat))
	}
	if got := analyze.Since(last, item); len(got.Turned) != pipeline.MaxTurned || got.MoreTurned != 3 {
		t.Errorf("many turned: got %d and %d more", len(got.Turned), got.MoreTurned)
	}
}
