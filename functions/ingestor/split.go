package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"github.com/mejan/mejan/functions/ingestor/ingest"
	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/functions/pipeline/objects"
	"github.com/mejan/mejan/functions/pipeline/telemetry"
)

// split is what one reading of a file found and the outputs that it made visible.
type split struct {
	ingest.Result
	// broken says why nothing of the file could be used; nil if the file as a whole is sound.
	broken *ingest.FileError
	// sha256 is of the bytes as stored, in hexadecimal; empty for a file that is too large, which is not read to its end.
	sha256 string
	// processedKey and rejectsKey name the outputs; empty for one that has no rows.
	processedKey, rejectsKey string
}

func (s split) outcome() pipeline.Outcome {
	if s.processedKey != "" {
		return pipeline.Ingested
	}
	return pipeline.RejectedFile
}

// splitFile reads the input once and makes its rows visible under the names that the marker fixes, the refused ones
// first. A file that breaks half-way leaves one line about that instead.
func (h *handler) splitFile(
	ctx context.Context, log telemetry.Log, input io.Reader, marker pipeline.Marker,
) (split, error) {
	bucket := marker.Source.Bucket
	validAt := objects.Ref{Bucket: bucket, Key: pipeline.ProcessedKey(marker.ClaimedAt, marker.RunID)}
	rejectsAt := objects.Ref{Bucket: bucket, Key: pipeline.RejectsKey(marker.ClaimedAt, marker.RunID)}
	valid, rejects := h.bucket.Upload(ctx, validAt), h.bucket.Upload(ctx, rejectsAt)
	defer abort(ctx, log, valid)
	defer abort(ctx, log, rejects)

	var s split
	var err error
	// Now is the time of the first claim, so that every attempt judges by the same clock.
	run := ingest.Run{
		ID: marker.RunID, Source: marker.Source, Smoke: marker.Smoke, Now: marker.ClaimedAt, Limits: h.limits,
	}
	hash := sha256.New()
	s.Result, err = ingest.Split(io.TeeReader(input, hash), run, valid, rejects)
	switch {
	case errors.As(err, &s.broken):
		s.rejectsKey = rejectsAt.Key
		err = h.bucket.Put(ctx, rejectsAt, run.Line(s.broken))
	case err != nil:
		return s, fmt.Errorf("split %q: %w", marker.Source.Key, err)
	case s.Rows.Invalid > 0:
		s.rejectsKey = rejectsAt.Key
		err = rejects.Commit(ctx)
	}
	if err == nil && s.Rows.Valid > 0 {
		s.processedKey = validAt.Key
		err = valid.Commit(ctx)
	}
	if s.broken == nil || s.broken.Code != ingest.TooLarge {
		s.sha256 = hex.EncodeToString(hash.Sum(nil))
	}
	return s, err
}

// abort drops an upload that was not committed. If that fails, the upload stays invisible and expires by the bucket's
// rule.
func abort(ctx context.Context, log telemetry.Log, u objects.Upload) {
	if err := u.Abort(ctx); err != nil {
		log.Warn().Err(err).Msg("upload not aborted")
	}
}
