package telemetry

import (
	"math"
	"time"

	"github.com/rs/zerolog"

	"github.com/mejan/mejan/functions/pipeline"
)

// Value is one data point of a metric.
type Value struct {
	Metric pipeline.Metric
	Amount float64
}

// Of is one data point of a metric, such as Of(pipeline.RecordsValid, 312).
func Of[N int | int64 | float64](m pipeline.Metric, amount N) Value {
	return Value{Metric: m, Amount: float64(amount)}
}

// Meter publishes metrics in CloudWatch's embedded metric format: a log line that CloudWatch reads data points from.
type Meter struct {
	function string
	now      func() time.Time
}

// NewMeter makes the meter of the function whose deployed name (AWS_LAMBDA_FUNCTION_NAME) is function.
func NewMeter(function string, now func() time.Time) Meter {
	return Meter{function: function, now: now}
}

// Publish writes one line with all values. The line carries whatever log carries, as properties that can be searched
// for, and it is written at every log level: the level of log hides log lines, never metrics.
//
// An amount that is not finite is left out, because CloudWatch would drop the whole line; the line then says so in
// `not_finite`. Each metric may occur once.
func (m Meter) Publish(log zerolog.Logger, values ...Value) {
	names := zerolog.Arr()
	var finite []Value
	var odd []string
	for _, v := range values {
		if math.IsNaN(v.Amount) || math.IsInf(v.Amount, 0) {
			odd = append(odd, v.Metric.Name)
			continue
		}
		finite = append(finite, v)
		names.Dict(zerolog.Dict().Str("Name", v.Metric.Name).Str("Unit", string(v.Metric.Unit)))
	}

	directive := zerolog.Dict().
		Str("Namespace", pipeline.MetricNamespace).
		Array("Dimensions", zerolog.Arr().Interface([]string{pipeline.MetricDimension})).
		Array("Metrics", names)

	// Lambda drops lines below the function's log level and takes a line without a level for one at INFO.
	log = log.Level(zerolog.InfoLevel)
	line := log.Info().
		Dict("_aws", zerolog.Dict().
			Int64("Timestamp", m.now().UnixMilli()).
			Array("CloudWatchMetrics", zerolog.Arr().Dict(directive))).
		Str(pipeline.MetricDimension, m.function)
	for _, v := range finite {
		line.Float64(v.Metric.Name, v.Amount)
	}
	if odd != nil {
		line.Strs("not_finite", odd)
	}
	line.Msg("metrics")
}
