// Package telemetry writes what a function says about itself: log lines and metrics, both as JSON lines on standard
// output, where Lambda's log group picks them up. It calls no API, so it needs no permission and costs no latency.
//
// [pipeline.LogFields] lists every field of a line, and docs/logs.md is made from it.
package telemetry

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/rs/zerolog"

	"github.com/mejan/mejan/functions/pipeline"
)

// setFormat gives zerolog's fields the names and the spelling of the contract. zerolog keeps them in package variables,
// so they are the same for the whole process.
var setFormat = sync.OnceFunc(func() {
	zerolog.TimestampFieldName = pipeline.LogTimestamp
	zerolog.TimestampFunc = func() time.Time { return time.Now().UTC() }
	zerolog.TimeFieldFormat = pipeline.LogTimeFormat
	zerolog.LevelFieldName = pipeline.LogLevel
	zerolog.LevelFieldMarshalFunc = func(l zerolog.Level) string { return strings.ToUpper(l.String()) }
	zerolog.MessageFieldName = pipeline.LogMessage
})

// Logger makes the [Log] of each invocation of one process. Safe for concurrent use.
type Logger struct {
	base zerolog.Logger
	// warm is set by the first invocation.
	warm atomic.Bool
}

// NewLogger makes the logger of a function: JSON lines with the fields that [pipeline.EveryLine] has outside an
// invocation. It fails for a level that is not debug, info, warn or error.
func NewLogger(w io.Writer, f pipeline.Function, stage, level string) (*Logger, error) {
	setFormat()
	var least zerolog.Level
	switch level {
	case "debug":
		least = zerolog.DebugLevel
	case "info":
		least = zerolog.InfoLevel
	case "warn":
		least = zerolog.WarnLevel
	case "error":
		least = zerolog.ErrorLevel
	default:
		return nil, fmt.Errorf("log level %q: not one of debug, info, warn, error", level)
	}
	fields := zerolog.New(w).Level(least).With().
		Timestamp().
		Str(pipeline.LogService, string(f)).
		Str(pipeline.LogStage, stage)
	// aws-lambda-go reads both from the environment. They are empty outside Lambda.
	if name := lambdacontext.FunctionName; name != "" {
		fields = fields.Str(pipeline.LogFunctionName, name)
	}
	if size := lambdacontext.MemoryLimitInMB; size > 0 {
		fields = fields.Int(pipeline.LogMemorySize, size)
	}
	return &Logger{base: fields.Logger()}, nil
}

// Log writes the lines and, by [Log.Publish], the metrics of one invocation or of one run in it.
type Log struct {
	zerolog.Logger
	// smoke marks the log of a smoke test.
	smoke bool
}

// ForInvocation returns the log of the invocation that ctx belongs to. Call it once per invocation: the first call
// is the cold start. Without an invocation in ctx, the lines lack the fields of an invocation.
func (l *Logger) ForInvocation(ctx context.Context) Log {
	invocation, ok := lambdacontext.FromContext(ctx)
	if !ok {
		return Log{Logger: l.base}
	}
	fields := l.base.With().
		Bool(pipeline.LogColdStart, !l.warm.Swap(true)).
		Str(pipeline.LogRequestID, invocation.AwsRequestID)
	if root := traceRoot(ctx); root != "" {
		fields = fields.Str(pipeline.LogTraceID, root)
	}
	return Log{Logger: fields.Logger()}
}

// ForRun adds the names of the run that the lines are about. The log of a smoke test also says that it is one, and
// publishes no metric. Call it once per log: zerolog does not replace fields.
func (l Log) ForRun(correlationID, runID string, smoke bool) Log {
	fields := l.With().Str(pipeline.LogCorrelationID, correlationID).Str(pipeline.LogRunID, runID)
	if smoke {
		fields = fields.Bool(pipeline.LogSmoke, true)
	}
	return Log{Logger: fields.Logger(), smoke: smoke}
}

// traceKey is the key under which aws-lambda-go keeps the header Lambda-Runtime-Trace-Id in the context. It sets
// _X_AMZN_TRACE_ID to the same value, but not in a process that handles several invocations at once.
const traceKey = "x-amzn-trace-id"

// traceRoot is the Root of a trace header such as "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=…;Sampled=0", or "".
func traceRoot(ctx context.Context) string {
	header, _ := ctx.Value(traceKey).(string)
	for part := range strings.SplitSeq(header, ";") {
		if root, ok := strings.CutPrefix(strings.TrimSpace(part), "Root="); ok {
			return root
		}
	}
	return ""
}
