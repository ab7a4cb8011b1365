package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"github.com/mejan/mejan/functions/analyzer/analyze"
	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/functions/pipeline/analyses"
	"github.com/mejan/mejan/functions/pipeline/objects"
	"github.com/mejan/mejan/functions/pipeline/pipelinetest"
)

// An announced file becomes one analysis that says where it comes from, what it holds, who wrote it and what it cost.
func TestHandle(t *testing.T) {
	w := newWorld(t, nil)
	if err := w.deliver(); err != nil {
		t.Fatal(err)
	}
	item := w.item()
	want := pipeline.Item{
		AnalysisID: w.done.RunID, CorrelationID: w.done.CorrelationID, Schema: pipeline.Schema, Rules: analyze.Rules, Source: w.done.Source,
		ProcessedKey: w.done.Key, RejectsKey: w.done.RejectsKey, SymbolsAnalyzed: 6,
		RowCounts: pipeline.RowCounts{Raw: 313, Processed: 312, Rejected: 1},
		Interval:  "1week", AsOf: "2018-02-05", Fingerprint: pipeline.NewFingerprint(item.Insights), ProcessedAt: w.now(),
		Narration: pipeline.Narration{
			Source: pipeline.ByModel, Model: w.model.ID(), Attempts: 1,
			TokensIn: pipelinetest.TokensIn, TokensOut: pipelinetest.TokensOut, CostUSD: 0.000102,
		},
	}
	if !strings.Contains(item.ExecutiveSummary, "AMD fell 6.83%") {
		t.Errorf("summary: %s", item.ExecutiveSummary)
	}
	if len(item.Insights) != 6 || len(item.KeyAnomalies) == 0 || item.Aggregates.Sentiment != pipeline.Bearish {
		t.Errorf("figures: got %+v", item)
	}
	if len(item.EarlierAnomalies) == 0 || item.Drawing == nil || len(item.Drawing.Closes) != 6 {
		t.Errorf("earlier anomalies and drawing: got %+v, %+v", item.EarlierAnomalies, item.Drawing)
	}
	if got := joined(item.Narration.Sentences); got != item.ExecutiveSummary {
		t.Errorf("sentences: got %q, want those of %q", got, item.ExecutiveSummary)
	}
	item.ExecutiveSummary, item.Narration.Sentences = "", nil
	item.Insights, item.KeyAnomalies, item.EarlierAnomalies, item.Drawing = nil, nil, nil, nil
	item.Aggregates = pipeline.Aggregates{}
	if diff := cmp.Diff(want, item); diff != "" {
		t.Errorf("item (-want +got):\n%s", diff)
	}
	metrics := map[string]float64{"TokensIn": pipelinetest.TokensIn, "TokensOut": pipelinetest.TokensOut, "RunCostUSD": 0.000102}
	if diff := cmp.Diff(metrics, w.metrics()); diff != "" {
		t.Errorf("metrics (-want +got):\n%s", diff)
	}
}

// joined is the prose that sentences make up.
func joined(paragraphs [][]pipeline.Sentence) string {
	var prose []string
	for _, paragraph := range paragraphs {
		var texts []string
		for _, s := range paragraph {
			texts = append(texts, s.Text)
		}
		prose = append(prose, strings.Join(texts, " "))
	}
	return strings.Join(prose, "\n\n")
}

// The analysis of a smoke test says that it is one, and what it cost is in no metric.
func TestSmoke(t *testing.T) {
	w := newWorld(t, nil)
	w.done.Smoke = true
	if err := w.deliver(); err != nil {
		t.Fatal(err)
	}
	if item := w.item(); !item.Smoke || item.Narration.CostUSD == 0 {
		t.Errorf("item: smoke %t, narration %+v", item.Smoke, item.Narration)
	}
	if got := w.metrics(); len(got) != 0 {
		t.Errorf("metrics: %v, want none", got)
	}
	if out := w.stdout.String(); strings.Count(out, `"smoke":true`) != strings.Count(out, "\n") {
		t.Errorf("lines without the mark: %s", out)
	}
}

// An event that comes again costs one read of the table: no rows, no model, no second item.
func TestRedelivery(t *testing.T) {
	faults := &pipelinetest.Faults{}
	w := newWorld(t, faults)
	if err := w.deliver(); err != nil {
		t.Fatal(err)
	}
	first, calls := w.item(), len(faults.Calls())
	if err := w.deliver(); err != nil {
		t.Fatal(err)
	}
	var again []string
	for _, c := range faults.Calls()[calls:] {
		again = append(again, c.Op)
	}
	if diff := cmp.Diff([]string{"Get"}, again); diff != "" {
		t.Errorf("calls of the second delivery (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(first, w.item()); diff != "" {
		t.Errorf("item (-first +second):\n%s", diff)
	}
}

// The mail goes out whatever the model does, for five calls at most, and each way of failing has its metric.
func TestModelDown(t *testing.T) {
	for answer, want := range map[pipelinetest.Answer]map[string]float64{
		pipelinetest.Busy:      {"NarrationFallback": 1, "BedrockRetryExceeded": 1},
		pipelinetest.Lying:     {"NarrationFallback": 1, "NarrationRejected": 5},
		pipelinetest.Malformed: {"NarrationFallback": 1, "NarrationRejected": 5},
		pipelinetest.Denied:    {"NarrationFallback": 1},
	} {
		t.Run(string(answer), func(t *testing.T) {
			w := newWorld(t, nil, answer)
			if err := w.deliver(); err != nil {
				t.Fatal(err)
			}
			if n := len(w.model.Asked()); n > 5 {
				t.Errorf("calls to the model: %d, want at most 5", n)
			}
			if n := strings.Count(w.stdout.String(), "model's answer not used"); n != len(w.model.Asked()) {
				t.Errorf("lines about answers that were not used: %d, want one for each of %d calls", n, len(w.model.Asked()))
			}
			if got := w.item().Narration; got.Source != pipeline.ByTemplate || got.Fallback == "" {
				t.Errorf("narration: got %+v", got)
			}
			got := w.metrics()
			for _, name := range []string{"TokensIn", "TokensOut", "RunCostUSD"} {
				if _, ok := got[name]; !ok {
					t.Errorf("metric %s: not published", name)
				}
				delete(got, name)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("metrics (-want +got):\n%s", diff)
			}
		})
	}
}

// A table that does not answer stops the work before the model is asked, which would be paid for nothing.
func TestTableDown(t *testing.T) {
	w := newWorld(t, pipelinetest.FailAt(1, false))
	if err := w.deliver(); !errors.Is(err, pipelinetest.ErrInjected) {
		t.Errorf("got error %v, want %v", err, pipelinetest.ErrInjected)
	}
	if n := len(w.model.Asked()); n != 0 {
		t.Errorf("calls to the model: %d, want none", n)
	}
}

// Any call may fail, before or after it took effect, and the process may die with it: delivered again, the end is one
// analysis of all rows, the same as if nothing had happened.
func TestFaults(t *testing.T) {
	counting := &pipelinetest.Faults{}
	calm := newWorld(t, counting)
	if err := calm.deliver(); err != nil {
		t.Fatal(err)
	}
	want := calm.item()
	for k := 1; k <= len(counting.Calls()); k++ {
		for _, after := range []bool{false, true} {
			for name, inject := range map[string]func(int, bool) *pipelinetest.Faults{
				"fail": pipelinetest.FailAt, "crash": pipelinetest.CrashAt,
			} {
				c := counting.Calls()[k-1]
				if c.Op == "Read" && k%20 != 0 {
					continue // some hundred of them, all alike
				}
				t.Run(fmt.Sprintf("%s at %d %s after=%t", name, k, c.Op, after), func(t *testing.T) {
					faults := inject(k, after)
					w := newWorld(t, faults)
					err := w.deliver()
					faults.Revive()
					if err != nil {
						err = w.deliver()
					}
					if err != nil {
						t.Fatalf("delivered again: %v", err)
					}
					got := w.item()
					got.Narration, got.ExecutiveSummary = want.Narration, want.ExecutiveSummary
					if diff := cmp.Diff(want, got); diff != "" {
						t.Errorf("item (-calm +faulty):\n%s", diff)
					}
					if n := len(w.model.Asked()); n > 2 {
						t.Errorf("calls to the model: %d, want at most one for each delivery", n)
					}
				})
			}
		}
	}
}

// An analysis that the table cannot hold has its insights in an object that is there, whole, before the item that names
// it by its hash. Whatever fails or dies in between, the end is the same.
func TestLargeAnalysis(t *testing.T) {
	var rows strings.Builder
	const symbols = 500
	for s := range symbols {
		for day := range 2 {
			fmt.Fprintf(&rows, `{"schema":2,"symbol":"S%03d","interval":"1day","datetime":"2018-02-0%d","open":9,"high":9,"low":9,"close":9}`+"\n",
				s, day+5)
		}
	}
	large := func(t *testing.T, faults *pipelinetest.Faults) *world {
		w := newWorld(t, faults)
		w.done.RawCount, w.done.ValidCount, w.done.InvalidCount, w.done.SymbolCount = 2*symbols, 2*symbols, 0, symbols
		w.bucket.Seed(objects.Ref{Bucket: w.done.Bucket.Name, Key: w.done.Key}, []byte(rows.String()), nil)
		return w
	}
	check := func(t *testing.T, w *world) {
		t.Helper()
		item := w.item()
		key := pipeline.AnalysisKey(w.done.RunID)
		object := w.bucket.Snapshot(w.done.Bucket.Name)[key]
		sum := sha256.Sum256([]byte(object))
		want := &pipeline.InsightsObject{Key: key, SHA256: hex.EncodeToString(sum[:]), Size: len(object), Insights: symbols}
		if diff := cmp.Diff(want, item.FullInsights); diff != "" {
			t.Errorf("object (-stored +named):\n%s", diff)
		}
		if item.SymbolsAnalyzed != symbols || len(item.Insights) >= symbols {
			t.Errorf("item: %d symbols, %d insights", item.SymbolsAnalyzed, len(item.Insights))
		}
	}
	counting := &pipelinetest.Faults{}
	calm := large(t, counting)
	if err := calm.deliver(); err != nil {
		t.Fatal(err)
	}
	check(t, calm)
	var order []string
	for k, c := range counting.Calls() {
		if c.Op != "Put" && c.Op != "Create" {
			continue
		}
		order = append(order, c.Op)
		for name, inject := range map[string]func(int, bool) *pipelinetest.Faults{
			"failed": pipelinetest.FailAt, "died": pipelinetest.CrashAt,
		} {
			for _, after := range []bool{false, true} {
				faults := inject(k+1, after)
				w := large(t, faults)
				err := w.deliver()
				if len(w.table.Items()) > 0 {
					check(t, w)
				}
				if faults.Revive(); err == nil {
					t.Errorf("%s at %s, after %t: no error", name, c.Op, after)
				}
				if err := w.deliver(); err != nil {
					t.Fatalf("delivered again: %v", err)
				}
				check(t, w)
			}
		}
	}
	if diff := cmp.Diff([]string{"Put", "Create"}, order); diff != "" {
		t.Errorf("writes (-want +got):\n%s", diff)
	}
}

// Of two workers on the same file the first to write is believed, and the second is content with that.
func TestRace(t *testing.T) {
	faults := &pipelinetest.Faults{}
	w := newWorld(t, faults)
	other := pipelinetest.Analysis(w.done.RunID)
	raced := false
	faults.Before = func(c pipelinetest.Call) error {
		if c.Op == "Create" && !raced {
			raced = true
			return w.table.Create(t.Context(), other)
		}
		return nil
	}
	if err := w.deliver(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(other, w.item()); diff != "" {
		t.Errorf("item (-first +stored):\n%s", diff)
	}
}

// An event that cannot be used is an error that says so and is known to be permanent; nothing is stored or asked.
func TestUnusable(t *testing.T) {
	for name, c := range map[string]struct {
		source, detailType string         // the usual ones where empty
		set                map[string]any // fields of the detail that differ
		says               string
		permanent          bool
	}{
		"not an object":  {set: map[string]any{"bucket": "mejan"}, says: "decode detail", permanent: true},
		"another event":  {detailType: "Other", says: `"Other"`, permanent: true},
		"another source": {source: "aws.s3", says: `"aws.s3"`, permanent: true},
		"no schema":      {set: map[string]any{"schema": nil}, says: "unknown schema 0", permanent: true},
		"newer schema":   {set: map[string]any{"schema": pipeline.Schema + 1}, says: "newer version", permanent: false},
		"no run":         {set: map[string]any{"run_id": ""}, says: "run_id", permanent: true},
		"no key":         {set: map[string]any{"key": ""}, says: "key", permanent: true},
		"hostile run":    {set: map[string]any{"run_id": "../x"}, says: `run_id "../x"`, permanent: true},
		"no id":          {set: map[string]any{"correlation_id": ""}, says: `correlation_id ""`, permanent: true},
		"long id":        {set: map[string]any{"correlation_id": strings.Repeat("x", 129)}, says: "1 to 128", permanent: true},
		"hostile id":     {set: map[string]any{"correlation_id": "c\r\nBcc: x@example.com"}, says: "send the event again", permanent: true},
		"no rows":        {set: map[string]any{"raw_count": 1, "valid_count": 0}, says: "0 valid", permanent: true},
		"odd counts":     {set: map[string]any{"raw_count": 314}, says: "314 raw", permanent: true},
		"rows gone":      {set: map[string]any{"key": "processed/gone"}, says: "no such object", permanent: true},
		"rows missing": {
			set:  map[string]any{"raw_count": 314, "valid_count": 313},
			says: "312 rows, the event announced 313",
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, nil)
			detail := make(map[string]any)
			text, err := json.Marshal(w.done)
			if err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(text, &detail); err != nil {
				t.Fatal(err)
			}
			maps.Copy(detail, c.set)
			if text, err = json.Marshal(detail); err != nil {
				t.Fatal(err)
			}
			event := events.EventBridgeEvent{
				Source:     first(c.source, pipeline.EventSource),
				DetailType: first(c.detailType, pipeline.EventDetailType),
				Detail:     text,
			}
			err = w.Handle(t.Context(), event)
			if err == nil || !strings.Contains(err.Error(), c.says) || permanent(err) != c.permanent {
				t.Errorf("got %v, want an error with %q, permanent %t", err, c.says, c.permanent)
			}
			if len(w.table.Items()) != 0 || len(w.model.Asked()) != 0 {
				t.Errorf("stored %d items, asked the model %d times", len(w.table.Items()), len(w.model.Asked()))
			}
			logged := fmt.Sprintf(`"permanent":%t`, c.permanent)
			if n := strings.Count(w.stdout.String(), logged); n != 1 {
				t.Errorf("%s: logged %d times, want once:\n%s", logged, n, w.stdout.String())
			}
		})
	}
}

// first is the first of two that is not empty.
func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// What is worth another try and what is not is decided in one place.
func TestPermanent(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		want bool
	}{
		"event":             {fmt.Errorf("x: %w", errEvent), true},
		"row":               {fmt.Errorf("x: %w", analyze.ErrRow), true},
		"rows gone":         {fmt.Errorf("x: %w", objects.ErrNotFound), true},
		"item too large":    {fmt.Errorf("x: %w", analyses.ErrInvalid), true},
		"rows not readable": {fmt.Errorf("x: %w", objects.ErrDenied), false},
		"rows contended":    {fmt.Errorf("x: %w", objects.ErrConflict), false},
		"table throttled":   {fmt.Errorf("x: %w", &smithy.GenericAPIError{Code: "ThrottlingException"}), false},
		"table not there":   {fmt.Errorf("x: %w", &smithy.GenericAPIError{Code: "ResourceNotFoundException"}), false},
		"out of time":       {context.DeadlineExceeded, false},
		"anything else":     {errors.New("x"), false},
		"item exists":       {analyses.ErrExists, false},
		"newer rows":        {fmt.Errorf("%w: %w", analyze.ErrRow, pipeline.ErrNewerSchema), false},
	} {
		if got := permanent(c.err); got != c.want {
			t.Errorf("%s: got %t, want %t", name, got, c.want)
		}
	}
}

// A function that is set up wrongly names every variable that is missing, and does not start.
func TestCompose(t *testing.T) {
	env := map[string]string{pipeline.EnvStage: "test", pipeline.EnvLogLevel: "loud"}
	lookup := func(name string) (string, bool) { v, ok := env[name]; return v, ok }
	_, err := compose(t.Context(), lookup, &bytes.Buffer{})
	if err == nil || !strings.Contains(err.Error(), pipeline.EnvTableName) || !strings.Contains(err.Error(), pipeline.EnvModelID) {
		t.Errorf("two variables missing: got %v", err)
	}
	env[pipeline.EnvTableName], env[pipeline.EnvModelID] = "analyses", "amazon.nova-lite-v1:0"
	env[pipeline.EnvModelPrice] = "0.06"
	if _, err = compose(t.Context(), lookup, &bytes.Buffer{}); err == nil || !strings.Contains(err.Error(), "loud") {
		t.Errorf("unknown log level: got %v", err)
	}
	env[pipeline.EnvLogLevel] = "info"
	_, err = compose(t.Context(), lookup, &bytes.Buffer{})
	if err == nil || !strings.Contains(err.Error(), pipeline.EnvModelPrice) {
		t.Errorf("half a price: got %v", err)
	}
	env[pipeline.EnvModelPrice] = "0.06/0.24"
	if _, err = compose(t.Context(), lookup, &bytes.Buffer{}); err != nil {
		t.Errorf("complete: got %v", err)
	}
}

// An event and rows of the version before are in flight during a deployment, or are replayed later: they give the
// analysis that the same rows give today, stored as this version stores it.
func TestEventOfVersionBefore(t *testing.T) {
	w := newWorld(t, nil)
	rows, err := os.ReadFile("testdata/weekly.v1.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	w.bucket.Seed(objects.Ref{Bucket: w.done.Bucket.Name, Key: w.done.Key}, rows, nil)
	w.done.Schema = pipeline.Schema - 1
	if err := w.deliver(); err != nil {
		t.Fatal(err)
	}
	today := newWorld(t, nil)
	if err := today.deliver(); err != nil {
		t.Fatal(err)
	}
	got, want := w.item(), today.item()
	if got.Schema != pipeline.Schema {
		t.Errorf("stored as schema %d, want %d", got.Schema, pipeline.Schema)
	}
	// What version 1 did not say: the market's code and the kind of instrument.
	for _, item := range []*pipeline.Item{&got, &want} {
		for i := range item.Insights {
			item.Insights[i].MICCode, item.Insights[i].Type = "", ""
		}
		for _, movers := range [][]pipeline.Mover{item.Aggregates.TopGainers, item.Aggregates.TopLosers} {
			for i := range movers {
				movers[i].Exchange = ""
			}
		}
		for _, anomalies := range [][]pipeline.Anomaly{item.KeyAnomalies, item.EarlierAnomalies} {
			for i := range anomalies {
				anomalies[i].Exchange = ""
			}
		}
		item.Fingerprint = "" // of the series, which the market is part of
		item.Drawing.Chart.Exchange = ""
		for i := range item.Drawing.Closes {
			item.Drawing.Closes[i].Exchange = ""
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-rows of today +rows of the version before):\n%s", diff)
	}
}
