package stack

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/mejan/mejan/functions/pipeline"
)

// Alarm is a bound on one metric.
type Alarm struct {
	// Name is that of the page in docs/playbooks, and, behind a dash, what the alarm is about where there are several.
	Name string
	// Meaning says in one sentence what has happened when it fires.
	Meaning           string
	Namespace, Metric string
	Dimension         string
	Of                pulumi.StringInput
	Statistic         string
	Comparison        string
	Threshold         float64
}

// Comparisons and statistics, as CloudWatch spells them.
const (
	above   = "GreaterThanThreshold"
	atLeast = "GreaterThanOrEqualToThreshold"
	sum     = "Sum"
	maximum = "Maximum"
)

// watched is what alarms are about.
type watched struct {
	functions map[pipeline.Function]*Function
	queues    map[string]*DeadLetters
	mapping   pulumi.StringInput
}

// alarms is every alarm of a stage. A metric of the pipeline is watched on the function that publishes it.
func alarms(w watched) []Alarm {
	ours := func(m pipeline.Metric, statistic, comparison string, threshold float64, meaning string) Alarm {
		return Alarm{
			m.Name, meaning, pipeline.MetricNamespace, m.Name, pipeline.MetricDimension, w.functions[m.By].Name,
			statistic, comparison, threshold,
		}
	}
	table := []Alarm{
		ours(pipeline.RejectedPercentage, maximum, above, 10, "More than 10 % of a file's rows were refused."),
		ours(pipeline.FilesIgnored, sum, atLeast, 1, "A file under inputs/ was left alone because of its name."),
		ours(pipeline.BedrockRetryExceeded, sum, atLeast, 1, "The model did not answer within the allowed tries."),
		ours(pipeline.NarrationFallback, sum, atLeast, 1, "A report has generated sentences in place of the model's prose."),
		ours(pipeline.EmailsFailed, sum, atLeast, 1, "SES refused a report."),
		{
			"UndeliveredReports", "The notifier gave a report up; its record lies in the failures bucket.",
			"AWS/Lambda", "OnFailureDestinationDeliveredEventCount", "EventSourceMappingUUID", w.mapping,
			sum, atLeast, 1,
		},
		{
			// Milliseconds. Reports are given up after a day, so that a quarter of an hour leaves time to help.
			"IteratorAge", "New analyses have been waiting for the notifier for more than 15 minutes.",
			"AWS/Lambda", "IteratorAge", "FunctionName", w.functions[pipeline.Notifier].Name,
			maximum, above, 15 * 60 * 1000,
		},
	}
	for _, f := range pipeline.Functions() {
		table = append(table, Alarm{
			"Errors-" + string(f), fmt.Sprintf("The %s failed on an event, or ran out of time or memory.", f),
			"AWS/Lambda", "Errors", "FunctionName", w.functions[f].Name,
			sum, atLeast, 1,
		})
	}
	for _, queue := range slices.Sorted(maps.Keys(w.queues)) {
		table = append(table, Alarm{
			"DeadLetters-" + queue, fmt.Sprintf("Events wait in the dead-letter queue of the %s.", queue),
			"AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", w.queues[queue].Name,
			maximum, atLeast, 1,
		})
	}
	return table
}

// AlarmsArgs says what is watched and who is told.
type AlarmsArgs struct {
	Topic  pulumi.StringInput
	Alarms []Alarm
}

// Alarms is the alarms of a stage.
type Alarms struct{ pulumi.ResourceState }

// alarmPeriod is the time, in seconds, over which a metric is measured against its bound.
const alarmPeriod = 300

// NewAlarms provisions alarms called `<name>-<Alarm.Name>`.
func NewAlarms(ctx *pulumi.Context, name string, args *AlarmsArgs, opts ...pulumi.ResourceOption) (*Alarms, error) {
	a := &Alarms{}
	if err := ctx.RegisterComponentResource("mejan:platform:Alarms", name, a, opts...); err != nil {
		return nil, err
	}
	for _, alarm := range args.Alarms {
		page, _, _ := strings.Cut(alarm.Name, "-")
		full := name + "-" + alarm.Name
		if _, err := cloudwatch.NewMetricAlarm(ctx, full, &cloudwatch.MetricAlarmArgs{
			Name:               pulumi.String(full),
			AlarmDescription:   pulumi.String(fmt.Sprintf("%s See docs/playbooks/%s.md.", alarm.Meaning, page)),
			Namespace:          pulumi.String(alarm.Namespace),
			MetricName:         pulumi.String(alarm.Metric),
			Dimensions:         pulumi.StringMap{alarm.Dimension: alarm.Of},
			Statistic:          pulumi.String(alarm.Statistic),
			ComparisonOperator: pulumi.String(alarm.Comparison),
			Threshold:          pulumi.Float64(alarm.Threshold),
			Period:             pulumi.Int(alarmPeriod),
			EvaluationPeriods:  pulumi.Int(1),
			// Every metric here is silent while nothing happens.
			TreatMissingData: pulumi.String("notBreaching"),
			AlarmActions:     pulumi.Array{args.Topic},
		}, pulumi.Parent(a)); err != nil {
			return nil, err
		}
	}
	return a, ctx.RegisterResourceOutputs(a, pulumi.Map{})
}
