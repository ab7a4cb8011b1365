package main

import (
	"bytes"
	"context"
	"errors"

	"github.com/mejan/mejan/functions/analyzer/analyze"
	"github.com/mejan/mejan/functions/analyzer/narrate"
	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/functions/pipeline/analyses"
	"github.com/mejan/mejan/functions/pipeline/objects"
	"github.com/mejan/mejan/functions/pipeline/telemetry"
)

// assemble makes the whole item from the rows: the figures and what changed since the last report, then as many of them
// as the table can hold, then the prose about these. Insights that do not fit are in the bucket before the item names
// them; another attempt writes the same bytes under the same key.
func (h *handler) assemble(
	ctx context.Context, log telemetry.Log, done pipeline.IngestorCompleted, tape *analyze.Tape,
) (pipeline.Item, error) {
	item := analyze.Analyze(tape).Item(done, h.now())
	item.LastReport = h.since(ctx, log, item)
	var object bytes.Buffer
	item, err := analyze.Fit(item, &object)
	if err != nil {
		return item, err
	}
	if full := item.FullInsights; full != nil {
		at := objects.Ref{Bucket: done.Bucket.Name, Key: full.Key}
		if err := h.bucket.Put(ctx, at, object.Bytes()); err != nil {
			return item, err
		}
	}
	story := h.narrator.Narrate(ctx, item)
	item.ExecutiveSummary, item.Narration = story.Summary, story.Narration
	publishStory(log, story)
	return item, nil
}

// since compares an item with the last report. A report without the comparison is better than none, so an error is
// logged and no more.
func (h *handler) since(ctx context.Context, log telemetry.Log, item pipeline.Item) *pipeline.LastReport {
	last, err := h.table.Last(ctx, item)
	if err == nil {
		err = pipeline.CheckSchema(last.Schema)
	}
	switch {
	case errors.Is(err, analyses.ErrNotFound):
		return nil
	case err != nil:
		log.Warn().Err(err).Msg("last report not compared")
		return nil
	}
	return analyze.Since(last, item)
}

// publishStory logs and counts what the prose took.
func publishStory(log telemetry.Log, story narrate.Story) {
	for i, err := range story.Failures {
		log.Warn().Err(err).Int("attempt", i+1).Msg("model's answer not used")
	}
	n := story.Narration
	values := []telemetry.Value{
		telemetry.Of(pipeline.TokensIn, n.TokensIn),
		telemetry.Of(pipeline.TokensOut, n.TokensOut),
		telemetry.Of(pipeline.RunCostUSD, n.CostUSD),
	}
	if story.Rejected > 0 {
		values = append(values, telemetry.Of(pipeline.NarrationRejected, story.Rejected))
	}
	if n.Source == pipeline.ByTemplate {
		values = append(values, telemetry.Of(pipeline.NarrationFallback, 1))
	}
	if story.Exhausted {
		values = append(values, telemetry.Of(pipeline.BedrockRetryExceeded, 1))
	}
	log.Publish(values...)
}
