// Package telemetry writes what a function says about itself: log lines and metrics, both as JSON lines on standard
// output, where Lambda's log group picks them up. It calls no API, so it needs no permission and costs no latency.
package telemetry

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/rs/zerolog"

	"github.com/mejan/mejan/functions/pipeline"
)

// Names of the fields that every tool may search for.
const (
	FieldFunction      = "function"
	FieldStage         = "stage"
	FieldRequestID     = "requestId"
	FieldCorrelationID = "correlation_id"
	FieldRunID         = "run_id"
)

// renameFields gives zerolog's fields the names and the spelling that aws-lambda-go's own handler and the log levels of
// Lambda expect. zerolog keeps both in package variables, which makes them the same for the whole process.
var renameFields = sync.OnceFunc(func() {
	zerolog.TimestampFieldName = "timestamp"
	zerolog.LevelFieldMarshalFunc = func(l zerolog.Level) string { return strings.ToUpper(l.String()) }
})

// NewLogger makes the logger of a function: JSON lines with timestamp, upper-case level, message, function and stage.
// It fails for a level that is not debug, info, warn or error.
func NewLogger(w io.Writer, f pipeline.Function, stage, level string) (zerolog.Logger, error) {
	renameFields()
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
		return zerolog.Nop(), fmt.Errorf("log level %q: not one of debug, info, warn, error", level)
	}
	return zerolog.New(w).Level(least).With().
		Timestamp().
		Str(FieldFunction, string(f)).
		Str(FieldStage, stage).
		Logger(), nil
}

// ForInvocation adds the id of the Lambda request that ctx belongs to, where there is one.
func ForInvocation(ctx context.Context, log zerolog.Logger) zerolog.Logger {
	lc, ok := lambdacontext.FromContext(ctx)
	if !ok {
		return log
	}
	return log.With().Str(FieldRequestID, lc.AwsRequestID).Logger()
}

// ForRun adds what ties a line to the file that it is about. Call it once per logger: zerolog does not replace fields.
func ForRun(log zerolog.Logger, correlationID, runID string) zerolog.Logger {
	return log.With().Str(FieldCorrelationID, correlationID).Str(FieldRunID, runID).Logger()
}
