package lambda_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mejan/mejan/local/lambda"
)

// Promise: a failed asynchronous event is tried again under the same request id, as often as configured, and nothing is
// sent on when a later attempt succeeds.
func TestAsyncRetries(t *testing.T) {
	for _, test := range []struct {
		name           string
		retries, need  int
		attempts, sent int
	}{
		{"first attempt succeeds", 2, 1, 1, 0},
		{"last attempt succeeds", 2, 3, 3, 0},
		{"none succeeds", 2, 9, 3, 1},
		{"no retry", 0, 9, 1, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			engine, record := start(t, lambda.Options{}, function("f", 5*time.Second))
			config := lambda.AsyncConfig{MaximumRetryAttempts: test.retries, OnFailure: record.onFailure}
			if err := engine.ConfigureAsync("f", config); err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(t.TempDir(), "tally")
			id, err := engine.InvokeAsync("f", order{Do: "tally", Tally: file, Need: test.need}.json(), "s3")
			if err != nil {
				t.Fatal(err)
			}
			idle(t, engine)
			tally, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if len(tally) != test.attempts || len(record.records) != test.sent {
				t.Errorf("%d attempts and %d records, want %d and %d", len(tally), len(record.records), test.attempts, test.sent)
			}
			for i, report := range record.reports {
				if report.RequestID != id || report.Attempt != i+1 || report.Source != "s3" {
					t.Errorf("attempt %d reported as %+v", i+1, report)
				}
			}
		})
	}
}

// Promise: an event that is given up reaches its destination in the form that AWS documents, with the event in full, so
// that tools which read one read the other.
func TestAsyncRecord(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 15, 0, 0, time.UTC)
	engine, record := start(t, lambda.Options{Now: func() time.Time { return now }}, function("f", 5*time.Second))
	config := lambda.AsyncConfig{MaximumRetryAttempts: 1, OnFailure: record.onFailure}
	if err := engine.ConfigureAsync("f", config); err != nil {
		t.Fatal(err)
	}
	id, err := engine.InvokeAsync("f", []byte(`{"Do":"error"}`), "s3")
	if err != nil {
		t.Fatal(err)
	}
	idle(t, engine)
	want := `{
		"version": "1.0",
		"timestamp": "2026-11-23T09:15:00.000Z",
		"requestContext": {
			"requestId": "` + id + `",
			"functionArn": "arn:aws:lambda:us-east-1:000000000000:function:f:$LATEST",
			"condition": "RetriesExhausted",
			"approximateInvokeCount": 2
		},
		"requestPayload": {"Do": "error"},
		"responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
		"responsePayload": {"errorMessage": "no luck", "errorType": "errorString"}
	}`
	if diff := cmp.Diff(parse(t, want), parse(t, strings.Join(record.records, "\n"))); diff != "" {
		t.Error(diff)
	}
}

// Promise: an event that has grown too old is given up, although it may be tried again by its count.
func TestAsyncAge(t *testing.T) {
	now := make(chan time.Time, 3)
	begin := time.Date(2026, 11, 23, 9, 15, 0, 0, time.UTC)
	now <- begin
	now <- begin.Add(2 * time.Minute)
	now <- begin.Add(2 * time.Minute)
	engine, record := start(t, lambda.Options{Now: func() time.Time { return <-now }}, function("f", 5*time.Second))
	config := lambda.AsyncConfig{MaximumRetryAttempts: 2, MaximumEventAge: time.Minute, OnFailure: record.onFailure}
	if err := engine.ConfigureAsync("f", config); err != nil {
		t.Fatal(err)
	}
	if _, err := engine.InvokeAsync("f", []byte(`{"Do":"error"}`), "s3"); err != nil {
		t.Fatal(err)
	}
	idle(t, engine)
	if len(record.reports) != 1 || len(record.records) != 1 || !strings.Contains(record.records[0], "EventAgeExceeded") {
		t.Errorf("%d attempts, records %v", len(record.reports), record.records)
	}
}

func parse(t *testing.T, text string) any {
	t.Helper()
	var value any
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return value
}
