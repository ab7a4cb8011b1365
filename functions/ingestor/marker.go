package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/functions/pipeline/objects"
)

// maxMarker bounds what is read as a marker, in bytes; they have less than 2,000.
const maxMarker = 64 << 10

// errMarkerGone means that a marker was there a moment ago and is not: somebody removes markers by hand.
var errMarkerGone = errors.New("marker is gone, the next try writes a new one: do not remove markers during a run")

// started is the marker of a first claim. It fixes all that could differ between two attempts at the same bytes.
func started(src pipeline.Source, correlationID string, smoke bool, claimed time.Time) pipeline.Marker {
	return pipeline.Marker{
		Schema: pipeline.Schema, State: pipeline.Started,
		RunID: pipeline.RunID(claimed, src.ETag), CorrelationID: correlationID, Source: src, ClaimedAt: claimed,
		Smoke: smoke,
	}
}

// finished is the marker of a content whose work is over, m being what was claimed.
func finished(m pipeline.Marker, s split) pipeline.Marker {
	m.Schema, m.State = pipeline.Schema, pipeline.Rejected
	if s.outcome() == pipeline.Ingested {
		m.State = pipeline.Done
	}
	m.SHA256, m.ProcessedKey, m.RejectsKey = s.sha256, s.processedKey, s.rejectsKey
	m.Rows, m.Symbols, m.Reasons, m.Warnings = s.Rows, s.Symbols, s.Reasons, s.Warnings
	return m
}

// claim registers the content of src and returns its marker: that of an earlier claim, if there is one. A claim keeps
// no other worker out.
//
// claim creates first and reads only what it could not create. That is one call for a new content, and needs no
// permission to list the bucket, without which S3 does not tell a missing marker from a forbidden one.
func (h *handler) claim(ctx context.Context, src pipeline.Source, metadata map[string]string) (pipeline.Marker, error) {
	correlation := metadata[pipeline.CorrelationMetadata]
	if !pipeline.ValidCorrelationID(correlation) {
		var err error
		if correlation, err = pipeline.NewCorrelationID(h.entropy); err != nil {
			return pipeline.Marker{}, err
		}
	}
	marker := started(src, correlation, pipeline.IsSmoke(metadata), h.now().UTC().Truncate(time.Second))
	err := writeMarker(ctx, marker, h.bucket.Create)
	if errors.Is(err, objects.ErrExists) {
		return h.readMarker(ctx, src)
	}
	return marker, err
}

// readMarker reads the marker of an earlier claim, which may have been this very attempt's.
func (h *handler) readMarker(ctx context.Context, src pipeline.Source) (pipeline.Marker, error) {
	at := objects.Ref{Bucket: src.Bucket, Key: pipeline.MarkerKey(src.ETag)}
	object, err := h.bucket.Open(ctx, at)
	if errors.Is(err, objects.ErrNotFound) {
		return pipeline.Marker{}, errMarkerGone
	}
	if err != nil {
		return pipeline.Marker{}, fmt.Errorf("read marker: %w", err)
	}
	defer object.Body.Close()
	body, err := io.ReadAll(io.LimitReader(object.Body, maxMarker))
	if err != nil {
		return pipeline.Marker{}, fmt.Errorf("read marker %q: %w", at, err)
	}
	var marker pipeline.Marker
	if err := json.Unmarshal(body, &marker); err != nil {
		return pipeline.Marker{}, fmt.Errorf("read marker %q: %w", at, err)
	}
	if err := pipeline.CheckSchema(marker.Schema); err != nil {
		return pipeline.Marker{}, fmt.Errorf("read marker %q: %w", at, err)
	}
	if marker.RunID == "" || !pipeline.ValidCorrelationID(marker.CorrelationID) {
		return pipeline.Marker{}, fmt.Errorf("read marker %q: run id %q, correlation id %q: "+
			"the ingestor wrote no such marker", at, marker.RunID, marker.CorrelationID)
	}
	return marker, nil
}

// writeMarker writes a marker to its place, by Create or by Put.
func writeMarker(
	ctx context.Context, marker pipeline.Marker, write func(context.Context, objects.Ref, []byte) error,
) error {
	body, err := json.Marshal(marker)
	if err != nil {
		return fmt.Errorf("marshal marker of run %q: %w", marker.RunID, err)
	}
	at := objects.Ref{Bucket: marker.Source.Bucket, Key: pipeline.MarkerKey(marker.Source.ETag)}
	if err := write(ctx, at, body); err != nil {
		return fmt.Errorf("write marker: %w", err)
	}
	return nil
}
