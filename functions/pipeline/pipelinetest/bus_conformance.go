package pipelinetest

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mejan/mejan/functions/pipeline"
)

// Announcer is what bus.Bus does; see there for the promises.
type Announcer interface {
	Announce(ctx context.Context, done pipeline.IngestorCompleted) error
}

// BusEndpoint is an event bus under test.
type BusEndpoint struct {
	Bus Announcer
	// Delivered reads back the events that a rule for [pipeline.EventSource] and [pipeline.EventDetailType] let through
	// since the last time, each as a target gets it.
	Delivered func(t *testing.T) []json.RawMessage
}

// BusConformance checks what the ingestor and the rule behind it rely on.
func BusConformance(t *testing.T, e BusEndpoint) {
	done := Announcement()
	for range 2 { // an announcement may be repeated, and each copy arrives
		if err := e.Bus.Announce(t.Context(), done); err != nil {
			t.Fatalf("announce: %v", err)
		}
	}
	delivered := e.Delivered(t)
	if len(delivered) != 2 {
		t.Fatalf("delivered: got %d events, want 2: %s", len(delivered), delivered)
	}
	for _, event := range delivered {
		var got struct {
			Source     string                     `json:"source"`
			DetailType string                     `json:"detail-type"`
			Detail     pipeline.IngestorCompleted `json:"detail"`
		}
		if err := json.Unmarshal(event, &got); err != nil {
			t.Fatalf("event %s: %v", event, err)
		}
		if got.Source != pipeline.EventSource || got.DetailType != pipeline.EventDetailType {
			t.Errorf("source and detail-type: got %q, %q", got.Source, got.DetailType)
		}
		if diff := cmp.Diff(done, got.Detail); diff != "" {
			t.Errorf("detail (-announced +delivered):\n%s", diff)
		}
	}
}

// Announcement is an event with every field set, its names as people write them.
func Announcement() pipeline.IngestorCompleted {
	return pipeline.IngestorCompleted{
		Schema:        pipeline.Schema,
		RunID:         "20180212T063000Z-00bb60591543",
		CorrelationID: "upload/42:a_b.c",
		Bucket:        pipeline.BucketRef{Name: "mejan-dev-data"},
		Key:           "processed/2018/02/12/20180212T063000Z-00bb60591543.jsonl",
		RejectsKey:    "rejects/2018/02/12/20180212T063000Z-00bb60591543.jsonl",
		Filename:      `näme "quoted" & <b>.json`,
		Source: pipeline.Source{
			Bucket: "mejan-dev-data", Key: `inputs/näme "quoted" & <b>.json`, ETag: "00bb60591543aabbccddeeff00112233",
			VersionID: "v1", Size: 53078,
		},
		RawCount: 13992, ValidCount: 13991, InvalidCount: 1, SymbolCount: 12,
		ProcessedMarker: "processed/hashes/00bb60591543aabbccddeeff00112233",
	}
}
