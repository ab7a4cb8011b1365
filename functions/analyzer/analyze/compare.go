package analyze

import "github.com/mejan/mejan/functions/pipeline"

// Since compares an item with the last report of the same series.
func Since(last, item pipeline.Item) *pipeline.LastReport {
	then := make(map[pipeline.Series]pipeline.Direction)
	for i := range last.Insights {
		if in := &last.Insights[i]; in.Trend != nil {
			then[in.Series()] = in.Trend.Direction
		}
	}
	report := &pipeline.LastReport{
		AnalysisID: last.AnalysisID, AsOf: last.AsOf, Sentiment: last.Aggregates.Sentiment,
		AdvancingShare: last.Aggregates.AdvancingShare, AverageChange: last.Aggregates.AverageChange,
	}
	for i := range item.Insights {
		in := &item.Insights[i]
		s := in.Series()
		before, known := then[s]
		switch {
		case !known || in.Trend == nil || in.Trend.Direction == before:
		case len(report.Turned) == pipeline.MaxTurned:
			report.MoreTurned++
		default:
			report.Turned = append(report.Turned, pipeline.Turn{
				Symbol: s.Symbol, Exchange: s.Exchange, Interval: s.Interval, Currency: s.Currency,
				From: before, To: in.Trend.Direction,
			})
		}
	}
	return report
}
