package main

import (
	"github.com/rs/zerolog"

	"github.com/mejan/mejan/functions/ingestor/ingest"
	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/functions/pipeline/telemetry"
)

// ending is what became of one notification.
type ending struct {
	Outcome pipeline.Outcome
	// Marker is the content's; empty if the work did not get to one.
	Marker pipeline.Marker
	// Reason is why a file was ignored, and what its uploader can do. It is empty for every other outcome.
	Reason string
	// Misnamed means that a file was ignored because of its name. A folder is not misnamed.
	Misnamed bool
	// Broken is why nothing of the file could be used, if the file as a whole is to blame.
	Broken *ingest.FileError
}

// logOf is the log of the run.
func (e ending) logOf(log telemetry.Log) telemetry.Log {
	return log.ForRun(e.Marker.CorrelationID, e.Marker.RunID)
}

// explain adds to a log line what became of src.
func (e ending) explain(line *zerolog.Event, src pipeline.Source) *zerolog.Event {
	line.Str("bucket", src.Bucket).Str("key", src.Key).Str("etag", src.ETag)
	if e.Outcome != "" {
		line.Str("outcome", string(e.Outcome)).
			Int64("raw", e.Marker.Rows.Raw).Int64("valid", e.Marker.Rows.Valid).Int64("invalid", e.Marker.Rows.Invalid)
	}
	if e.Reason != "" {
		line.Str("reason", e.Reason)
	}
	if e.Broken != nil {
		line.AnErr("broken", e.Broken)
	}
	return line
}
