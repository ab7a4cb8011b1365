package lambda_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mejan/mejan/local/lambda"
)

// Promise: records reach the function in order; a failed batch is repeated from its first failed record; with bisection
// only the record at fault is given up, whole, and those behind it go on; without it they go with it.
func TestStream(t *testing.T) {
	for _, test := range []struct {
		name    string
		mapping lambda.Mapping
		// records are what each record makes the function do.
		records []string
		// batches are the sequence numbers of each event, discarded those of each record that was given up.
		batches, discarded []string
	}{
		{
			name:    "batches in order",
			mapping: lambda.Mapping{BatchSize: 2},
			records: []string{"ok", "ok", "ok"},
			batches: []string{"1 2", "3"},
		},
		{
			name:    "filtered",
			mapping: lambda.Mapping{Filter: func(r json.RawMessage) bool { return !strings.Contains(string(r), "skip") }},
			records: []string{"ok", "skip", "ok"},
			batches: []string{"1 3"},
		},
		{
			name:    "error repeats the batch",
			mapping: lambda.Mapping{MaximumRetryAttempts: 2},
			records: []string{"ok", "raise"},
			batches: []string{"1 2", "1 2", "1 2"}, discarded: []string{"1-2"},
		},
		{
			name:    "error is bisected",
			mapping: lambda.Mapping{MaximumRetryAttempts: 1, BisectOnError: true},
			records: []string{"ok", "ok", "raise", "ok"},
			batches: []string{"1 2 3 4", "1 2", "3 4", "3", "3", "4"}, discarded: []string{"3-3"},
		},
		{
			name:    "report moves the checkpoint",
			mapping: lambda.Mapping{MaximumRetryAttempts: 1, ReportBatchItemFailures: true},
			records: []string{"ok", "poison", "ok"},
			batches: []string{"1 2 3", "2 3"}, discarded: []string{"2-3"},
		},
		{
			name:    "report is bisected to the poison",
			mapping: lambda.Mapping{MaximumRetryAttempts: 1, ReportBatchItemFailures: true, BisectOnError: true},
			records: []string{"ok", "poison", "ok", "ok"},
			batches: []string{"1 2 3 4", "2 3 4", "2", "2", "3 4"}, discarded: []string{"2-2"},
		},
		{
			name:    "lowest reported record counts",
			mapping: lambda.Mapping{ReportBatchItemFailures: true},
			records: []string{"ok", "poison", "ok", "poison"},
			batches: []string{"1 2 3 4"}, discarded: []string{"2-4"},
		},
		{
			name:    "unknown record fails the batch",
			mapping: lambda.Mapping{ReportBatchItemFailures: true},
			records: []string{"ok", "stranger"},
			batches: []string{"1 2"}, discarded: []string{"1-2"},
		},
		{
			name:    "report is ignored where it was not agreed",
			records: []string{"poison"},
			batches: []string{"1"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			engine, record := start(t, lambda.Options{}, function("f", 5*time.Second))
			test.mapping.Function, test.mapping.OnFailure = "f", record.onDiscard
			feedAll(t, engine, test.mapping, test.records)
			idle(t, engine)
			if diff := cmp.Diff(append([]string{"0"}, test.batches...), record.texts()); diff != "" {
				t.Errorf("batches: %s", diff)
			}
			var discarded []string
			for _, text := range record.records {
				discarded = append(discarded, discardedRange(t, text))
			}
			if diff := cmp.Diff(test.discarded, discarded); diff != "" {
				t.Errorf("given up: %s", diff)
			}
		})
	}
}

// Promise: records that are given up lie in the destination's bucket as AWS puts them there, in full.
func TestStreamRecord(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 15, 0, 0, time.UTC)
	engine, record := start(t, lambda.Options{Now: func() time.Time { return now }}, function("f", 5*time.Second))
	feed, err := engine.Map(lambda.Mapping{
		UUID: "u", Function: "f", StreamARN: "arn:stream", OnFailure: record.onDiscard,
	})
	if err != nil {
		t.Fatal(err)
	}
	feed(json.RawMessage(`{"do":"raise","dynamodb":{"SequenceNumber":"8","ApproximateCreationDateTime":1479499740}}`))
	idle(t, engine)
	want := `{
		"requestContext": {
			"requestId": "` + record.reports[0].RequestID + `",
			"functionArn": "arn:aws:lambda:us-east-1:000000000000:function:f",
			"condition": "RetryAttemptsExhausted",
			"approximateInvokeCount": 1
		},
		"responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
		"version": "1.0",
		"timestamp": "2026-11-23T09:15:00.000Z",
		"DDBStreamBatchInfo": {
			"shardId": "shardId-00000000000000000000-00000000",
			"startSequenceNumber": "8",
			"endSequenceNumber": "8",
			"approximateArrivalOfFirstRecord": "2016-11-18T20:09:00Z",
			"approximateArrivalOfLastRecord": "2016-11-18T20:09:00Z",
			"batchSize": 1,
			"streamArn": "arn:stream"
		},
		"payload": {"Records": [
			{"do": "raise", "dynamodb": {"SequenceNumber": "8", "ApproximateCreationDateTime": 1479499740}}
		]}
	}`
	if diff := cmp.Diff(parse(t, want), parse(t, strings.Join(record.records, "\n"))); diff != "" {
		t.Error(diff)
	}
	key := regexp.MustCompile(
		`^aws/lambda/u/shardId-00000000000000000000-00000000/2026/11/23/2026-11-23T09\.15\.00-[0-9a-f-]{36}$`)
	if !key.MatchString(record.keys[0]) {
		t.Errorf("key %q", record.keys[0])
	}
}

// Promise: a record that has grown too old is given up without a try, and the younger ones behind it go on.
func TestStreamAge(t *testing.T) {
	var minutes atomic.Int64
	clock := func() time.Time { return time.Unix(0, 0).Add(time.Duration(minutes.Load()) * time.Minute) }
	engine, record := start(t, lambda.Options{Now: clock}, function("f", time.Minute))
	feed, err := engine.Map(lambda.Mapping{
		Function: "f", MaximumRetryAttempts: -1, MaximumRecordAge: time.Minute, OnFailure: record.onDiscard,
	})
	if err != nil {
		t.Fatal(err)
	}
	release := hold(t, feed)
	feed(item(1, "ok"))
	minutes.Store(2)
	feed(item(2, "ok"))
	release()
	idle(t, engine)
	if diff := cmp.Diff([]string{"0", "2"}, record.texts()); diff != "" {
		t.Errorf("batches: %s", diff)
	}
	if len(record.records) != 1 || !strings.Contains(record.records[0], "RecordAgeExceeded") {
		t.Errorf("given up: %v", record.records)
	}
}

// feedAll feeds records while the function is busy with record 0, so that they are batched as if they had come at once.
func feedAll(t *testing.T, engine *lambda.Engine, mapping lambda.Mapping, records []string) {
	t.Helper()
	feed, err := engine.Map(mapping)
	if err != nil {
		t.Fatal(err)
	}
	release := hold(t, feed)
	for i, do := range records {
		feed(item(i+1, do))
	}
	release()
}

// hold feeds record 0 and returns when the function is busy with it, which lasts until release is called.
func hold(t *testing.T, feed func(json.RawMessage)) (release func()) {
	t.Helper()
	gate := newGate(t)
	feed(json.RawMessage(fmt.Sprintf(`{"do":"gate","url":%q,"dynamodb":{"SequenceNumber":"0"}}`, gate.url)))
	await(t, "record 0", gate.arrived)
	return func() { close(gate.open) }
}

func item(sequence int, do string) json.RawMessage {
	return json.RawMessage(fmt.Sprintf(`{"do":%q,"dynamodb":{"SequenceNumber":"%d"}}`, do, sequence))
}

// discardedRange reads the sequence numbers from a record of what was given up, and checks that it holds them in full.
func discardedRange(t *testing.T, text string) string {
	t.Helper()
	var record struct {
		DDBStreamBatchInfo struct{ StartSequenceNumber, EndSequenceNumber string }
		Payload            struct {
			Records []struct {
				DynamoDB struct{ SequenceNumber string }
			}
		}
	}
	if err := json.Unmarshal([]byte(text), &record); err != nil {
		t.Fatal(err)
	}
	info, records := record.DDBStreamBatchInfo, record.Payload.Records
	if records[0].DynamoDB.SequenceNumber != info.StartSequenceNumber ||
		records[len(records)-1].DynamoDB.SequenceNumber != info.EndSequenceNumber {
		t.Errorf("payload and batch information differ in %s", text)
	}
	return info.StartSequenceNumber + "-" + info.EndSequenceNumber
}
