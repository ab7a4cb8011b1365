package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/functions/pipeline/objects"
	"github.com/mejan/mejan/functions/pipeline/pipelinetest"
	"github.com/mejan/mejan/functions/pipeline/telemetry"
)

const bucket = "mejan-test-data"

// world is what is around the handler. Its clock and its entropy never give the same twice, so that whatever the register
// fails to fix shows as a difference between two attempts.
type world struct {
	t       *testing.T
	objects *pipelinetest.Objects
	bus     *pipelinetest.Bus
	faults  *pipelinetest.Faults
	logs    bytes.Buffer
	clock   time.Time
	entropy *rand.ChaCha8
}

func newWorld(t *testing.T, faults *pipelinetest.Faults) *world {
	t.Helper()
	w := &world{
		t: t, faults: faults, clock: time.Date(2018, 2, 12, 1, 30, 0, 0, time.FixedZone("", -5*60*60)), entropy: rand.NewChaCha8([32]byte{}),
	}
	announcedFirst := func(r objects.Ref, _, after []byte, _ func(string) bool) string {
		var m pipeline.Marker
		if !strings.HasPrefix(r.Key, pipeline.MarkerPrefix) || json.Unmarshal(after, &m) != nil || m.State != pipeline.Done {
			return ""
		}
		for _, done := range w.bus.Announced() {
			if done.RunID == m.RunID {
				return ""
			}
		}
		return "the marker is done and nothing was announced"
	}
	w.objects = pipelinetest.NewObjects(t, faults, announcedFirst)
	w.objects.ListDenied = true // as the role has it
	w.bus = pipelinetest.NewBus(t, faults, w.objects)
	t.Cleanup(func() { pipelinetest.CheckLog(t, pipeline.Ingestor, w.logs.String()) })
	return w
}

// now goes on by some hours, past midnight sooner or later.
func (w *world) now() time.Time {
	w.clock = w.clock.Add(7*time.Hour + 11*time.Minute + 13*time.Second + 17*time.Millisecond)
	return w.clock
}

func (w *world) handler() *handler {
	w.t.Helper()
	log, err := telemetry.NewLogger(&w.logs, pipeline.Ingestor, "test", "info")
	if err != nil {
		w.t.Fatal(err)
	}
	return &handler{log: log, bucket: w.objects, bus: w.bus, now: w.now, entropy: w.entropy}
}

// upload puts a file in place and returns the notification about it.
func (w *world) upload(f file) events.S3Event {
	w.t.Helper()
	etag := w.objects.Seed(objects.Ref{Bucket: bucket, Key: f.key}, []byte(f.body), f.metadata)
	return notification(w.t, f.key, etag, len(f.body))
}

// deliver calls the handler as AWS does: three times, or until it has no error.
func (w *world) deliver(event events.S3Event) error {
	var err error
	for range 3 {
		if err = w.handler().Handle(context.Background(), event); err == nil {
			return nil
		}
	}
	return err
}

// lines are the log lines with a message, as fields.
func (w *world) lines(message string) []map[string]any {
	w.t.Helper()
	var found []map[string]any
	for line := range strings.Lines(w.logs.String()) {
		var fields map[string]any
		if err := json.Unmarshal([]byte(line), &fields); err != nil {
			w.t.Fatalf("log line %s: %v", line, err)
		}
		if fields["message"] == message {
			delete(fields, "timestamp")
			found = append(found, fields)
		}
	}
	return found
}

// sum adds up a metric.
func (w *world) sum(m pipeline.Metric) float64 {
	w.t.Helper()
	total := 0.0
	for _, line := range w.lines("metrics") {
		amount, _ := line[m.Name].(float64)
		total += amount
	}
	return total
}

// marker is the one marker that there is.
func (w *world) marker() pipeline.Marker {
	w.t.Helper()
	var found []pipeline.Marker
	for key, body := range w.objects.Snapshot(bucket) {
		if !strings.HasPrefix(key, pipeline.MarkerPrefix) {
			continue
		}
		var m pipeline.Marker
		if err := json.Unmarshal([]byte(body), &m); err != nil {
			w.t.Fatal(err)
		}
		found = append(found, m)
	}
	if len(found) != 1 {
		w.t.Fatalf("got %d markers, want 1", len(found))
	}
	return found[0]
}

var dates = regexp.MustCompile(`(processed|rejects)/\d{4}/\d\d/\d\d/`)

// state is all that is visible in the bucket, with what the first claim decides by chance replaced by names.
func (w *world) state() map[string]string {
	w.t.Helper()
	m := w.marker()
	claimed, err := json.Marshal(m.ClaimedAt)
	if err != nil {
		w.t.Fatal(err)
	}
	names := strings.NewReplacer(m.RunID, "RUN", m.CorrelationID, "CORRELATION", string(claimed), `"CLAIMED"`)
	state := make(map[string]string)
	for key, body := range w.objects.Snapshot(bucket) {
		state[dates.ReplaceAllString(names.Replace(key), "$1/DATE/")] = dates.ReplaceAllString(names.Replace(body), "$1/DATE/")
	}
	return state
}

// notification is what S3 sends, as it arrives.
func notification(t *testing.T, key, etag string, size int) events.S3Event {
	t.Helper()
	var event events.S3Event
	err := json.Unmarshal(fmt.Appendf(nil, `{"Records":[{"eventName":"ObjectCreated:Put","s3":{"bucket":{"name":%q},`+
		`"object":{"key":%q,"eTag":%q,"size":%d,"versionId":"v1"}}}]}`, bucket, url.QueryEscape(key), etag, size), &event)
	if err != nil {
		t.Fatal(err)
	}
	return event
}
