package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/mejan/mejan/functions/analyzer/analyze"
	"github.com/mejan/mejan/functions/analyzer/narrate"
	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/functions/pipeline/analyses"
	"github.com/mejan/mejan/functions/pipeline/objects"
	"github.com/mejan/mejan/functions/pipeline/telemetry"
)

// handler takes an announcement from the rows it names to one stored analysis.
type handler struct {
	log    *telemetry.Logger
	bucket interface {
		Open(ctx context.Context, r objects.Ref) (*objects.Object, error)
		Put(ctx context.Context, r objects.Ref, body []byte) error
	}
	table interface {
		Get(ctx context.Context, id string) (pipeline.Item, error)
		Last(ctx context.Context, before pipeline.Item) (pipeline.Item, error)
		Create(ctx context.Context, item pipeline.Item) error
	}
	narrator narrate.Narrator
	now      func() time.Time
}

// Handle is called at least once for each ingested file. An error hands the event back: AWS tries twice more, then
// puts it with the dead letters. An event that cannot be used belongs there too.
func (h *handler) Handle(ctx context.Context, event events.EventBridgeEvent) error {
	done, err := announced(event)
	log := h.log.ForInvocation(ctx).ForRun(done.CorrelationID, done.RunID, done.Smoke)
	if err == nil {
		err = h.analyze(ctx, log, done)
	}
	if err != nil {
		log.Error().Err(err).Bool("permanent", permanent(err)).Str("key", done.Key).Msg("file not analysed")
	}
	return err
}

// permanent reports whether another attempt at the same event ends like this one. The rows were visible before they
// were announced, so rows that are gone were deleted.
func permanent(err error) bool {
	return pipeline.Permanent(err, errEvent, analyze.ErrRow, objects.ErrNotFound, analyses.ErrInvalid)
}

func (h *handler) analyze(ctx context.Context, log telemetry.Log, done pipeline.IngestorCompleted) error {
	// Events come more than once. Asking the table costs less than asking the model.
	switch _, err := h.table.Get(ctx, done.RunID); {
	case err == nil:
		log.Info().Msg("file was analysed before")
		return nil
	case !errors.Is(err, analyses.ErrNotFound):
		return err
	}
	tape, err := h.read(ctx, done)
	if err != nil {
		return err
	}
	item, err := h.assemble(ctx, log, done, tape)
	if err != nil {
		return err
	}
	switch err := h.table.Create(ctx, item); {
	case errors.Is(err, analyses.ErrExists): // another attempt was faster, or the answer to this one was lost
		log.Info().Msg("file was analysed before")
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
