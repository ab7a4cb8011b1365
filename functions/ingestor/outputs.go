package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"github.com/rs/zerolog"

	"github.com/mejan/mejan/functions/ingestor/ingest"
	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/functions/pipeline/objects"
	"github.com/mejan/mejan/functions/pipeline/telemetry"
)

// separate reads the input once and makes its rows visible under the names that the marker fixes, the refused ones
// first. A file that breaks half-way leaves one line about that instead. The marker that comes back is ready to be
// written.
func (h *handler) separate(
	ctx context.Context, log zerolog.Logger, input io.Reader, marker pipeline.Marker,
) (ending, error) {
	bucket := marker.Source.Bucket
	validAt := objects.Ref{Bucket: bucket, Key: pipeline.ProcessedKey(marker.ClaimedAt, marker.RunID)}
	rejectsAt := objects.Ref{Bucket: bucket, Key: pipeline.RejectsKey(marker.ClaimedAt, marker.RunID)}
	valid, rejects := h.objects.Upload(ctx, validAt), h.objects.Upload(ctx, rejectsAt)
	log = telemetry.ForRun(log, marker.CorrelationID, marker.RunID)
	defer h.abort(ctx, log, valid)
	defer h.abort(ctx, log, rejects)

	end := ending{Outcome: pipeline.RejectedFile, Marker: marker}
	// Now is the time of the first claim, so that every attempt judges by the same clock.
	run := ingest.Run{ID: marker.RunID, Source: marker.Source, Now: marker.ClaimedAt, Limits: h.limits}
	hash := sha256.New()
	result, err := ingest.Split(io.TeeReader(input, hash), run, valid, rejects)
	if retryable(err) {
		return end, fmt.Errorf("split %q: %w", marker.Source.Key, err)
	}
	if errors.As(err, &end.Broken) {
		err = h.objects.Put(ctx, rejectsAt, run.Line(end.Broken))
		end.Marker.RejectsKey = rejectsAt.Key
	} else if result.Rows.Invalid > 0 {
		err = rejects.Commit(ctx)
		end.Marker.RejectsKey = rejectsAt.Key
	}
	if err == nil && result.Rows.Valid > 0 {
		err = valid.Commit(ctx)
		end.Marker.ProcessedKey = validAt.Key
		end.Outcome = pipeline.Ingested
	}
	end.Bytes = result.Bytes
	end.Marker.State = stateOf(end.Outcome)
	if end.Broken == nil || end.Broken.Code != ingest.TooLarge { // which is not read to its end
		end.Marker.SHA256 = hex.EncodeToString(hash.Sum(nil))
	}
	end.Marker.Rows, end.Marker.Symbols = result.Rows, result.Symbols
	end.Marker.Reasons, end.Marker.Warnings = result.Reasons, result.Warnings
	return end, err
}

func stateOf(o pipeline.Outcome) pipeline.State {
	if o == pipeline.Ingested {
		return pipeline.Done
	}
	return pipeline.Rejected
}

// abort drops what was not committed. What it cannot drop is invisible all the same, and expires with the bucket's
// rule.
func (h *handler) abort(ctx context.Context, log zerolog.Logger, u objects.Upload) {
	if err := u.Abort(ctx); err != nil {
		log.Warn().Err(err).Msg("upload not aborted")
	}
}
