package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/rs/zerolog"

	"github.com/mejan/mejan/functions/analyzer/analyze"
	"github.com/mejan/mejan/functions/analyzer/narrate"
	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/functions/pipeline/analyses"
	"github.com/mejan/mejan/functions/pipeline/objects"
	"github.com/mejan/mejan/functions/pipeline/telemetry"
)

// handler takes an announcement from the rows it names to one stored analysis.
type handler struct {
	bucket interface {
		Open(ctx context.Context, r objects.Ref) (*objects.Object, error)
		Put(ctx context.Context, r objects.Ref, body []byte) error
	}
	table interface {
		Get(ctx context.Context, id string) (pipeline.Item, error)
		Create(ctx context.Context, item pipeline.Item) error
	}
	narrator narrate.Narrator
	log      *telemetry.Logger
	meter    telemetry.Meter
	now      func() time.Time
}

// Handle is called at least once for each ingested file. An error hands the event back: AWS tries twice more, then
// puts it with the dead letters, which is also where an event belongs that cannot be used.
func (h *handler) Handle(ctx context.Context, event events.EventBridgeEvent) error {
	done, err := announced(event)
	log := telemetry.ForRun(h.log.ForInvocation(ctx), done.CorrelationID, done.RunID)
	if err == nil {
		err = h.analyze(ctx, log, done)
	}
	if err != nil {
		log.Error().Err(err).Bool("permanent", permanent(err)).Str("key", done.Key).Msg("file not analysed")
	}
	return err
}

func (h *handler) analyze(ctx context.Context, log zerolog.Logger, done pipeline.IngestorCompleted) error {
	// Events come more than once. Asking the table costs less than asking the model.
	switch _, err := h.table.Get(ctx, done.RunID); {
	case err == nil:
		log.Info().Msg("analysis exists")
		return nil
	case !errors.Is(err, analyses.ErrNotFound):
		return err
	}
	tape, err := h.read(ctx, done)
	if err != nil {
		return err
	}
	item := analyze.Analyze(tape).Item(done, h.now())
	if item, err = h.fit(ctx, done, item); err != nil {
		return err
	}
	story := h.narrator.Narrate(ctx, item)
	item.ExecutiveSummary, item.Narration = story.Summary, story.Narration
	h.report(log, story)

	switch err := h.table.Create(ctx, item); {
	case errors.Is(err, analyses.ErrExists): // another attempt was faster, or this one's own answer was lost
		log.Info().Msg("analysis exists")
		return nil
	case err != nil:
		return err
	}
	log.Info().Int("symbols", item.SymbolsAnalyzed).Int64("rows", item.RowCounts.Processed).Str("as_of", item.AsOf).
		Str("narration", string(item.Narration.Source)).Int("anomalies", len(item.KeyAnomalies)).Msg("file analysed")
	return nil
}

// read reads the rows by stream and makes sure that they are all there.
func (h *handler) read(ctx context.Context, done pipeline.IngestorCompleted) (*analyze.Tape, error) {
	object, err := h.bucket.Open(ctx, objects.Ref{Bucket: done.Bucket.Name, Key: done.Key})
	if err != nil {
		return nil, err
	}
	defer object.Body.Close()
	tape, err := analyze.Read(object.Body)
	if err != nil {
		return nil, fmt.Errorf("read %q: %w", done.Key, err)
	}
	if tape.Rows != done.ValidCount {
		return nil, fmt.Errorf("read %q: %d rows, the event announced %d", done.Key, tape.Rows, done.ValidCount)
	}
	return tape, nil
}

// fit puts the insights that the table cannot hold into the bucket. They are there before the item that names them;
// another attempt writes the same bytes under the same key.
func (h *handler) fit(ctx context.Context, done pipeline.IngestorCompleted, item pipeline.Item) (pipeline.Item, error) {
	var object bytes.Buffer
	item, err := analyze.Fit(item, &object)
	if err != nil || item.FullInsights == nil {
		return item, err
	}
	return item, h.bucket.Put(ctx, objects.Ref{Bucket: done.Bucket.Name, Key: item.FullInsights.Key}, object.Bytes())
}

// report says what the prose took.
func (h *handler) report(log zerolog.Logger, story narrate.Story) {
	for i, err := range story.Failures {
		log.Warn().Err(err).Int("try", i+1).Msg("model's answer not used")
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
	h.meter.Publish(log, values...)
}

// announced takes the announcement out of an event. Its error is an [errEvent], or a [pipeline.ErrNewerSchema].
func announced(event events.EventBridgeEvent) (pipeline.IngestorCompleted, error) {
	var done pipeline.IngestorCompleted
	switch err := json.Unmarshal(event.Detail, &done); {
	case event.Source != pipeline.EventSource || event.DetailType != pipeline.EventDetailType:
		return done, fmt.Errorf("%w: %q from %q", errEvent, event.DetailType, event.Source)
	case err != nil:
		return done, fmt.Errorf("%w: decode detail: %w", errEvent, err)
	}
	if err := pipeline.CheckSchema(done.Schema); errors.Is(err, pipeline.ErrNewerSchema) {
		return done, fmt.Errorf("event: %w", err)
	} else if err != nil {
		return done, fmt.Errorf("%w: %w", errEvent, err)
	}
	switch {
	case done.RunID == "" || done.Bucket.Name == "" || done.Key == "":
		return done, fmt.Errorf("%w: run_id, bucket.name or key is missing", errEvent)
	case !pipeline.ValidRunID(done.RunID):
		return done, fmt.Errorf("%w: run_id %q has not the form that the ingestor gives", errEvent, done.RunID)
	case !pipeline.ValidCorrelationID(done.CorrelationID):
		// The mailer could not put it into a header, and then the item would be there and its report never sent.
		return done, fmt.Errorf("%w: correlation_id %q is not %s: send the event again with another one", errEvent,
			done.CorrelationID, pipeline.CorrelationIDForm)
	case done.ValidCount < 1 || done.RawCount != done.ValidCount+done.InvalidCount:
		return done, fmt.Errorf("%w: counts %d raw, %d valid, %d invalid", errEvent,
			done.RawCount, done.ValidCount, done.InvalidCount)
	}
	return done, nil
}
