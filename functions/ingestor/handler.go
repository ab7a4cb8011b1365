package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/functions/pipeline/objects"
	"github.com/mejan/mejan/functions/pipeline/telemetry"
)

// handler takes a file from its arrival to its announcement. It may die at any point, or be at work twice on the same
// file: the names of all outputs are fixed by whoever claims the content first, and their bytes follow from the
// content.
type handler struct {
	log    *telemetry.Logger
	bucket interface {
		Open(ctx context.Context, r objects.Ref) (*objects.Object, error)
		Create(ctx context.Context, r objects.Ref, body []byte) error
		Put(ctx context.Context, r objects.Ref, body []byte) error
		Upload(ctx context.Context, r objects.Ref) objects.Upload
	}
	bus interface {
		Announce(ctx context.Context, done pipeline.IngestorCompleted) error
	}
	limits  pipeline.Limits
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
		src := notified(record)
		end, err := h.settle(ctx, log, src)
		run := end.logOf(log)
		switch {
		case errors.Is(err, objects.ErrChanged): // the notification about the newer version follows
			log.Info().Err(err).Msg("file was replaced")
			end = ending{Outcome: pipeline.Ignored, Reason: "a newer version has replaced it"}
		case permanent(err):
			log.Error().Err(err).Msg("file is gone")
			end = ending{Outcome: pipeline.Ignored, Reason: "it was deleted before it could be read"}
		case err != nil:
			end.explain(run.Error().Err(err), src).Msg("file not settled")
			failed = append(failed, err)
			continue
		}
		line := run.Info()
		if end.Misnamed || end.OtherMark {
			line = run.Warn()
		}
		end.explain(line, src).Msg("file settled")
	}
	return errors.Join(failed...)
}

// permanent reports whether another attempt at the same notification ends like this one: the version will not come
// back. An error of the file itself does not get here, it is an outcome.
func permanent(err error) bool {
	return pipeline.Permanent(err, objects.ErrChanged, objects.ErrNotFound)
}

// settle takes one version of one object all the way.
func (h *handler) settle(ctx context.Context, log telemetry.Log, src pipeline.Source) (ending, error) {
	if why := pipeline.WhyIgnored(src.Key); why != "" {
		end := ending{Outcome: pipeline.Ignored, Reason: why, Misnamed: !pipeline.IsFolder(src.Key, src.Size)}
		if end.Misnamed {
			log.Publish(telemetry.Of(pipeline.FilesIgnored, 1))
		}
		return end, nil
	}
	input, err := h.bucket.Open(ctx, objects.Ref{Bucket: src.Bucket, Key: src.Key, ETag: src.ETag})
	if err != nil {
		return ending{}, fmt.Errorf("open input: %w", err)
	}
	defer input.Body.Close()

	// From here on the marker says what the names are, whoever wrote it.
	marker, err := h.claim(ctx, src, input.Metadata)
	if err != nil {
		return ending{}, err
	}
	end := ending{Marker: marker}
	log = end.logOf(log)
	if given := input.Metadata[pipeline.CorrelationMetadata]; given != "" && !pipeline.ValidCorrelationID(given) {
		log.Warn().Str("given", given).Str("key", src.Key).
			Msg("correlation id replaced: it may have " + pipeline.CorrelationIDForm)
	}
	if marker.Over() {
		log.Publish(telemetry.Of(pipeline.FilesDuplicate, 1))
		return duplicate(marker, pipeline.IsSmoke(input.Metadata)), nil
	}
	// Both outputs, or none of them, become visible: the refused rows first, so that no announced file lacks them.
	s, err := h.splitFile(ctx, log, input.Body, marker)
	if err != nil {
		return end, err
	}
	end = ending{Outcome: s.outcome(), Marker: finished(marker, s), Broken: s.broken}
	if end.Outcome == pipeline.Ingested {
		if err := h.bus.Announce(ctx, announcement(end.Marker)); err != nil {
			return end, err
		}
	}
	// Counted before the marker says that it is over: an attempt that dies in between counts twice rather than never.
	publishSplit(log, s)
	return end, writeMarker(ctx, end.Marker, h.bucket.Put)
}
