package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/mejan/mejan/functions/analyzer/narrate"
	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/functions/pipeline/objects"
	"github.com/mejan/mejan/functions/pipeline/pipelinetest"
	"github.com/mejan/mejan/functions/pipeline/telemetry"
)

// world is the handler with everything around it in memory: the rows of the weekly sample are in the bucket.
type world struct {
	t      *testing.T
	table  *pipelinetest.Analyses
	model  *pipelinetest.Model
	bucket *pipelinetest.Objects
	stdout bytes.Buffer
	handler
	done pipeline.IngestorCompleted
}

func newWorld(t *testing.T, faults *pipelinetest.Faults, script ...pipelinetest.Answer) *world {
	t.Helper()
	w := &world{
		t:      t,
		table:  pipelinetest.NewAnalyses(t, faults),
		model:  pipelinetest.NewModel(t, faults, script...),
		bucket: pipelinetest.NewObjects(t, faults),
		done:   pipelinetest.Announcement(),
	}
	rows, err := os.ReadFile("testdata/weekly.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	w.done.RawCount, w.done.ValidCount, w.done.InvalidCount, w.done.SymbolCount = 313, 312, 1, 6
	w.bucket.Seed(objects.Ref{Bucket: w.done.Bucket.Name, Key: w.done.Key}, rows, nil)
	log, err := telemetry.NewLogger(&w.stdout, pipeline.Analyzer, "test", "debug")
	if err != nil {
		t.Fatal(err)
	}
	now := func() time.Time { return time.Date(2018, 2, 12, 6, 31, 0, 0, time.UTC) }
	w.handler = handler{
		bucket: w.bucket, table: w.table,
		narrator: narrate.Narrator{
			Model: w.model, Price: pipeline.Price{In: 0.06, Out: 0.24}, Chance: func() float64 { return 0 },
			Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
		},
		log: log, now: now,
	}
	t.Cleanup(func() { pipelinetest.CheckLog(t, pipeline.Analyzer, w.stdout.String()) })
	return w
}

// deliver hands the announcement over, as EventBridge would.
func (w *world) deliver() error {
	w.t.Helper()
	detail, err := json.Marshal(w.done)
	if err != nil {
		w.t.Fatal(err)
	}
	return w.Handle(w.t.Context(), events.EventBridgeEvent{
		Source: pipeline.EventSource, DetailType: pipeline.EventDetailType, Detail: detail,
	})
}

// item is the one analysis of the world.
func (w *world) item() pipeline.Item {
	w.t.Helper()
	all := w.table.Items()
	if len(all) != 1 {
		w.t.Fatalf("analyses stored: got %d, want 1", len(all))
	}
	return all[0]
}

// metrics adds up what was published, by name.
func (w *world) metrics() map[string]float64 {
	w.t.Helper()
	sums := make(map[string]float64)
	for line := range strings.Lines(w.stdout.String()) {
		var fields map[string]any
		if err := json.Unmarshal([]byte(line), &fields); err != nil {
			w.t.Fatalf("line %q: %v", line, err)
		}
		if fields[pipeline.LogRunID] != w.done.RunID || fields[pipeline.LogCorrelationID] != w.done.CorrelationID {
			w.t.Errorf("line without the run it is about: %s", line)
		}
		if _, ok := fields["_aws"]; !ok {
			continue
		}
		for _, m := range pipeline.Metrics() {
			if x, ok := fields[m.Name].(float64); ok {
				sums[m.Name] += x
			}
		}
	}
	return sums
}
