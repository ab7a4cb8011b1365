package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"

	"github.com/mejan/mejan/functions/ingestor/ingest"
	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/functions/pipeline/objects"
	"github.com/mejan/mejan/functions/pipeline/pipelinetest"
)

// What is not an input, or is not there any more, is left alone, without an error that AWS would try again. The log line
// says why. A name that keeps a file from being an input is also counted, and a warning: its uploader waits for a report.
func TestIgnored(t *testing.T) {
	for name, test := range map[string]struct {
		key      string
		empty    bool
		prepare  func(w *world, at objects.Ref)
		level    string // of an extra line, empty for none
		reason   string
		misnamed bool
	}{
		"other prefix":   {key: "processed/x.json", reason: "not under inputs/", misnamed: true},
		"other suffix":   {key: "inputs/x.csv", reason: "does not end in .json or .json.gz", misnamed: true},
		"trailing space": {key: "inputs/x.json ", reason: `upload it as "inputs/x.json"`, misnamed: true},
		"file as folder": {key: "inputs/2018/", reason: "names a folder", misnamed: true},
		"folder":         {key: "inputs/2018/", empty: true, reason: "names a folder"},
		"replaced": {
			key: "inputs/x.json", level: "INFO", reason: "a newer version has replaced it",
			prepare: func(w *world, at objects.Ref) { w.objects.Seed(at, []byte("{}"), nil) },
		},
		"deleted": {
			key: "inputs/x.json", level: "ERROR", reason: "it was deleted before it could be read",
			prepare: func(w *world, at objects.Ref) { w.objects.Delete(at); w.objects.ListDenied = false },
		},
	} {
		w := newWorld(t, nil)
		content := file{key: test.key, body: mixed}
		if test.empty {
			content.body = ""
		}
		event := w.upload(content)
		if test.prepare != nil {
			test.prepare(w, objects.Ref{Bucket: bucket, Key: test.key})
		}
		before := w.objects.Snapshot(bucket)
		if err := w.deliver(event); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(before, w.objects.Snapshot(bucket)); diff != "" {
			t.Errorf("%s: visible objects (-before +after):\n%s", name, diff)
		}
		settled := w.lines("file settled")
		if len(settled) != 1 || settled[0]["outcome"] != "ignored" || settled[0]["key"] != test.key {
			t.Fatalf("%s: settled as %v", name, settled)
		}
		level, counted := "INFO", 0.0
		if test.misnamed {
			level, counted = "WARN", 1
		}
		if why, _ := settled[0]["reason"].(string); !strings.Contains(why, test.reason) || settled[0]["level"] != level {
			t.Errorf("%s: settled as %v, want %q at level %s", name, settled[0], test.reason, level)
		}
		if got := w.sum(pipeline.FilesIgnored); got != counted {
			t.Errorf("%s: counted %v times, want %v", name, got, counted)
		}
		extra := append(w.lines("file was replaced"), w.lines("file is gone")...)
		if (len(extra) == 1) != (test.level != "") || len(extra) == 1 && extra[0]["level"] != test.level {
			t.Errorf("%s: got %v, want a line at level %q", name, extra, test.level)
		}
	}
}

// A missing file looks like a forbidden one to a role that may not list. It must not vanish: the error says both.
func TestDenied(t *testing.T) {
	w := newWorld(t, nil)
	event := w.upload(named(t, "clean"))
	w.objects.Delete(objects.Ref{Bucket: bucket, Key: named(t, "clean").key})
	err := w.deliver(event)
	if !errors.Is(err, objects.ErrDenied) || !strings.Contains(err.Error(), "a missing key looks the same") {
		t.Errorf("got error %v", err)
	}
	if got := w.lines("file not settled"); len(got) != 3 || got[0]["level"] != "ERROR" || got[0]["error"] == nil {
		t.Errorf("log lines: %v", got)
	}
}

// One record's trouble does not keep the others from being settled, and is what AWS is told.
func TestSeveralRecords(t *testing.T) {
	w := newWorld(t, nil)
	var event events.S3Event
	for _, f := range files() {
		event.Records = append(event.Records, w.upload(f).Records...)
	}
	missing := notification(t, "inputs/missing.json", strings.Repeat("0", 32), 1)
	event.Records = slices.Insert(event.Records, 1, missing.Records...)
	err := w.handler().Handle(t.Context(), event)
	if !errors.Is(err, objects.ErrDenied) || !strings.Contains(err.Error(), "inputs/missing.json") {
		t.Errorf("got error %v", err)
	}
	if got, want := len(w.lines("file settled")), len(files()); got != want {
		t.Errorf("got %d files settled, want %d", got, want)
	}
}

// S3 tests a new notification with an event that has no records.
func TestTestEvent(t *testing.T) {
	var event events.S3Event
	body := `{"Service":"Amazon S3","Event":"s3:TestEvent","Time":"2018-02-12T06:30:00.000Z","Bucket":"b","RequestId":"1","HostId":"2"}`
	if err := json.Unmarshal([]byte(body), &event); err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, &pipelinetest.Faults{})
	if err := w.handler().Handle(t.Context(), event); err != nil {
		t.Error(err)
	}
	if len(w.faults.Calls()) != 0 || len(w.lines("file settled")) != 0 || w.logs.Len() == 0 {
		t.Errorf("calls %v, logs %s", w.faults.Calls(), w.logs.String())
	}
}

// A marker that nobody can read stops the work on its content, loudly, instead of starting it under another name.
func TestBrokenMarker(t *testing.T) {
	for _, body := range []string{
		"", "not JSON", `{}`, `{"schema":99,"run_id":"x","correlation_id":"c"}`, `{"schema":1,"correlation_id":"c"}`,
		`{"schema":1,"run_id":"x"}`, `{"schema":1,"run_id":"x","correlation_id":"c\r\nBcc: y"}`,
		`{"schema":1,"run_id":"x","correlation_id":"c","rejects_key":"` + strings.Repeat("x", maxMarker) + `"}`,
	} {
		w := newWorld(t, nil)
		event := w.upload(named(t, "clean"))
		at := objects.Ref{Bucket: bucket, Key: pipeline.MarkerKey(event.Records[0].S3.Object.ETag)}
		w.objects.Seed(at, []byte(body), nil)
		if err := w.deliver(event); err == nil || !strings.Contains(err.Error(), "marker") {
			t.Errorf("marker %q: got error %v", body, err)
		}
	}
}

// A marker of the version before is gone on with during a deployment, under the names that it fixed, and ends as this
// version writes it. One of a newer version is handed back, because that version may come again.
func TestMarkerOfOtherVersion(t *testing.T) {
	for _, test := range []struct {
		schema int
		want   error
	}{{pipeline.Schema - 1, nil}, {pipeline.Schema + 1, pipeline.ErrNewerSchema}, {pipeline.Schema - 2, pipeline.ErrUnknownSchema}} {
		w := newWorld(t, nil)
		event := w.upload(named(t, "clean"))
		src := notified(event.Records[0])
		claimed := time.Date(2018, 2, 12, 6, 0, 0, 0, time.UTC)
		started := pipeline.Marker{
			Schema: test.schema, State: pipeline.Started, RunID: pipeline.RunID(claimed, src.ETag), CorrelationID: "before",
			Source: src, ClaimedAt: claimed,
		}
		body, err := json.Marshal(started)
		if err != nil {
			t.Fatal(err)
		}
		w.objects.Seed(objects.Ref{Bucket: bucket, Key: pipeline.MarkerKey(src.ETag)}, body, nil)
		err = w.handler().Handle(t.Context(), event)
		if !errors.Is(err, test.want) || (err == nil) != (test.want == nil) {
			t.Errorf("schema %d: got %v, want %v", test.schema, err, test.want)
		}
		got := w.marker()
		if test.want != nil {
			if got.State != pipeline.Started || len(w.bus.Announced()) != 0 {
				t.Errorf("schema %d: marker %+v, %d announcements; want neither touched", test.schema, got, len(w.bus.Announced()))
			}
			continue
		}
		if got.State != pipeline.Done || got.Schema != pipeline.Schema || got.RunID != started.RunID {
			t.Errorf("schema %d: marker %+v", test.schema, got)
		}
		announced := w.bus.Announced()
		if len(announced) != 1 || announced[0].Schema != pipeline.Schema || announced[0].CorrelationID != "before" {
			t.Errorf("schema %d: announced %+v", test.schema, announced)
		}
	}
}

// The stage's limits bound a file. One that passes them is not read to its end, so its register has no hash of the whole;
// one that breaks for another reason has.
func TestLimits(t *testing.T) {
	for name, test := range map[string]struct {
		limits pipeline.Limits
		body   string
		reason string
		hashed bool
	}{
		"too large": {pipeline.Limits{Object: 64, Value: 64, Depth: 8, Ratio: 8}, mixed, ingest.TooLarge, false},
		"broken":    {pipeline.DefaultLimits(), mixed[:len(mixed)-30], ingest.MalformedJSON, true},
	} {
		w := newWorld(t, nil)
		h := w.handler()
		h.limits = test.limits
		if err := h.Handle(t.Context(), w.upload(file{key: "inputs/x.json", body: test.body})); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		m := w.marker()
		if m.State != pipeline.Rejected || m.Reasons[test.reason] != 1 || (m.SHA256 != "") != test.hashed {
			t.Errorf("%s: marker %+v, want %s, with a hash %t", name, m, test.reason, test.hashed)
		}
	}
}

// Somebody who tidies up markers at the wrong moment costs an attempt, and not the file.
func TestMarkerVanishes(t *testing.T) {
	faults := &pipelinetest.Faults{}
	w := newWorld(t, faults)
	w.objects.ListDenied = false // an operator's role, to which a missing key is missing
	event := w.upload(named(t, "clean"))
	at := objects.Ref{Bucket: bucket, Key: pipeline.MarkerKey(event.Records[0].S3.Object.ETag)}
	w.objects.Seed(at, []byte(`{"schema":1,"state":"done","run_id":"earlier"}`), nil)
	faults.Before = func(c pipelinetest.Call) error {
		if c.Op == "Open" && c.Target == at.Key {
			w.objects.Delete(at)
		}
		return nil
	}
	if err := w.handler().Handle(t.Context(), event); !errors.Is(err, errMarkerGone) {
		t.Errorf("got error %v, want %v", err, errMarkerGone)
	}
	if err := w.deliver(event); err != nil {
		t.Fatal(err)
	}
	if got := w.marker(); got.State != pipeline.Done || len(w.bus.Announced()) != 1 {
		t.Errorf("marker %+v, %d announcements", got, len(w.bus.Announced()))
	}
}

// Trying again is for what may end otherwise; a mistake here is a retry storm, or a file lost in silence.
func TestPermanent(t *testing.T) {
	for _, test := range []struct {
		err  error
		want bool
	}{
		{objects.ErrNotFound, true},
		{objects.ErrChanged, true},
		{objects.ErrDenied, false},
		{objects.ErrExists, false},
		{objects.ErrConflict, false},
		{errMarkerGone, false},
		{io.ErrUnexpectedEOF, false},
		{context.DeadlineExceeded, false},
		{errors.New("anything else"), false},
	} {
		if got := permanent(test.err); got != test.want {
			t.Errorf("%v: got %t, want %t", test.err, got, test.want)
		}
		if wrapped := fmt.Errorf("on the way: %w", test.err); permanent(wrapped) != test.want {
			t.Errorf("%v: got %t, want %t", wrapped, !test.want, test.want)
		}
	}
}

// A function that lacks a setting says which, all of them at once, before it takes any file.
func TestCompose(t *testing.T) {
	env := map[string]string{"STAGE": "test", "LOG_LEVEL": "info", "EVENT_BUS_NAME": "bus", "INGEST_LIMITS": "depth=9"}
	lookup := func(name string) (string, bool) { value, ok := env[name]; return value, ok }
	if _, err := compose(t.Context(), lookup, &bytes.Buffer{}); err != nil {
		t.Errorf("complete: %v", err)
	}
	env["LOG_LEVEL"] = "loud"
	if _, err := compose(t.Context(), lookup, &bytes.Buffer{}); err == nil || !strings.Contains(err.Error(), "LOG_LEVEL") {
		t.Errorf("odd level: got error %v", err)
	}
	clear(env)
	_, err := compose(t.Context(), lookup, &bytes.Buffer{})
	for _, name := range pipeline.Ingestor.Env() {
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("empty: got error %v, want one that names %s", err, name)
		}
	}
}
