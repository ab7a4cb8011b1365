package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/google/go-cmp/cmp"

	"github.com/mejan/mejan/functions/notifier/deliver"
	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/functions/pipeline/analyses"
	"github.com/mejan/mejan/functions/pipeline/mail"
	"github.com/mejan/mejan/functions/pipeline/pipelinetest"
	"github.com/mejan/mejan/functions/pipeline/telemetry"
)

// world is the notifier over a table and a mailbox in memory. It is invoked as Lambda does it, by the bytes of an
// event.
type world struct {
	t       *testing.T
	table   *pipelinetest.Analyses
	box     *pipelinetest.Mailbox
	out     bytes.Buffer
	handler lambda.Handler
	calls   int
}

func newWorld(t *testing.T, faults *pipelinetest.Faults) *world {
	t.Helper()
	w := &world{t: t, table: pipelinetest.NewAnalyses(t, faults), box: pipelinetest.NewMailbox(t, faults)}
	log, err := telemetry.NewLogger(&w.out, pipeline.Notifier, "dev", "info")
	if err != nil {
		t.Fatal(err)
	}
	h := handler{
		log:     log,
		courier: deliver.Courier{Ledger: w.table, Mailer: w.box},
	}
	w.handler = lambda.NewHandler(h.Handle)
	t.Cleanup(func() { pipelinetest.CheckLog(t, pipeline.Notifier, w.out.String()) })
	return w
}

// insert stores an analysis and gives the stream's record of that.
func (w *world) insert(n int) record {
	w.t.Helper()
	item := pipelinetest.Analysis(fmt.Sprintf("run-%d", n))
	if err := w.table.Create(w.t.Context(), item); err != nil {
		w.t.Fatal(err)
	}
	return record{"INSERT", fmt.Sprint(n), image(w.t, item)}
}

// record is what matters of a record of the stream.
type record struct {
	event, sequence string
	image           map[string]any
}

// invoke gives the records to the function and returns the sequence numbers that it failed.
func (w *world) invoke(records ...record) []string {
	w.t.Helper()
	w.calls++
	ctx, cancel := context.WithTimeout(w.t.Context(), time.Minute)
	defer cancel()
	ctx = lambdacontext.NewContext(ctx, &lambdacontext.LambdaContext{AwsRequestID: fmt.Sprintf("request-%d", w.calls)})
	list := make([]any, len(records))
	for i, r := range records {
		change := map[string]any{"SequenceNumber": r.sequence, "StreamViewType": "NEW_IMAGE"}
		if r.image != nil {
			change["NewImage"] = r.image
		}
		list[i] = map[string]any{"eventName": r.event, "eventSource": "aws:dynamodb", "dynamodb": change}
	}
	payload, err := json.Marshal(map[string]any{"Records": list})
	if err != nil {
		w.t.Fatal(err)
	}
	answer, err := w.handler.Invoke(ctx, payload)
	if err != nil {
		w.t.Fatalf("invoke: %v", err)
	}
	var response struct {
		BatchItemFailures []struct {
			ItemIdentifier string `json:"itemIdentifier"`
		} `json:"batchItemFailures"`
	}
	if err := json.Unmarshal(answer, &response); err != nil {
		w.t.Fatalf("answer %s: %v", answer, err)
	}
	var failed []string
	for _, f := range response.BatchItemFailures {
		failed = append(failed, f.ItemIdentifier)
	}
	return failed
}

// mailed lists the runs whose reports went out, in order.
func (w *world) mailed() (runs []string) {
	for _, m := range w.box.Accepted() {
		runs = append(runs, m.RunID)
	}
	return runs
}

// lines reads what the function wrote.
func (w *world) lines() (lines []map[string]any) {
	w.t.Helper()
	for text := range strings.Lines(w.out.String()) {
		var line map[string]any
		if err := json.Unmarshal([]byte(text), &line); err != nil {
			w.t.Fatalf("line %q: %v", text, err)
		}
		lines = append(lines, line)
	}
	return lines
}

// image writes an item in DynamoDB's JSON, as a stream carries it.
func image(t *testing.T, item pipeline.Item) map[string]any {
	t.Helper()
	text, err := json.Marshal(item)
	if err != nil {
		t.Fatal(err)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var plain map[string]any
	if err := decoder.Decode(&plain); err != nil {
		t.Fatal(err)
	}
	return attributes(plain)
}

func attributes(plain map[string]any) map[string]any {
	typed := make(map[string]any, len(plain))
	for name, value := range plain {
		typed[name] = attribute(value)
	}
	return typed
}

func attribute(plain any) map[string]any {
	switch v := plain.(type) {
	case string:
		return map[string]any{"S": v}
	case json.Number:
		return map[string]any{"N": v.String()}
	case bool:
		return map[string]any{"BOOL": v}
	case map[string]any:
		return map[string]any{"M": attributes(v)}
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = attribute(v[i])
		}
		return map[string]any{"L": list}
	default:
		return map[string]any{"NULL": true}
	}
}

// A new analysis becomes one mail that carries its ids, however often its record comes; and the log and the metrics
// tell that under the same ids.
func TestNewAnalysisIsMailedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		r := w.insert(1)
		for range 3 {
			if failed := w.invoke(r); failed != nil {
				t.Errorf("failed: %v", failed)
			}
		}
		if diff := cmp.Diff([]string{"run-1"}, w.mailed()); diff != "" {
			t.Fatalf("mailed (-want +got):\n%s", diff)
		}
		want := pipelinetest.Analysis("run-1")
		m := w.box.Accepted()[0]
		if m.CorrelationID != want.CorrelationID || !strings.Contains(m.Text, want.CorrelationID) {
			t.Errorf("correlation id %q: not that of the analysis, or not in the text", m.CorrelationID)
		}
		var got []string
		for _, line := range w.lines() {
			if line["correlation_id"] != want.CorrelationID || line["run_id"] != "run-1" || line["service"] != "notifier" {
				t.Errorf("line without its ids: %v", line)
			}
			got = append(got, fmt.Sprint(line["level"], " ", line["message"], " ", line["EmailsSent"], " ",
				line["function_request_id"], " ", line["cold_start"]))
		}
		if diff := cmp.Diff([]string{
			"INFO metrics 1 request-1 true",
			"INFO report sent <nil> request-1 true",
			"INFO report was sent before <nil> request-2 false",
			"INFO report was sent before <nil> request-3 false",
		}, got); diff != "" {
			t.Errorf("lines (-want +got):\n%s", diff)
		}
	})
}

// The notifier's own writes to the item, and its end, mail nothing.
func TestOnlyNewAnalysesAreMailed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		r := w.insert(1)
		failed := w.invoke(record{"MODIFY", "2", r.image}, record{"REMOVE", "3", nil}, record{"INSERT", "4", nil})
		if failed != nil || w.mailed() != nil {
			t.Errorf("failed %v, mailed %v; want nothing", failed, w.mailed())
		}
		if n := len(w.lines()); n != 3 {
			t.Errorf("%d log lines, want one for each record", n)
		}
	})
}

// An item of the version before that waits in the stream during a deployment is mailed as it is.
func TestItemOfVersionBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		r := w.insert(1)
		r.image["schema"] = map[string]any{"N": strconv.Itoa(pipeline.Schema - 1)}
		for _, insight := range r.image["insights"].(map[string]any)["L"].([]any) {
			fields := insight.(map[string]any)["M"].(map[string]any)
			for _, added := range []string{"mic_code", "exchange", "type"} {
				delete(fields, added)
			}
		}
		if failed := w.invoke(r); failed != nil || !slices.Equal(w.mailed(), []string{"run-1"}) {
			t.Errorf("failed %v, mailed %v", failed, w.mailed())
		}
	})
}

// A record that cannot be used fails alone: those before and behind it are mailed, and the mapping learns which it was.
func TestPoisonFailsAlone(t *testing.T) {
	for name, spoil := range map[string]func(map[string]any){
		"no id":        func(image map[string]any) { delete(image, "analysis_id") },
		"newer schema": func(image map[string]any) { image["schema"] = map[string]any{"N": strconv.Itoa(pipeline.Schema + 1)} },
		"no schema":    func(image map[string]any) { delete(image, "schema") },
		"wrong type":   func(image map[string]any) { image["row_counts"] = map[string]any{"S": "many"} },
		"no such type": func(image map[string]any) { image["insights"] = map[string]any{"B": "AAAA"} },
		"not stored":   func(image map[string]any) { image["analysis_id"] = map[string]any{"S": "run-9"} },
		"bad header":   func(image map[string]any) { image["correlation_id"] = map[string]any{"S": "a\r\nBcc: x"} },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, &pipelinetest.Faults{Before: func(c pipelinetest.Call) error {
					if name == "bad header" && c.Op == "Send" && c.Target == "run-2" {
						return mail.ErrRefused // as the real mailer says it
					}
					return nil
				}})
				records := []record{w.insert(1), w.insert(2), w.insert(3)}
				spoil(records[1].image)
				if diff := cmp.Diff([]string{"2"}, w.invoke(records...)); diff != "" {
					t.Errorf("failed (-want +got):\n%s", diff)
				}
				if diff := cmp.Diff([]string{"run-1", "run-3"}, w.mailed()); diff != "" {
					t.Errorf("mailed (-want +got):\n%s", diff)
				}
				var permanent []any
				for _, line := range w.lines() {
					if line["level"] == "ERROR" {
						permanent = append(permanent, line["permanent"])
					}
				}
				if diff := cmp.Diff([]any{name != "newer schema"}, permanent); diff != "" {
					t.Errorf("error lines (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// The report of a smoke test is a message for the test receiver, and neither its sending nor a refusal is a metric. Its
// delivery is as safe as any.
func TestSmoke(t *testing.T) {
	w := newWorld(t, nil)
	item := pipelinetest.Analysis("run-1")
	item.Smoke = true
	if err := w.table.Create(t.Context(), item); err != nil {
		t.Fatal(err)
	}
	smoke, real := record{"INSERT", "1", image(t, item)}, w.insert(2)
	for range 2 {
		if failed := w.invoke(smoke, real); failed != nil {
			t.Errorf("failed: %v", failed)
		}
	}
	got := w.box.Accepted()
	if len(got) != 2 || !got[0].Smoke || got[1].Smoke || !strings.HasPrefix(got[0].Subject, "[Smoke test] ") {
		t.Errorf("accepted %d messages, want one of a smoke test, then one that is none", len(got))
	}
	sent := 0.0
	for _, line := range w.lines() {
		if (line["run_id"] == "run-1") != (line["smoke"] == true) {
			t.Errorf("line: %v", line)
		}
		if n, ok := line["EmailsSent"].(float64); ok {
			sent += n
		}
	}
	if sent != 1 {
		t.Errorf("EmailsSent: %v, want 1, the real report", sent)
	}
}

// A record whose delivery is leased to a dead attempt holds up nobody, and is mailed by a later try of the mapping.
func TestLeasedRecordWaitsBehindTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		records := []record{w.insert(1), w.insert(2), w.insert(3)}
		if _, err := w.table.Claim(t.Context(), "run-1", "dead", time.Now(), 75*time.Second); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"1"}, w.invoke(records...)); diff != "" {
			t.Errorf("failed (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{"run-2", "run-3"}, w.mailed()); diff != "" {
			t.Errorf("mailed at first (-want +got):\n%s", diff)
		}
		if failed := w.invoke(records...); failed != nil {
			t.Errorf("failed again: %v", failed)
		}
		if diff := cmp.Diff([]string{"run-2", "run-3", "run-1"}, w.mailed()); diff != "" {
			t.Errorf("mailed in the end (-want +got):\n%s", diff)
		}
		uncertain := slices.ContainsFunc(w.lines(), func(line map[string]any) bool {
			return line["EmailsUncertain"] == 1.0 && line["run_id"] == "run-1"
		})
		if !uncertain {
			t.Error("no EmailsUncertain for run-1")
		}
	})
}

// Whether a person has to look is decided in one place.
func TestPermanent(t *testing.T) {
	for _, test := range []struct {
		err  error
		want bool
	}{
		{errNotAnalysis, true},
		{analyses.ErrNotFound, true},
		{mail.ErrRefused, true},
		{mail.ErrRefusedForNow, false},
		{deliver.ErrNoTime, false},
		{analyses.LeasedError{}, false},
		{context.DeadlineExceeded, false},
		{errors.New("connection reset"), false},
	} {
		if got := permanent(fmt.Errorf("deliver: %w", test.err)); got != test.want {
			t.Errorf("permanent(%v) = %t", test.err, got)
		}
	}
}
