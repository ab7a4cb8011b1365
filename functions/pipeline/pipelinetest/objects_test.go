package pipelinetest_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/functions/pipeline/objects"
	"github.com/mejan/mejan/functions/pipeline/pipelinetest"
)

// The bucket notices every way in which a write can break a promise, and lets the allowed ones pass.
func TestObjectsNoticeBrokenPromises(t *testing.T) {
	const output, rejects = "processed/2018/02/12/run.jsonl", "rejects/2018/02/12/run.jsonl"
	const register = pipeline.MarkerPrefix + "etag"
	marker := func(state pipeline.State, change func(*pipeline.Marker)) string {
		m := pipeline.Marker{
			Schema: pipeline.Schema, State: state, RunID: "run", CorrelationID: "c",
			Source: pipeline.Source{Key: "inputs/x.json"}, ClaimedAt: time.Unix(1518417000, 0).UTC(),
		}
		if change != nil {
			change(&m)
		}
		body, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		return string(body)
	}
	names := func(m *pipeline.Marker) { m.ProcessedKey = output }
	started, done := marker(pipeline.Started, nil), marker(pipeline.Done, names)
	for name, test := range map[string]struct {
		writes   [][2]string // key, body
		failures int
	}{
		"the way it should be":       {[][2]string{{register, started}, {output, "x"}, {register, done}, {register, done}, {output, "x"}}, 0},
		"rejected":                   {[][2]string{{register, started}, {rejects, "x"}, {register, marker(pipeline.Rejected, func(m *pipeline.Marker) { m.RejectsKey = rejects })}}, 0},
		"other bytes":                {[][2]string{{output, "x"}, {output, "y"}}, 1},
		"other rejects":              {[][2]string{{rejects, ""}, {rejects, "y"}}, 1},
		"other inputs":               {[][2]string{{"inputs/x.json", "x"}, {"inputs/x.json", "y"}}, 0},
		"born done":                  {[][2]string{{output, "x"}, {register, done}}, 1},
		"back to started":            {[][2]string{{register, started}, {output, "x"}, {register, done}, {register, started}}, 1},
		"done before the output":     {[][2]string{{register, started}, {register, done}}, 1},
		"done without an output":     {[][2]string{{register, started}, {register, marker(pipeline.Done, nil)}}, 1},
		"rejected without a reason":  {[][2]string{{register, started}, {register, marker(pipeline.Rejected, nil)}}, 1},
		"claimed under another name": {[][2]string{{register, started}, {register, marker(pipeline.Started, func(m *pipeline.Marker) { m.RunID = "other" })}}, 1},
		"claimed at another time":    {[][2]string{{register, started}, {register, marker(pipeline.Started, func(m *pipeline.Marker) { m.ClaimedAt = time.Now() })}}, 1},
		"not a marker":               {[][2]string{{register, "x"}}, 1},
	} {
		r := &recorder{TB: t}
		store := pipelinetest.NewObjects(r, nil)
		for _, w := range test.writes {
			if err := store.Put(t.Context(), objects.Ref{Bucket: "b", Key: w[0]}, []byte(w[1])); err != nil {
				t.Fatal(err)
			}
		}
		if r.failures != test.failures {
			t.Errorf("%s: %d failures, want %d", name, r.failures, test.failures)
		}
	}
}

// The bus notices an announcement of what cannot be seen, and two that do not say the same.
func TestBusNoticesBrokenPromises(t *testing.T) {
	done := pipelinetest.Announcement()
	other := done
	other.ValidCount--
	for name, test := range map[string]struct {
		visible   []string
		announced []pipeline.IngestorCompleted
		failures  int
	}{
		"twice the same": {[]string{done.Key, done.RejectsKey, done.ProcessedMarker}, []pipeline.IngestorCompleted{done, done}, 0},
		"rows hidden":    {[]string{done.RejectsKey, done.ProcessedMarker}, []pipeline.IngestorCompleted{done}, 1},
		"all hidden":     {nil, []pipeline.IngestorCompleted{done}, 3},
		"contradiction":  {[]string{done.Key, done.RejectsKey, done.ProcessedMarker}, []pipeline.IngestorCompleted{done, other}, 1},
	} {
		r := &recorder{TB: t}
		store := pipelinetest.NewObjects(r, nil)
		for _, key := range test.visible {
			store.Seed(objects.Ref{Bucket: done.Bucket.Name, Key: key}, nil, nil)
		}
		bus := pipelinetest.NewBus(r, nil, store)
		for _, event := range test.announced {
			if err := bus.Announce(t.Context(), event); err != nil {
				t.Fatal(err)
			}
		}
		if r.failures != test.failures {
			t.Errorf("%s: %d failures, want %d", name, r.failures, test.failures)
		}
	}
}
