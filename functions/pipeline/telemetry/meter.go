package telemetry

import (
	"math"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"
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

// Publish writes one line with all values, in CloudWatch's embedded metric format: CloudWatch reads data points from
// it. The line has the fields of the log, as properties that can be searched for. It is written at every log level: the
// level hides log lines, never metrics.
//
// For a smoke test Publish writes nothing. No other place decides that, so no dashboard, alarm or sum of costs sees a
// smoke test.
//
// An amount that is not finite is left out, because CloudWatch would drop the whole line; the line then says so in
// `not_finite`. Each metric may occur once.
func (l Log) Publish(values ...Value) {
	if l.smoke {
		return
	}
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
	log := l.Level(zerolog.InfoLevel)
	line := log.Info().
		Dict("_aws", zerolog.Dict().
			Int64("Timestamp", time.Now().UnixMilli()).
			Array("CloudWatchMetrics", zerolog.Arr().Dict(directive))).
		Str(pipeline.MetricDimension, lambdacontext.FunctionName)
	for _, v := range finite {
		line.Float64(v.Metric.Name, v.Amount)
	}
	if odd != nil {
		line.Strs("not_finite", odd)
	}
	line.Msg("metrics")
}
