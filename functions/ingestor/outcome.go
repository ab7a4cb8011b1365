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
	// Reason is why the uploader waits for a report in vain, and what helps; empty if the outcome says it all.
	Reason string
	// Misnamed means that a file was ignored because of its name. A folder is not misnamed.
	Misnamed bool
	// OtherMark means that the file is a smoke test and its bytes had a real run before, or the other way round.
	OtherMark bool
	// Broken is why nothing of the file could be used, if the file as a whole is to blame.
	Broken *ingest.FileError
}

// logOf is the log of the run.
func (e ending) logOf(log telemetry.Log) telemetry.Log {
	return log.ForRun(e.Marker.CorrelationID, e.Marker.RunID, e.Marker.Smoke)
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

// duplicate is the ending of a file whose bytes had a run before. What that run was, a smoke test or not, stays.
func duplicate(m pipeline.Marker, smoke bool) ending {
	end := ending{Outcome: pipeline.Duplicate, Marker: m, OtherMark: smoke != m.Smoke}
	switch {
	case end.OtherMark && smoke:
		end.Reason = "a real run had the same bytes: for a smoke test, append a line break and upload the file again"
	case end.OtherMark:
		end.Reason = "a smoke test had the same bytes: for a real run, append a line break and upload the file again"
	}
	return end
}
