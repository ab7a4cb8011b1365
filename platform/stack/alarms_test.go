package stack_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mejan/mejan/functions/pipeline"
)

// An alarm on a metric of the pipeline is about a metric that exists, on the function that publishes it; otherwise it
// would stay silent for ever.
func TestAlarmsMatchMetrics(t *testing.T) {
	s, p := dev(t)
	var watched []string
	for _, alarm := range p.of("cloudwatch/metricAlarm") {
		if alarm.Inputs["namespace"] != pipeline.MetricNamespace {
			continue
		}
		name := alarm.Inputs["metricName"].(string)
		watched = append(watched, name)
		i := slices.IndexFunc(pipeline.Metrics(), func(m pipeline.Metric) bool { return m.Name == name })
		if i < 0 {
			t.Errorf("%s: no function publishes %s", alarm.Name, name)
			continue
		}
		want := map[string]any{pipeline.MetricDimension: s.FunctionName(pipeline.Metrics()[i].By)}
		if diff := cmp.Diff(want, alarm.Inputs["dimensions"]); diff != "" {
			t.Errorf("%s: dimensions (-published +watched):\n%s", alarm.Name, diff)
		}
	}
	want := []string{"BedrockRetryExceeded", "EmailsFailed", "FilesIgnored", "NarrationFallback", "RejectedPercentage"}
	if diff := cmp.Diff(want, watched); diff != "" {
		t.Errorf("metrics that are watched (-want +got):\n%s", diff)
	}
}

// An alarm on what AWS measures is about something that the stage has.
func TestAlarmsMatchResources(t *testing.T) {
	_, p := dev(t)
	have := map[string][]string{"EventSourceMappingUUID": {"11111111-2222-3333-4444-555555555555"}}
	for dimension, kind := range map[string]string{"FunctionName": "lambda/function", "QueueName": "sqs/queue"} {
		for _, r := range p.of(kind) {
			have[dimension] = append(have[dimension], r.Inputs["name"].(string))
		}
	}
	seen := make(map[string][]string)
	for _, alarm := range p.of("cloudwatch/metricAlarm") {
		for dimension, value := range alarm.Inputs["dimensions"].(map[string]any) {
			if dimension == pipeline.MetricDimension {
				continue
			}
			if !slices.Contains(have[dimension], value.(string)) {
				t.Errorf("%s: the stage has no %s %v", alarm.Name, dimension, value)
			}
			metric := alarm.Inputs["metricName"].(string)
			seen[metric] = append(seen[metric], value.(string))
		}
	}
	for metric, dimension := range map[string]string{
		"Errors": "FunctionName", "ApproximateNumberOfMessagesVisible": "QueueName",
	} {
		if diff := cmp.Diff(have[dimension], seen[metric]); diff != "" {
			t.Errorf("%s is not watched on all of them (-have +watched):\n%s", metric, diff)
		}
	}
}

// Whoever gets an alarm finds a page that says what to do, and the page of an alarm that is gone does not stay behind.
func TestPlaybooks(t *testing.T) {
	_, p := dev(t)
	topic := dig(t, p.one(t, "sns/topicSubscription", "").Inputs, "topic")
	reference := regexp.MustCompile(`See docs/playbooks/(\w+\.md)\.$`)
	pages := make(map[string]bool)
	for _, alarm := range p.of("cloudwatch/metricAlarm") {
		if diff := cmp.Diff([]any{topic}, alarm.Inputs["alarmActions"]); diff != "" {
			t.Errorf("%s tells the wrong people (-want +got):\n%s", alarm.Name, diff)
		}
		match := reference.FindStringSubmatch(alarm.Inputs["alarmDescription"].(string))
		if match == nil {
			t.Errorf("%s: description names no page: %v", alarm.Name, alarm.Inputs["alarmDescription"])
			continue
		}
		pages[match[1]] = true
	}
	files, err := filepath.Glob(filepath.Join("..", "..", "docs", "playbooks", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	found := make(map[string]bool)
	for _, file := range files {
		name := filepath.Base(file)
		if name == "README.md" {
			continue
		}
		found[name] = true
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, section := range []string{"# " + strings.TrimSuffix(name, ".md"), "## First look", "## Remedy"} {
			if !strings.Contains(string(text), section) {
				t.Errorf("%s: no section %q", name, section)
			}
		}
	}
	if diff := cmp.Diff(pages, found); diff != "" {
		t.Errorf("pages (-alarms +files):\n%s", diff)
	}
}
