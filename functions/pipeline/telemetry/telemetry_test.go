package telemetry_test

import (
	"bytes"
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"
	"github.com/rs/zerolog"

	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/functions/pipeline/telemetry"
)

// A log line has the fields that tools search for, under the names and spellings that Lambda's log levels understand.
func TestLogLine(t *testing.T) {
	var out bytes.Buffer
	log := logger(t, &out, "info")
	ctx := lambdacontext.NewContext(t.Context(), &lambdacontext.LambdaContext{AwsRequestID: "request-1"})
	log = telemetry.ForRun(telemetry.ForInvocation(ctx, log), "correlation-1", "run-1")
	log.Warn().Int("raw", 3).Msg("something")

	got := onlyLine(t, &out)
	stamp, _ := got["timestamp"].(string)
	if _, err := time.Parse(time.RFC3339, stamp); err != nil {
		t.Errorf("timestamp: %v", err)
	}
	delete(got, "timestamp")
	want := map[string]any{
		"level": "WARN", "message": "something", "function": "ingestor", "stage": "dev", "requestId": "request-1",
		"correlation_id": "correlation-1", "run_id": "run-1", "raw": 3.0,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("line (-want +got):\n%s", diff)
	}
}

// LOG_LEVEL hides what is below it, and a level that does not exist stops the function at its start.
func TestLogLevel(t *testing.T) {
	levels := []string{"debug", "info", "warn", "error"}
	for i, level := range levels {
		var out bytes.Buffer
		log := logger(t, &out, level)
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
	var out bytes.Buffer
	log := telemetry.ForRun(logger(t, &out, "error"), "correlation-1", "run-1")
	log = log.With().Dict("reasons", zerolog.Dict().Int64("FIELD_TYPE", 1)).Logger()
	meter().Publish(log,
		telemetry.Of(pipeline.RecordsValid, 312),
		telemetry.Of(pipeline.RejectedPercentage, 12.5),
		telemetry.Of(pipeline.BytesIngested, int64(1)<<40),
	)
	got := onlyLine(t, &out)
	delete(got, "timestamp")
	want := map[string]any{
		"_aws": map[string]any{
			"Timestamp": 1518417000000.0,
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
		"level":         "INFO", "message": "metrics", "function": "ingestor", "stage": "dev",
		"correlation_id": "correlation-1", "run_id": "run-1", "reasons": map[string]any{"FIELD_TYPE": 1.0},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("line (-want +got):\n%s", diff)
	}
}

// An amount that is not a number costs its own metric, not the whole line.
func TestPublishNotFinite(t *testing.T) {
	var out bytes.Buffer
	meter().Publish(logger(t, &out, "info"),
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

func logger(t *testing.T, out *bytes.Buffer, level string) zerolog.Logger {
	t.Helper()
	log, err := telemetry.NewLogger(out, pipeline.Ingestor, "dev", level)
	if err != nil {
		t.Fatal(err)
	}
	return log
}

func meter() telemetry.Meter {
	at := time.Date(2018, 2, 12, 6, 30, 0, 0, time.UTC)
	return telemetry.NewMeter("mejan-dev-ingestor", func() time.Time { return at })
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
