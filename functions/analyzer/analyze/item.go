package analyze

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/mejan/mejan/functions/pipeline"
)

// MaxInline is up to how many bytes of JSON an item holds all insights. DynamoDB takes 400 KB; the prose and the
// delivery come on top.
const MaxInline = 300_000

// Item gives the item of an analysis of the file that e announced, made at that time, without its prose.
func (a Analysis) Item(e pipeline.IngestorCompleted, at time.Time) pipeline.Item {
	item := pipeline.Item{
		AnalysisID:       e.RunID,
		CorrelationID:    e.CorrelationID,
		Schema:           pipeline.Schema,
		Smoke:            e.Smoke,
		Rules:            Rules,
		Source:           e.Source,
		ProcessedKey:     e.Key,
		RejectsKey:       e.RejectsKey,
		SymbolsAnalyzed:  a.Symbols,
		Insights:         a.Insights,
		Aggregates:       a.Aggregates,
		KeyAnomalies:     a.Anomalies,
		EarlierAnomalies: a.Earlier,
		DataProblems:     a.Problems,
		Drawing:          a.Drawing,
		RowCounts:        pipeline.RowCounts{Raw: e.RawCount, Processed: e.ValidCount, Rejected: e.InvalidCount},
		Quality:          pipeline.Quality{Reasons: e.Reasons, Warnings: e.Warnings},
		Interval:         a.Aggregates.Interval,
		AsOf:             a.Aggregates.Session,
		Fingerprint:      pipeline.NewFingerprint(a.Insights),
		ProcessedAt:      at.UTC(),
	}
	if e.Smoke {
		item.Interval = "" // no report is compared with a smoke test's
	}
	return item
}

// Fit makes an item small enough for the table. Where its insights are more than it can hold, they are written to
// object, the content of the object at [pipeline.AnalysisKey]; the item keeps those of the [notable] symbols and names
// the object by its key and hash. The item's FullInsights is nil, and nothing was written, where all fit.
//
// The object says nothing that differs from one attempt to the next, so storing it again does no harm.
func Fit(item pipeline.Item, object io.Writer) (pipeline.Item, error) {
	const least = 100 // bytes of an insight; a longer list cannot fit, and need not be written down to be measured
	if len(item.Insights) <= MaxInline/least {
		text, err := json.Marshal(item)
		if err != nil {
			return item, fmt.Errorf("encode analysis %q: %w", item.AnalysisID, err)
		}
		if len(text) <= MaxInline {
			return item, nil
		}
	}
	hash := sha256.New()
	size, err := writeInsights(io.MultiWriter(hash, object), item)
	if err != nil {
		return item, fmt.Errorf("encode insights of %q: %w", item.AnalysisID, err)
	}
	item.FullInsights = &pipeline.InsightsObject{
		Key: pipeline.AnalysisKey(item.AnalysisID), SHA256: hex.EncodeToString(hash.Sum(nil)), Size: size,
		Insights: len(item.Insights),
	}
	item.Insights = notable(item)
	return item, nil
}

// writeInsights writes a [pipeline.FullInsights] one insight after the other, so that the text of thousands need not be
// held, and gives its size.
func writeInsights(w io.Writer, item pipeline.Item) (size int, err error) {
	frame, err := json.Marshal(pipeline.FullInsights{
		AnalysisID: item.AnalysisID, Schema: item.Schema, Rules: item.Rules, Insights: []pipeline.Insight{},
	})
	if err != nil {
		return 0, err
	}
	const end = "]}"
	var text bytes.Buffer
	text.Write(bytes.TrimSuffix(frame, []byte(end)))
	encoder := json.NewEncoder(&text)
	for i := range item.Insights {
		if i > 0 {
			text.WriteByte(',')
		}
		if err := encoder.Encode(&item.Insights[i]); err != nil {
			return 0, err
		}
		text.Truncate(text.Len() - 1) // the line break
		if text.Len() >= flushSize {
			if _, err := w.Write(text.Bytes()); err != nil {
				return 0, err
			}
			size += text.Len()
			text.Reset()
		}
	}
	text.WriteString(end)
	_, err = w.Write(text.Bytes())
	return size + text.Len(), err
}

// flushSize is how much of an object is gathered before it is written.
const flushSize = 64 << 10

// notable picks the insights that the rest of the item speaks of, and those that moved most.
func notable(item pipeline.Item) []pipeline.Insight {
	named := listed(item.Insights, item.Aggregates, item.KeyAnomalies, item.EarlierAnomalies, item.DataProblems)
	kept := []pipeline.Insight{}
	for _, in := range item.Insights {
		if named[in.Series()] {
			kept = append(kept, in)
		}
	}
	return kept
}

// ListedMovers is how many series an item always speaks of: of more, those that moved most over one bar.
const ListedMovers = 40

// listed names the series that an item speaks of: movers, anomalies, data problems, and those that moved most. They are
// at most 110.
func listed(insights []pipeline.Insight, market pipeline.Aggregates, now, earlier []pipeline.Anomaly,
	problems []pipeline.DataProblem,
) map[pipeline.Series]bool {
	named := make(map[pipeline.Series]bool)
	for _, list := range [][]pipeline.Mover{market.TopGainers, market.TopLosers} {
		for _, m := range list {
			named[m.Series(market.Interval)] = true
		}
	}
	for _, list := range [][]pipeline.Anomaly{now, earlier} {
		for _, a := range list {
			named[a.Series()] = true
		}
	}
	for _, p := range problems {
		named[p.Series()] = true
	}
	for _, in := range pipeline.MovedMost(insights, ListedMovers) {
		named[in.Series()] = true
	}
	return named
}
