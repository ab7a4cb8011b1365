package local

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mejan/mejan/local/lambda"
)

// Promise: the console and the command show what is particular to a line, not the fields that every line has.
func TestReadEntry(t *testing.T) {
	e := readEntry("ingestor", lambda.Line{RequestID: "r", Text: `{"level":"INFO","service":"ingestor","stage":"dev",` +
		`"function_name":"mejan-dev-ingestor","function_memory_size":512,"cold_start":true,"function_request_id":"r",` +
		`"xray_trace_id":"1-5759e988-bd862e3fe1be46a994272793","correlation_id":"c","raw":3,` +
		`"timestamp":"2026-11-23T09:15:00.120Z","message":"file settled"}`})
	if diff := cmp.Diff([]Field{{"correlation_id", "c"}, {"raw", "3"}}, e.Fields); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
	if e.Level != "INFO" || e.Message != "file settled" || e.RequestID != "r" {
		t.Errorf("got %q, %q, %q", e.Level, e.Message, e.RequestID)
	}
}

// Promise: logs.jsonl holds a line that is not JSON under the names of the functions' own lines.
func TestWrappedLine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "logs.jsonl")
	log, err := openLogbook(path)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 23, 4, 15, 0, 120_900_000, time.FixedZone("", -5*60*60))
	log.add(Entry{Time: at, Function: "ingestor", RequestID: "r", Text: "START RequestId: r"})
	if err := log.close(); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"timestamp":"2026-11-23T09:15:00.120Z","service":"ingestor","function_request_id":"r",` +
		`"message":"START RequestId: r"}` + "\n"
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("logs.jsonl (-want +got):\n%s", diff)
	}
}
