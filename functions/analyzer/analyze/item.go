package analyze

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/mejan/mejan/functions/pipeline"
)

// MaxInline is up to how many bytes of JSON an item holds all insights. DynamoDB takes 400 KB; the prose and the
// delivery come on top.
const MaxInline = 300_000

// Item gives the item of an analysis of the file that e announced, made at that time, without its prose.
func (a Analysis) Item(e pipeline.IngestorCompleted, at time.Time) pipeline.Item {
	return pipeline.Item{
		AnalysisID:      e.RunID,
		CorrelationID:   e.CorrelationID,
		Schema:          pipeline.Schema,
		Rules:           Rules,
		Source:          e.Source,
		ProcessedKey:    e.Key,
		RejectsKey:      e.RejectsKey,
		SymbolsAnalyzed: a.Symbols,
		Insights:        a.Insights,
		Aggregates:      a.Aggregates,
		KeyAnomalies:    a.Anomalies,
		DataProblems:    a.Problems,
		RowCounts:       pipeline.RowCounts{Raw: e.RawCount, Processed: e.ValidCount, Rejected: e.InvalidCount},
		Quality:         pipeline.Quality{Reasons: e.Reasons, Warnings: e.Warnings},
		AsOf:            a.Aggregates.Session,
		ProcessedAt:     at.UTC(),
	}
}

// Fit makes an item small enough for the table. Where its insights are more than it can hold, they become the content
// of an object, to be written before the item; the item keeps those of the [notable] symbols and names the object by
// its key and hash. The object is nil where all fit.
//
// The object says nothing that differs from one attempt to the next, so writing it again does no harm.
func Fit(item pipeline.Item) (small pipeline.Item, object []byte, err error) {
	const least = 100 // bytes of an insight; a longer list cannot fit, and need not be written down to be measured
	if len(item.Insights) < MaxInline/least {
		text, err := json.Marshal(item)
		if err != nil {
			return item, nil, fmt.Errorf("encode analysis %q: %w", item.AnalysisID, err)
		}
		if len(text) <= MaxInline {
			return item, nil, nil
		}
	}
	object, err = json.Marshal(pipeline.FullInsights{
		AnalysisID: item.AnalysisID, Schema: item.Schema, Rules: item.Rules, Insights: item.Insights,
	})
	if err != nil {
		return item, nil, fmt.Errorf("encode insights of %q: %w", item.AnalysisID, err)
	}
	sum := sha256.Sum256(object)
	item.FullInsights = &pipeline.InsightsObject{
		Key: pipeline.AnalysisKey(item.AnalysisID), SHA256: hex.EncodeToString(sum[:]), Size: len(object),
		Insights: len(item.Insights),
	}
	item.Insights = notable(item)
	return item, object, nil
}

// notable picks the insights that the rest of the item speaks of: movers, anomalies, data problems.
func notable(item pipeline.Item) []pipeline.Insight {
	named := make(map[string]bool)
	for _, list := range [][]pipeline.Mover{item.Aggregates.TopGainers, item.Aggregates.TopLosers} {
		for _, m := range list {
			named[m.Symbol] = true
		}
	}
	for _, x := range item.KeyAnomalies {
		named[x.Symbol] = true
	}
	for _, x := range item.DataProblems {
		named[x.Symbol] = true
	}
	kept := []pipeline.Insight{}
	for _, in := range item.Insights {
		if named[in.Symbol] && len(kept) < maxNotable {
			kept = append(kept, in)
		}
	}
	return kept
}

// maxNotable bounds the insights of an item that does not hold all. Movers, anomalies and data problems name at most
// fifty symbols; one of them may occur at many intervals.
const maxNotable = 100
