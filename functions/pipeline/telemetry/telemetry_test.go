package telemetry_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"math"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"
	"github.com/rs/zerolog"

	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/functions/pipeline/telemetry"
)

// A log line has the fields that tools search for, under the names and spellings of the contract.
func TestLogLine(t *testing.T) {
	var out bytes.Buffer
	onLambda(t)
	ctx := invocation(t, "request-1", "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0")
	log := logger(t, &out, "info").ForInvocation(ctx).ForRun("correlation-1", "run-1", false)
	log.Warn().Int("raw", 3).Msg("something")

	got := onlyLine(t, &out)
	delete(got, "timestamp")
	want := map[string]any{
		"level": "WARN", "message": "something", "service": "ingestor", "stage": "dev",
		"function_name": "mejan-dev-ingestor", "function_memory_size": 512.0,
		"cold_start": true, "function_request_id": "request-1", "xray_trace_id": "1-5759e988-bd862e3fe1be46a994272793",
		"correlation_id": "correlation-1", "run_id": "run-1", "raw": 3.0,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("line (-want +got):\n%s", diff)
	}
}

// What is known only on Lambda is left out elsewhere, not logged as empty or zero.
func TestLogLineOutsideLambda(t *testing.T) {
	var out bytes.Buffer
	log := logger(t, &out, "info").ForInvocation(t.Context())
	log.Info().Msg("something")
	got := onlyLine(t, &out)
	delete(got, "timestamp")
	want := map[string]any{"level": "INFO", "message": "something", "service": "ingestor", "stage": "dev"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("line (-want +got):\n%s", diff)
	}
}

// A timestamp is in UTC and always has three decimals, so that lines sort by their text.
func TestTimestamp(t *testing.T) {
	zone := time.Local
	t.Cleanup(func() { time.Local = zone })
	time.Local = time.FixedZone("", -5*60*60)
	synctest.Test(t, func(t *testing.T) { // its clock starts at midnight UTC of 2000-01-01
		for _, test := range []struct {
			pause time.Duration
			want  string
		}{
			{0, "2000-01-01T00:00:00.000Z"},
			{120 * time.Millisecond, "2000-01-01T00:00:00.120Z"},
			{3*time.Millisecond + 999*time.Microsecond, "2000-01-01T00:00:00.123Z"},
		} {
			time.Sleep(test.pause)
			var out bytes.Buffer
			log := logger(t, &out, "info").ForInvocation(t.Context())
			log.Info().Msg("")
			if got := onlyLine(t, &out)["timestamp"]; got != test.want {
				t.Errorf("got %v, want %s", got, test.want)
			}
		}
	})
}

// Every line of the first invocation of a process is marked as a cold start, and no line of a later one, in whatever
// order the lines are written.
func TestColdStart(t *testing.T) {
	var out bytes.Buffer
	process := logger(t, &out, "info")
	first := process.ForInvocation(invocation(t, "request-1", ""))
	second := process.ForInvocation(invocation(t, "request-2", ""))
	for _, test := range []struct {
		log     telemetry.Log
		request string
		cold    bool
	}{
		{first, "request-1", true}, {second, "request-2", false}, {first, "request-1", true}, {second, "request-2", false},
	} {
		out.Reset()
		test.log.Info().Msg("")
		got := onlyLine(t, &out)
		if got["cold_start"] != test.cold || got["function_request_id"] != test.request {
			t.Errorf("got cold_start %v of %v, want %t of %s", got["cold_start"], got["function_request_id"], test.cold, test.request)
		}
	}
}

// Among invocations that begin at once, exactly one is the cold start.
func TestColdStartOnce(t *testing.T) {
	process := logger(t, io.Discard, "info")
	var cold atomic.Int32
	var all sync.WaitGroup
	for range 8 {
		ctx := invocation(t, "request", "")
		all.Go(func() {
			var out bytes.Buffer
			log := process.ForInvocation(ctx).Output(&out)
			log.Info().Msg("")
			if strings.Contains(out.String(), `"cold_start":true`) {
				cold.Add(1)
			}
		})
	}
	all.Wait()
	if n := cold.Load(); n != 1 {
		t.Errorf("%d cold starts, want 1", n)
	}
}

// The trace id is the Root of Lambda's header, wherever it stands in it, and absent where the header has none.
func TestTraceID(t *testing.T) {
	for header, want := range map[string]any{
		"Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1;Lineage=1:a1b2c3d4:0": "1-5759e988-bd862e3fe1be46a994272793",
		"Self=1-67891234-12456789abcdef012345678;Root=1-67891233-abcdef012345678912345678":                "1-67891233-abcdef012345678912345678",
		"Root=1-67891233-abcdef012345678912345678":                                                        "1-67891233-abcdef012345678912345678",
		"Parent=53995c3f42cd8ad8;Sampled=0":                                                               nil,
		"":                                                                                                nil,
	} {
		var out bytes.Buffer
		log := logger(t, &out, "info").ForInvocation(invocation(t, "request-1", header))
		log.Info().Msg("")
		if got := onlyLine(t, &out)["xray_trace_id"]; got != want {
			t.Errorf("%q: got %v, want %v", header, got, want)
		}
	}
}

// LOG_LEVEL hides what is below it, and a level that does not exist stops the function at its start.
func TestLogLevel(t *testing.T) {
	levels := []string{"debug", "info", "warn", "error"}
	for i, level := range levels {
		var out bytes.Buffer
		log := logger(t, &out, level).ForInvocation(t.Context())
		log.Debug().Msg("")
		log.Info().Msg("")
		log.Warn().Msg("")
		log.Error().Msg("")
		if got, want := strings.Count(out.String(), "\n"), len(levels)-i; got != want {
			t.Errorf("level %q: got %d lines, want %d", level, got, want)
		}
	}
	for _, level := range []string{"", "INFO", "trace", "loud"} {
		if _, err := telemetry.NewLogger(&bytes.Buffer{}, pipeline.Ingestor, "dev", level); err == nil {
			t.Errorf("level %q: no error", level)
		}
	}
}

// Metrics are in CloudWatch's embedded metric format, carry what the logger carries, and appear at every log level.
func TestPublish(t *testing.T) {
	synctest.Test(t, testPublish) // its clock starts at midnight UTC of 2000-01-01
}

func testPublish(t *testing.T) {
	t.Helper()
	var out bytes.Buffer
	onLambda(t)
	ctx := invocation(t, "request-1", "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0")
	log := logger(t, &out, "error").ForInvocation(ctx).ForRun("correlation-1", "run-1", false)
	log.Logger = log.With().Dict("reasons", zerolog.Dict().Int64("FIELD_TYPE", 1)).Logger()
	log.Publish(
		telemetry.Of(pipeline.RecordsValid, 312),
		telemetry.Of(pipeline.RejectedPercentage, 12.5),
		telemetry.Of(pipeline.BytesIngested, int64(1)<<40),
	)
	got := onlyLine(t, &out)
	delete(got, "timestamp")
	want := map[string]any{
		"_aws": map[string]any{
			"Timestamp": 946684800000.0,
			"CloudWatchMetrics": []any{map[string]any{
				"Namespace":  "mejan-pipeline",
				"Dimensions": []any{[]any{"LambdaFunction"}},
				"Metrics": []any{
					map[string]any{"Name": "RecordsValid", "Unit": "Count"},
					map[string]any{"Name": "RejectedPercentage", "Unit": "Percent"},
					map[string]any{"Name": "BytesIngested", "Unit": "Bytes"},
				},
			}},
		},
		"LambdaFunction": "mejan-dev-ingestor", "RecordsValid": 312.0, "RejectedPercentage": 12.5,
		"BytesIngested": float64(1 << 40),
		"level":         "INFO", "message": "metrics", "service": "ingestor", "stage": "dev",
		"function_name": "mejan-dev-ingestor", "function_memory_size": 512.0,
		"cold_start": true, "function_request_id": "request-1", "xray_trace_id": "1-5759e988-bd862e3fe1be46a994272793",
		"correlation_id": "correlation-1", "run_id": "run-1", "reasons": map[string]any{"FIELD_TYPE": 1.0},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("line (-want +got):\n%s", diff)
	}
}

// The lines of a smoke test say that it is one, and it publishes no metric.
func TestSmoke(t *testing.T) {
	var out bytes.Buffer
	log := logger(t, &out, "info").ForInvocation(t.Context()).ForRun("correlation-1", "run-1", true)
	log.Publish(telemetry.Of(pipeline.EmailsFailed, 1))
	log.Info().Msg("something")
	if got := onlyLine(t, &out); got["smoke"] != true || got["message"] != "something" || got["run_id"] != "run-1" {
		t.Errorf("got %v", got)
	}
}

// An amount that is not a number costs its own metric, not the whole line.
func TestPublishNotFinite(t *testing.T) {
	var out bytes.Buffer
	logger(t, &out, "info").ForInvocation(t.Context()).Publish(
		telemetry.Of(pipeline.RejectedPercentage, math.NaN()), telemetry.Of(pipeline.FilesIngested, 1))
	got := onlyLine(t, &out)
	if _, there := got["RejectedPercentage"]; there {
		t.Errorf("RejectedPercentage: got %v, want none", got["RejectedPercentage"])
	}
	if diff := cmp.Diff([]any{"RejectedPercentage"}, got["not_finite"]); diff != "" {
		t.Errorf("not_finite (-want +got):\n%s", diff)
	}
	if got["FilesIngested"] != 1.0 {
		t.Errorf("FilesIngested: got %v, want 1", got["FilesIngested"])
	}
}

func logger(t *testing.T, out io.Writer, level string) *telemetry.Logger {
	t.Helper()
	log, err := telemetry.NewLogger(out, pipeline.Ingestor, "dev", level)
	if err != nil {
		t.Fatal(err)
	}
	return log
}

// onLambda sets what aws-lambda-go reads from the environment of a function.
func onLambda(t *testing.T) {
	t.Helper()
	name, size := lambdacontext.FunctionName, lambdacontext.MemoryLimitInMB
	t.Cleanup(func() { lambdacontext.FunctionName, lambdacontext.MemoryLimitInMB = name, size })
	lambdacontext.FunctionName, lambdacontext.MemoryLimitInMB = "mejan-dev-ingestor", 512
}

// invocation is the context of a handler as aws-lambda-go makes it.
func invocation(t *testing.T, requestID, trace string) context.Context {
	t.Helper()
	ctx := lambdacontext.NewContext(t.Context(), &lambdacontext.LambdaContext{AwsRequestID: requestID})
	return context.WithValue(ctx, "x-amzn-trace-id", trace) //nolint:revive,staticcheck // aws-lambda-go has this key
}

// onlyLine also refuses a line that has a name twice, which CloudWatch does not take for a metric.
func onlyLine(t *testing.T, out *bytes.Buffer) map[string]any {
	t.Helper()
	if n := strings.Count(out.String(), "\n"); n != 1 {
		t.Fatalf("got %d lines, want 1: %s", n, out)
	}
	if !jsontext.Value(out.Bytes()).IsValid() {
		t.Fatalf("not strict JSON: %s", out)
	}
	var fields map[string]any
	if err := json.Unmarshal(out.Bytes(), &fields); err != nil {
		t.Fatal(err)
	}
	return fields
}
