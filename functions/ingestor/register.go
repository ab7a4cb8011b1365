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

// claim registers the content of src and returns its marker, which is an earlier claim's where there is one. A claim
// excludes nobody: it fixes what could differ between two attempts at the same bytes.
//
// It creates first and reads only what it could not create. That is one call where nobody came before, and needs no
// permission to list the bucket, without which S3 does not tell a missing marker from a forbidden one.
func (h *handler) claim(ctx context.Context, src pipeline.Source, metadata map[string]string) (pipeline.Marker, error) {
	correlation := metadata[pipeline.CorrelationMetadata]
	if !pipeline.ValidCorrelationID(correlation) {
		var err error
		if correlation, err = pipeline.NewCorrelationID(h.entropy); err != nil {
			return pipeline.Marker{}, err
		}
	}
	claimed := h.now().UTC().Truncate(time.Second)
	marker := pipeline.Marker{
		Schema: pipeline.Schema, State: pipeline.Started,
		RunID: pipeline.RunID(claimed, src.ETag), CorrelationID: correlation, Source: src, ClaimedAt: claimed,
	}
	err := h.write(ctx, marker, h.objects.Create)
	if errors.Is(err, objects.ErrExists) {
		return h.recall(ctx, src)
	}
	if err != nil {
		return pipeline.Marker{}, err
	}
	return marker, nil
}

// recall reads the marker that somebody has written, which may have been this very attempt.
func (h *handler) recall(ctx context.Context, src pipeline.Source) (pipeline.Marker, error) {
	at := objects.Ref{Bucket: src.Bucket, Key: pipeline.MarkerKey(src.ETag)}
	object, err := h.objects.Open(ctx, at)
	if errors.Is(err, objects.ErrNotFound) {
		return pipeline.Marker{}, errVanished
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
	marker.Schema = pipeline.Schema // what this version writes of it
	return marker, nil
}

// errVanished means that a marker was there and was not: somebody removes markers by hand.
var errVanished = errors.New("marker has vanished")

// conclude writes that the work is over. It is the last thing that happens to a content.
func (h *handler) conclude(ctx context.Context, marker pipeline.Marker) error {
	return h.write(ctx, marker, h.objects.Put)
}

func (h *handler) write(
	ctx context.Context, marker pipeline.Marker, how func(context.Context, objects.Ref, []byte) error,
) error {
	body, err := json.Marshal(marker)
	if err != nil {
		return fmt.Errorf("marshal marker of run %q: %w", marker.RunID, err)
	}
	at := objects.Ref{Bucket: marker.Source.Bucket, Key: pipeline.MarkerKey(marker.Source.ETag)}
	if err := how(ctx, at, body); err != nil {
		return fmt.Errorf("write marker: %w", err)
	}
	return nil
}
