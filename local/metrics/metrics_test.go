package metrics_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/mejan/mejan/local/metrics"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// line is what telemetry writes: one metric with one dimension.
func line(name, value string) string {
	return fmt.Sprintf(`{"level":"INFO","_aws":{"Timestamp":%d,"CloudWatchMetrics":[{"Namespace":"mejan-pipeline",`+
		`"Dimensions":[["LambdaFunction"]],"Metrics":[{"Name":%q,"Unit":"Count"}]}]},`+
		`"LambdaFunction":"mejan-dev-ingestor",%q:%s}`,
		noon.UnixMilli(), name, name, value)
}

// Every value of a metric line counts once, whatever the number of dimension sets that it is published under.
func TestSummary(t *testing.T) {
	s := metrics.New("000000000000", "us-east-1")
	s.Line("ingestor", line("RecordsValid", "312"), noon)
	s.Line("ingestor", line("RecordsValid", "[8, 500]"), noon)
	s.Line("ingestor", line("Loss", "-2"), noon)
	s.Line("ingestor", `{"message":"file settled"}`, noon)
	s.Line("ingestor", `{"message":"the text \"_aws\" in a string is not a metric"}`, noon)
	s.Line("ingestor", fmt.Sprintf(`{"_aws":{"Timestamp":%d,"CloudWatchMetrics":[{"Namespace":"mejan-pipeline",`+
		`"Dimensions":[["A"],["A","B"],[]],"Metrics":[{"Name":"Both"}]}]},"A":"a","B":"b","Both":1}`,
		noon.UnixMilli()), noon)
	s.Put("AWS/Lambda", "Errors", map[string]string{"FunctionName": "f"}, 1, noon)
	want := map[string]metrics.Stat{
		"RecordsValid": {Sum: 820, Count: 3, Max: 500}, "Loss": {Sum: -2, Count: 1, Max: -2},
		"Both": {Sum: 1, Count: 1, Max: 1},
	}
	if diff := gocmp.Diff(want, s.Summary()); diff != "" {
		t.Errorf("summary (-want +got):\n%s", diff)
	}
	if bad := s.Invalid(); len(bad) != 0 {
		t.Errorf("invalid lines: %v", bad)
	}
}

// A line that CloudWatch would drop in silence is reported with the reason, and nothing of it counts.
func TestInvalidLines(t *testing.T) {
	good := line("A", "1")
	for _, test := range []struct{ text, want string }{
		{strings.TrimSuffix(good, "}"), "not one JSON object"},
		{strings.Replace(good, `"level":"INFO"`, `"LambdaFunction":"x"`, 1), "duplicate"},
		{strings.Replace(good, `"Timestamp":`, `"Time":`, 1), "no Timestamp"},
		{`{"_aws":{"Timestamp":1}}`, "no CloudWatchMetrics"},
		{strings.Replace(good, `"Timestamp":`, `"Timestamp":1`, 1), "too far from"},
		{strings.Replace(good, `"Timestamp":1`, `"Timestamp":`, 1), "too far from"},
		{strings.Replace(good, "mejan-pipeline", "", 1), "without Namespace"},
		{strings.Replace(good, `"Dimensions":[["LambdaFunction"]]`, `"Dimensions":[]`, 1), "no Dimensions"},
		{strings.Replace(good, `"mejan-dev-ingestor"`, "7", 1), `dimension "LambdaFunction"`},
		{strings.Replace(good, `"Name":"A"`, `"Name":"B"`, 1), `metric "B": the line has no value`},
		{strings.Replace(good, `"Count"`, `"Counts"`, 1), `no such unit "Counts"`},
		{line("A", `"1"`), "not a number"},
		{line("A", `["1"]`), "not a number"},
		{line("A", "["+strings.Repeat("1,", 100)+"1]"), "more than 100 values"},
	} {
		s := metrics.New("000000000000", "us-east-1")
		s.Line("ingestor", test.text, noon)
		bad := s.Invalid()
		if len(bad) != 1 || !strings.Contains(bad[0].Reason, test.want) || bad[0].Text != test.text ||
			bad[0].Function != "ingestor" {
			t.Errorf("line %s\ninvalid: %v, want the reason %q", test.text, bad, test.want)
		}
		if len(s.Summary()) != 0 {
			t.Errorf("line %s\ncounted: %v", test.text, s.Summary())
		}
	}
}

func rejected() metrics.Alarm {
	return metrics.Alarm{
		Name: "mejan-dev-RejectedPercentage", Namespace: "mejan-pipeline", MetricName: "RejectedPercentage",
		Dimensions: map[string]string{"LambdaFunction": "mejan-dev-ingestor"}, Statistic: "Maximum", Period: 5 * time.Minute,
		EvaluationPeriods: 1, Threshold: 10, ComparisonOperator: "GreaterThanThreshold", TreatMissingData: "notBreaching",
	}
}

// An alarm goes off once when its metric crosses the threshold, and again only after it was well in between.
func TestAlarmFires(t *testing.T) {
	s := metrics.New("000000000000", "us-east-1")
	var changes []string
	a := rejected()
	a.Action = func(change []byte) {
		s.Put("other", "metric", nil, 1, noon) // an action may publish
		changes = append(changes, string(change))
	}
	if err := s.PutAlarm(a); err != nil {
		t.Fatal(err)
	}
	for i, value := range []float64{10, 50, 60, 0, 10.01} {
		s.Put("mejan-pipeline", "RejectedPercentage", a.Dimensions, value, noon.Add(time.Duration(i)*5*time.Minute))
	}
	var at []string
	for _, f := range s.Fired() {
		at = append(at, f.At.Format("15:04"))
	}
	if diff := gocmp.Diff([]string{"12:05", "12:20"}, at); diff != "" {
		t.Errorf("fired at (-want +got):\n%s", diff)
	}
	if len(changes) != 2 {
		t.Fatalf("%d changes published, want 2", len(changes))
	}
	var got struct {
		AlarmName, NewStateValue, OldStateValue, NewStateReason string
		Trigger                                                 struct {
			MetricName, Statistic string
			Threshold             float64
		}
	}
	if err := json.Unmarshal([]byte(changes[0]), &got); err != nil {
		t.Fatal(err)
	}
	if got.AlarmName != a.Name || got.NewStateValue != "ALARM" || got.OldStateValue != "OK" ||
		got.Trigger.MetricName != a.MetricName || got.Trigger.Statistic != "MAXIMUM" || got.Trigger.Threshold != 10 ||
		!strings.Contains(got.NewStateReason, "[50] greater than the threshold (10)") {
		t.Errorf("change %+v", got)
	}
	if state := s.Alarms()[0].State; state != "ALARM" {
		t.Errorf("state %s, want ALARM", state)
	}
}

// Statistics are taken of a period, compared by the operator, and silence is read as the alarm says. Each value lies
// in the next period; a dot is a period without data.
func TestAlarmEvaluation(t *testing.T) {
	nan := math.NaN()
	for _, test := range []struct {
		name, statistic, operator, missing string
		periods, needed                    int
		values                             [][]float64
		want                               bool
	}{
		{"sum", "Sum", "GreaterThanOrEqualToThreshold", "", 1, 0, [][]float64{{1, 2}}, true},
		{"average", "Average", "GreaterThanOrEqualToThreshold", "", 1, 0, [][]float64{{1, 4}}, false},
		{"minimum", "Minimum", "LessThanThreshold", "", 1, 0, [][]float64{{9, 2}}, true},
		{"sample count", "SampleCount", "LessThanOrEqualToThreshold", "", 1, 0, [][]float64{{9, 9, 9, 9}}, false},
		{"equal is not greater", "Maximum", "GreaterThanThreshold", "", 1, 0, [][]float64{{3}}, false},
		{"all of two periods", "Sum", "GreaterThanThreshold", "", 2, 0, [][]float64{{4}, {1}}, false},
		{"both of two periods", "Sum", "GreaterThanThreshold", "", 2, 0, [][]float64{{4}, {4}}, true},
		{"one of two periods", "Sum", "GreaterThanThreshold", "", 2, 1, [][]float64{{4}, {1}}, true},
		{"silence, missing", "Sum", "GreaterThanThreshold", "missing", 3, 0, [][]float64{{4}, {nan}, {4}}, true},
		{"silence, not breaching", "Sum", "GreaterThanThreshold", "notBreaching", 3, 0, [][]float64{{4}, {nan}, {4}}, false},
		{"silence, breaching", "Sum", "GreaterThanThreshold", "breaching", 3, 2, [][]float64{{1}, {nan}, {4}}, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := metrics.New("000000000000", "us-east-1")
			a := metrics.Alarm{
				Name: "a", Namespace: "n", MetricName: "m", Statistic: test.statistic, Period: time.Minute, Threshold: 3,
				EvaluationPeriods: test.periods, DatapointsToAlarm: test.needed, ComparisonOperator: test.operator,
				TreatMissingData: test.missing,
			}
			if err := s.PutAlarm(a); err != nil {
				t.Fatal(err)
			}
			for i, values := range test.values {
				for _, value := range values {
					if !math.IsNaN(value) {
						s.Put("n", "m", nil, value, noon.Add(time.Duration(i)*time.Minute))
					}
				}
			}
			if got := s.Alarms()[0]; (got.State == "ALARM") != test.want {
				t.Errorf("state %s (%s), want alarm: %t", got.State, got.Reason, test.want)
			}
		})
	}
}

// An alarm that nobody's metric can reach is found, and the reason shows a wrong dimension.
func TestOrphans(t *testing.T) {
	s := metrics.New("000000000000", "us-east-1")
	right, wrong, never, platform := rejected(), rejected(), rejected(), rejected()
	wrong.Name, wrong.Dimensions = "wrong", map[string]string{"FunctionName": "mejan-dev-ingestor"}
	never.Name, never.MetricName = "never", "BedrockRetryExceeded"
	platform.Name, platform.Namespace = "platform", "AWS/Lambda"
	for _, a := range []metrics.Alarm{right, wrong, never, platform} {
		if err := s.PutAlarm(a); err != nil {
			t.Fatal(err)
		}
	}
	s.Line("ingestor", line("RejectedPercentage", "0"), noon)
	want := []metrics.Orphan{
		{Alarm: "wrong", Published: true, Reason: `RejectedPercentage was published with {LambdaFunction="mejan-dev-ingestor"}, ` +
			`not {FunctionName="mejan-dev-ingestor"}`},
		{Alarm: "never", Reason: "nobody published BedrockRetryExceeded"},
	}
	if diff := gocmp.Diff(want, s.Orphans()); diff != "" {
		t.Errorf("orphans (-want +got):\n%s", diff)
	}
}

// An alarm that could not be evaluated as CloudWatch would is refused when it is made.
func TestPutAlarmRefuses(t *testing.T) {
	for want, spoil := range map[string]metrics.Alarm{
		"required":                 {Name: "nameless"},
		`statistic "p99"`:          {Statistic: "p99"},
		`operator "Greater"`:       {ComparisonOperator: "Greater"},
		"the period 1ms":           {Period: time.Millisecond},
		"2 of 1 periods":           {DatapointsToAlarm: 2},
		`be treated as "breaking"`: {TreatMissingData: "breaking"},
	} {
		a := rejected()
		if spoil.Name != "" {
			a.Name = ""
		}
		a.Statistic = cmp.Or(spoil.Statistic, a.Statistic)
		a.ComparisonOperator = cmp.Or(spoil.ComparisonOperator, a.ComparisonOperator)
		a.Period = cmp.Or(spoil.Period, a.Period)
		a.DatapointsToAlarm = spoil.DatapointsToAlarm
		a.TreatMissingData = spoil.TreatMissingData
		err := metrics.New("000000000000", "us-east-1").PutAlarm(a)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
}
