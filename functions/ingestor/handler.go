package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/rs/zerolog"

	"github.com/mejan/mejan/functions/ingestor/ingest"
	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/functions/pipeline/objects"
	"github.com/mejan/mejan/functions/pipeline/telemetry"
)

// handler takes a file from its arrival to its announcement. It may die at any point, or be at work twice on the same
// file: the names of all outputs are fixed by whoever claims the content first, and their bytes follow from the
// content.
type handler struct {
	objects interface {
		Open(ctx context.Context, r objects.Ref) (*objects.Object, error)
		Create(ctx context.Context, r objects.Ref, body []byte) error
		Put(ctx context.Context, r objects.Ref, body []byte) error
		Upload(ctx context.Context, r objects.Ref) objects.Upload
	}
	limits pipeline.Limits
	bus    interface {
		Announce(ctx context.Context, done pipeline.IngestorCompleted) error
	}
	log     *telemetry.Logger
	meter   telemetry.Meter
	now     func() time.Time
	entropy io.Reader
}

// Handle is called at least once for each object that appears. An error hands the whole event back: AWS tries twice
// more, then puts it with the dead letters.
func (h *handler) Handle(ctx context.Context, event events.S3Event) error {
	log := h.log.ForInvocation(ctx)
	if len(event.Records) == 0 {
		log.Info().Msg("no records: S3 tests a new notification so")
	}
	var failed []error
	for _, record := range event.Records {
		src := source(record)
		end, err := h.settle(ctx, log, src)
		switch {
		case retryable(err):
			end.explain(log.Error().Err(err), src).Msg("file failed")
			failed = append(failed, err)
			continue
		case errors.Is(err, objects.ErrChanged): // the notification about the newer version follows
			log.Info().Err(err).Msg("file was replaced")
			end = ending{Outcome: pipeline.Ignored, Reason: "a newer version has replaced it"}
		case err != nil:
			log.Error().Err(err).Msg("file is gone")
			end = ending{Outcome: pipeline.Ignored, Reason: "it was deleted before it could be read"}
		}
		line := log.Info()
		if end.Misnamed {
			line = log.Warn()
		}
		end.explain(line, src).Msg("file settled")
	}
	return errors.Join(failed...)
}

// settle takes one version of one object all the way.
func (h *handler) settle(ctx context.Context, log zerolog.Logger, src pipeline.Source) (ending, error) {
	if why := pipeline.WhyIgnored(src.Key); why != "" {
		end := ending{Outcome: pipeline.Ignored, Reason: why, Misnamed: !pipeline.IsFolder(src.Key, src.Size)}
		h.count(log, end)
		return end, nil
	}
	input, err := h.objects.Open(ctx, objects.Ref{Bucket: src.Bucket, Key: src.Key, ETag: src.ETag})
	if err != nil {
		return ending{}, fmt.Errorf("open input: %w", err)
	}
	defer input.Body.Close()

	// From here on the marker says what the names are, whoever wrote it.
	marker, err := h.claim(ctx, src, input.Metadata)
	if err != nil {
		return ending{}, err
	}
	if given := input.Metadata[pipeline.CorrelationMetadata]; given != "" && !pipeline.ValidCorrelationID(given) {
		log := telemetry.ForRun(log, marker.CorrelationID, marker.RunID)
		log.Warn().Str("given", given).Str("key", src.Key).
			Msg("correlation id replaced: it may have " + pipeline.CorrelationIDForm)
	}
	if marker.Over() {
		end := ending{Outcome: pipeline.Duplicate, Marker: marker}
		h.count(log, end)
		return end, nil
	}
	// Both outputs, or none of them, become visible: the refused rows first, so that no announced file lacks them.
	end, err := h.separate(ctx, log, input.Body, marker)
	if err != nil {
		return ending{Marker: marker}, err
	}
	if end.Outcome == pipeline.Ingested {
		if err := h.bus.Announce(ctx, announcement(end.Marker)); err != nil {
			return end, err
		}
	}
	// Counted before the marker says that it is over: an attempt that dies in between counts twice rather than never.
	h.count(log, end)
	return end, h.conclude(ctx, end.Marker)
}

// retryable reports whether another attempt at the same notification may end otherwise than this one.
func retryable(err error) bool {
	var broken *ingest.FileError
	switch {
	case err == nil:
		return false
	case errors.As(err, &broken): // the same bytes break at the same place
		return false
	case errors.Is(err, objects.ErrChanged), errors.Is(err, objects.ErrNotFound): // the version will not come back
		return false
	default:
		return true // also ErrDenied, so that it ends as a dead letter and not in silence
	}
}
