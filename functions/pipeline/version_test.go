package pipeline_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mejan/mejan/functions/pipeline"
)

// A function reads its own schema and the one before, hands a newer one back, and refuses what never was one.
func TestCheckSchema(t *testing.T) {
	for schema, want := range map[int]error{
		pipeline.Schema: nil, pipeline.Schema - 1: nil,
		pipeline.Schema + 1: pipeline.ErrNewerSchema, pipeline.Schema + 100: pipeline.ErrNewerSchema,
		pipeline.Schema - 2: pipeline.ErrUnknownSchema, -1: pipeline.ErrUnknownSchema,
	} {
		if got := pipeline.CheckSchema(schema); !errors.Is(got, want) || (got == nil) != (want == nil) {
			t.Errorf("schema %d: got %v, want %v", schema, got, want)
		}
	}
}

// An item of version 1 held the anomalies of all bars in one list; read today they are apart.
func TestUpgraded(t *testing.T) {
	now := pipeline.Anomaly{Symbol: "A", Interval: "1week", Session: "2018-02-05"}
	earlier := pipeline.Anomaly{Symbol: "A", Interval: "1week", Session: "2018-01-29"}
	hourly := pipeline.Anomaly{Symbol: "A", Interval: "1h", Session: "2018-02-05"}
	old := pipeline.Item{
		Schema: 1, AsOf: "2018-02-05", Aggregates: pipeline.Aggregates{Interval: "1week"},
		KeyAnomalies: []pipeline.Anomaly{earlier, now, hourly},
	}
	want := old
	want.KeyAnomalies, want.EarlierAnomalies = []pipeline.Anomaly{now}, []pipeline.Anomaly{earlier, hourly}
	want.Aggregates.Anomalies = 1
	if diff := cmp.Diff(want, old.Upgraded()); diff != "" {
		t.Errorf("item of version 1 (-want +got):\n%s", diff)
	}
	today := want
	today.Schema = pipeline.Schema
	if diff := cmp.Diff(today, today.Upgraded()); diff != "" {
		t.Errorf("item of today (-want +got):\n%s", diff)
	}
}
