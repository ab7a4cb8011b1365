package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/google/go-cmp/cmp"

	"github.com/mejan/mejan/functions/ingestor/ingest"
	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/functions/pipeline/pipelinetest"
)

// Order is what the promises rest on: the name before any output, refused rows before good ones, both before the
// announcement, the end of the marker last. And each call costs money.
func TestOrderOfCalls(t *testing.T) {
	for _, test := range []struct {
		file string
		want string
	}{
		{"mixed", "Open input, Create marker, Commit rejects, Commit processed, Announce, Put marker"},
		{"clean", "Open input, Create marker, Commit processed, Announce, Put marker"},
		{"nothing valid", "Open input, Create marker, Commit rejects, Put marker"},
		{"breaks half-way", "Open input, Create marker, Put rejects, Put marker"},
	} {
		f := named(t, test.file)
		w := newWorld(t, &pipelinetest.Faults{})
		event := w.upload(f)
		if err := w.deliver(event); err != nil {
			t.Fatal(err)
		}
		if got := effects(w.faults.Calls()); got != test.want {
			t.Errorf("%s:\ngot  %s\nwant %s", f.name, got, test.want)
		}
		first := len(w.faults.Calls())
		if err := w.deliver(event); err != nil {
			t.Fatal(err)
		}
		if got, want := effects(w.faults.Calls()[first:]), "Open input, Create marker, Open marker"; got != want {
			t.Errorf("%s again:\ngot  %s\nwant %s", f.name, got, want)
		}
	}
}

// effects leaves out what is not a call to AWS of its own.
func effects(calls []pipelinetest.Call) string {
	var kept []string
	for _, c := range calls {
		if slices.Contains([]string{"Read", "Write", "Abort"}, c.Op) {
			continue
		}
		for _, kind := range []struct{ prefix, name string }{
			{pipeline.InputPrefix, " input"},
			{pipeline.MarkerPrefix, " marker"},
			{pipeline.ProcessedPrefix, " processed"},
			{pipeline.RejectsPrefix, " rejects"},
			{"", ""},
		} {
			if strings.HasPrefix(c.Target, kind.prefix) {
				kept = append(kept, c.Op+kind.name)
				break
			}
		}
	}
	return strings.Join(kept, ", ")
}

// The announcement, the marker and the closing log line tell the same story, from the event to the last row.
func TestIngested(t *testing.T) {
	f := named(t, "mixed")
	w := newWorld(t, nil)
	ctx := lambdacontext.NewContext(t.Context(), &lambdacontext.LambdaContext{AwsRequestID: "request-1"})
	if err := w.handler().Handle(ctx, w.upload(f)); err != nil {
		t.Fatal(err)
	}
	m := w.marker()
	day := m.ClaimedAt.Format("2006/01/02/")
	etag := m.Source.ETag
	reasons := map[string]int64{"FIELD_TYPE": 1, "LOW_ABOVE_BODY": 1, "PROVIDER_ERROR": 1, "VOLUME_NEGATIVE": 1}
	want := pipeline.Marker{
		Schema: pipeline.Schema, State: pipeline.Done,
		RunID: m.ClaimedAt.Format("20060102T150405Z-") + etag[:12], CorrelationID: "upload/42:a_b.c", ClaimedAt: m.ClaimedAt,
		Source: pipeline.Source{Bucket: bucket, Key: f.key, ETag: etag, VersionID: "v1", Size: int64(len(f.body))},
		SHA256: m.SHA256, Rows: f.rows, Symbols: 1, Reasons: reasons,
		ProcessedKey: "processed/" + day + m.RunID + ".jsonl", RejectsKey: "rejects/" + day + m.RunID + ".jsonl",
	}
	if diff := cmp.Diff(want, m); diff != "" || len(m.SHA256) != 64 {
		t.Errorf("marker (-want +got):\n%s", diff)
	}
	if m.ClaimedAt.Nanosecond() != 0 || m.ClaimedAt.Location() != time.UTC {
		t.Errorf("claimed at %s, want whole seconds in UTC, as the run id has it", m.ClaimedAt)
	}
	event := []pipeline.IngestorCompleted{{
		Schema: pipeline.Schema, RunID: m.RunID, CorrelationID: m.CorrelationID, Bucket: pipeline.BucketRef{Name: bucket},
		Key: m.ProcessedKey, RejectsKey: m.RejectsKey, Filename: "mixed rows+ü.json", Source: m.Source,
		RawCount: 4, ValidCount: 2, InvalidCount: 2, SymbolCount: 1, Reasons: reasons,
		Warnings: map[string]int64{}, ProcessedMarker: "processed/hashes/" + etag,
	}}
	if diff := cmp.Diff(event, w.bus.Announced()); diff != "" {
		t.Errorf("announced (-want +got):\n%s", diff)
	}
	line := []map[string]any{{
		"level": "INFO", "message": "file settled", "service": "ingestor", "stage": "test", "cold_start": true,
		"function_request_id": "request-1",
		"outcome":             "ingested", "bucket": bucket, "key": f.key, "etag": etag, "run_id": m.RunID,
		"correlation_id": m.CorrelationID, "raw": 4.0, "valid": 2.0, "invalid": 2.0,
	}}
	if diff := cmp.Diff(line, w.lines("file settled")); diff != "" {
		t.Errorf("log line (-want +got):\n%s", diff)
	}
}

// An operator sees in the metrics what was refused, why, and how much of a file that was.
func TestMetrics(t *testing.T) {
	type values map[string]any
	nullReasons := map[string]any{
		"FIELD_TYPE": 1.0, "LOW_ABOVE_BODY": 1.0, "PROVIDER_ERROR": 1.0, "VOLUME_NEGATIVE": 1.0,
	}
	for name, want := range map[string]values{
		"mixed": {
			"RejectedPercentage": 50.0, "RecordsValid": 2.0, "RecordsRejected": 2.0, "FilesIngested": 1.0,
			"BytesIngested": float64(len(mixed)), "reasons": nullReasons,
		},
		"compressed": {
			"RejectedPercentage": 50.0, "RecordsValid": 2.0, "RecordsRejected": 2.0, "FilesIngested": 1.0,
			"BytesIngested": float64(len(zip(mixed))), "reasons": nullReasons,
		},
		"clean": {
			"RejectedPercentage": 0.0, "RecordsValid": 2.0, "RecordsRejected": 0.0, "FilesIngested": 1.0,
			"BytesIngested": float64(len(named(t, "clean").body)), "reasons": map[string]any{},
			"warnings": map[string]any{"ZERO_VOLUME_MOVED": 1.0},
		},
		"nothing valid": {
			"RejectedPercentage": 100.0, "RecordsValid": 0.0, "RecordsRejected": 2.0, "FilesRejected": 1.0,
			"reasons": map[string]any{
				"FIELD_TYPE": 2.0, "LOW_ABOVE_BODY": 2.0, "VOLUME_NEGATIVE": 2.0,
			},
		},
		"breaks half-way": {
			"RejectedPercentage": 100.0, "RecordsValid": 0.0, "RecordsRejected": 0.0, "FilesRejected": 1.0,
			"reasons": map[string]any{"MALFORMED_JSON": 1.0},
		},
	} {
		w := newWorld(t, nil)
		event := w.upload(named(t, name))
		if err := w.deliver(event); err != nil {
			t.Fatal(err)
		}
		m := w.marker()
		if want["warnings"] == nil {
			want["warnings"] = map[string]any{}
		}
		want["correlation_id"], want["run_id"], want["LambdaFunction"] = m.CorrelationID, m.RunID, ""
		check := func(lines []map[string]any, want values) {
			t.Helper()
			if len(lines) != 1 {
				t.Fatalf("%s: got %d lines of metrics, want 1", name, len(lines))
			}
			for _, field := range []string{"_aws", "level", "message", "service", "stage"} {
				delete(lines[0], field)
			}
			if diff := cmp.Diff(want, values(lines[0])); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		}
		check(w.lines("metrics"), want)
		if err := w.deliver(event); err != nil {
			t.Fatal(err)
		}
		check(w.lines("metrics")[1:], values{
			"FilesDuplicate": 1.0, "correlation_id": m.CorrelationID, "run_id": m.RunID, "LambdaFunction": "",
		})
	}
}

// A file that breaks leaves one line that says what and where, and nothing of the rows before that.
func TestBrokenFile(t *testing.T) {
	f := named(t, "breaks half-way")
	w := newWorld(t, nil)
	if err := w.deliver(w.upload(f)); err != nil {
		t.Fatal(err)
	}
	m := w.marker()
	var got pipeline.Reject
	if err := json.Unmarshal([]byte(w.objects.Snapshot(bucket)[m.RejectsKey]), &got); err != nil {
		t.Fatal(err)
	}
	want := pipeline.Reject{
		Schema: pipeline.Schema, RunID: m.RunID, Source: m.Source, Pointer: "/NOPE/message", Offset: int64(len(f.body)), Rules: ingest.Rules,
		Reasons: []pipeline.Reason{{Code: ingest.MalformedJSON, Detail: "unexpected end of the file"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// The same content again, under whatever name, is one analysis.
func TestSameContentUnderOtherName(t *testing.T) {
	f := named(t, "mixed")
	w := newWorld(t, nil)
	if err := w.deliver(w.upload(f)); err != nil {
		t.Fatal(err)
	}
	before := w.objects.Snapshot(bucket)
	f.key, f.metadata = "inputs/copy.json", nil
	before[f.key] = f.body
	if err := w.deliver(w.upload(f)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, w.objects.Snapshot(bucket)); diff != "" {
		t.Errorf("visible objects (-before +after):\n%s", diff)
	}
	if got := len(w.bus.Announced()); got != 1 {
		t.Errorf("got %d announcements, want 1", got)
	}
	settled := w.lines("file settled")
	if got := settled[len(settled)-1]; got["outcome"] != "duplicate" || got["run_id"] != w.marker().RunID || got["valid"] != 2.0 {
		t.Errorf("settled as %v", got)
	}
}

// An uploader's correlation id is carried on; one that could break out of a mail header is replaced.
func TestCorrelationID(t *testing.T) {
	for given, kept := range map[string]bool{"upload/42:a_b.c": true, "": false, "a\r\nBcc: x": false, "ü": false} {
		w := newWorld(t, nil)
		f := named(t, "clean")
		f.metadata = map[string]string{pipeline.CorrelationMetadata: given}
		if err := w.deliver(w.upload(f)); err != nil {
			t.Fatal(err)
		}
		got := w.marker().CorrelationID
		if (got == given) != kept || !pipeline.ValidCorrelationID(got) {
			t.Errorf("given %q: got %q", given, got)
		}
		replaced := w.lines("correlation id replaced: it may have 1 to 128 letters, digits and -_.:/")
		if said := len(replaced) == 1 && replaced[0]["given"] == given && replaced[0]["correlation_id"] == got; said != (given != "" && !kept) {
			t.Errorf("given %q: logged %v", given, replaced)
		}
	}
}
