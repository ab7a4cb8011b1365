package analyze

import (
	"time"

	"github.com/mejan/mejan/functions/pipeline"
)

// Analysis is what was computed of one file.
type Analysis struct {
	// Symbols counts the symbols; one that occurs at two intervals counts once.
	Symbols    int
	Insights   []pipeline.Insight
	Aggregates pipeline.Aggregates
	Anomalies  []pipeline.Anomaly
}

// Analyze computes everything. The series must be as [Read] gives them; they are not changed.
func Analyze(all []Series) Analysis {
	result := Analysis{Insights: make([]pipeline.Insight, 0, len(all)), Anomalies: []pipeline.Anomaly{}}
	odd := make(map[string]bool) // symbols with an anomaly on their last bar
	for i, s := range all {
		if i == 0 || all[i-1].Symbol != s.Symbol {
			result.Symbols++
		}
		in := insight(s)
		result.Insights = append(result.Insights, in)
		for _, a := range anomalies(s) {
			if a.Session == in.Session {
				odd[a.Symbol] = true
			}
			result.Anomalies = append(result.Anomalies, a)
		}
	}
	result.Aggregates = aggregate(all, result.Insights, odd)
	result.Anomalies = rank(result.Anomalies)
	return result
}

// Item gives the item of an analysis of the file that e announced, made at that time, without its prose.
func (a Analysis) Item(e pipeline.IngestorCompleted, at time.Time) pipeline.Item {
	return pipeline.Item{
		AnalysisID:      e.RunID,
		CorrelationID:   e.CorrelationID,
		Schema:          pipeline.Schema,
		Source:          e.Source,
		ProcessedKey:    e.Key,
		RejectsKey:      e.RejectsKey,
		SymbolsAnalyzed: a.Symbols,
		Insights:        a.Insights,
		Aggregates:      a.Aggregates,
		KeyAnomalies:    a.Anomalies,
		RowCounts:       pipeline.RowCounts{Raw: e.RawCount, Processed: e.ValidCount, Rejected: e.InvalidCount},
		AsOf:            a.Aggregates.To,
		ProcessedAt:     at.UTC(),
	}
}
