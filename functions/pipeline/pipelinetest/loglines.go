package pipelinetest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/mejan/mejan/functions/pipeline"
)

// CheckLog fails the test if a line of f is not strict JSON, has a field twice, has a field that
// [pipeline.LogFields] does not list for f, or lacks one that every line has. It reports the first such line.
func CheckLog(t *testing.T, f pipeline.Function, log string) {
	t.Helper()
	for line := range strings.Lines(log) {
		if err := checkLine(f, line); err != nil {
			t.Errorf("log line of the %s: %v: %s", f, err, line)
			return
		}
	}
}

func checkLine(f pipeline.Function, line string) error {
	var fields map[string]any
	if err := json.Unmarshal([]byte(line), &fields); err != nil { // also for a name that occurs twice
		return err
	}
	allowed := []pipeline.LogLines{pipeline.EveryLine, pipeline.RunLines, pipeline.MetricLines, pipeline.LogLines(f)}
	known := map[string]bool{}
	for _, metric := range pipeline.Metrics() {
		known[metric.Name] = metric.By == f
	}
	for _, field := range pipeline.LogFields() {
		if slices.Contains(allowed, field.Lines) {
			known[field.Name] = true
		}
		if _, has := fields[field.Name]; !has && field.Lines == pipeline.EveryLine && field.When == "" {
			return fmt.Errorf("no %s", field.Name)
		}
	}
	for name := range fields {
		if !known[name] {
			return fmt.Errorf("field %q is not in pipeline.LogFields: add it there", name)
		}
	}
	stamp, _ := fields[pipeline.LogTimestamp].(string)
	_, err := time.Parse(pipeline.LogTimeFormat, stamp)
	return err
}
