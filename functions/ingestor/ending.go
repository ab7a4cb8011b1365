package main

import (
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-lambda-go/events"
	"github.com/rs/zerolog"

	"github.com/mejan/mejan/functions/ingestor/ingest"
	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/functions/pipeline/telemetry"
)

// ending is what became of one notification.
type ending struct {
	Outcome pipeline.Outcome
	// Marker is the content's, empty where none was reached.
	Marker pipeline.Marker
	// Reason is why a file was ignored, and what its uploader can do. It is empty for every other outcome.
	Reason string
	// Misnamed means that a file was ignored because of its name. A folder is not misnamed.
	Misnamed bool
	// Broken is why nothing of the file could be used, where it is the file as a whole.
	Broken *ingest.FileError
	// Bytes is the size as stored, of a file that was read.
	Bytes int64
}

// explain adds to a log line what it is about.
func (e ending) explain(line *zerolog.Event, src pipeline.Source) *zerolog.Event {
	line.Str("bucket", src.Bucket).Str("key", src.Key).Str("etag", src.ETag).
		Str(pipeline.LogRunID, e.Marker.RunID).Str(pipeline.LogCorrelationID, e.Marker.CorrelationID)
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

// count publishes what happened to a file.
func (h *handler) count(log zerolog.Logger, e ending) {
	if e.Outcome == pipeline.Ignored {
		if e.Misnamed {
			h.meter.Publish(log, telemetry.Of(pipeline.FilesIgnored, 1))
		}
		return
	}
	log = telemetry.ForRun(log, e.Marker.CorrelationID, e.Marker.RunID)
	if e.Outcome == pipeline.Duplicate {
		h.meter.Publish(log, telemetry.Of(pipeline.FilesDuplicate, 1))
		return
	}
	rows := e.Marker.Rows
	values := []telemetry.Value{
		telemetry.Of(pipeline.RejectedPercentage, rows.RejectedPercentage()),
		telemetry.Of(pipeline.RecordsValid, rows.Valid),
		telemetry.Of(pipeline.RecordsRejected, rows.Invalid),
	}
	if e.Broken != nil {
		values[0].Amount = 100
	}
	if e.Outcome == pipeline.Ingested {
		values = append(values, telemetry.Of(pipeline.FilesIngested, 1), telemetry.Of(pipeline.BytesIngested, e.Bytes))
	} else {
		values = append(values, telemetry.Of(pipeline.FilesRejected, 1))
	}
	// By code, and as properties: a dimension for each code would be a metric for each.
	log = log.With().Dict("reasons", counts(e.Marker.Reasons)).Dict("warnings", counts(e.Marker.Warnings)).Logger()
	h.meter.Publish(log, values...)
}

// counts are numbers by code, in the order of the codes.
func counts(of map[string]int64) *zerolog.Event {
	dict := zerolog.Dict()
	for _, code := range slices.Sorted(maps.Keys(of)) {
		dict.Int64(code, of[code])
	}
	return dict
}

// announcement is the event about a file that was ingested.
func announcement(m pipeline.Marker) pipeline.IngestorCompleted {
	key := m.Source.Key
	return pipeline.IngestorCompleted{
		Schema: pipeline.Schema, RunID: m.RunID, CorrelationID: m.CorrelationID,
		Bucket: pipeline.BucketRef{Name: m.Source.Bucket}, Key: m.ProcessedKey, RejectsKey: m.RejectsKey,
		Filename: key[strings.LastIndexByte(key, '/')+1:], Source: m.Source,
		RawCount: m.Rows.Raw, ValidCount: m.Rows.Valid, InvalidCount: m.Rows.Invalid, SymbolCount: m.Symbols,
		Reasons: m.Reasons, Warnings: m.Warnings,
		ProcessedMarker: pipeline.MarkerKey(m.Source.ETag),
	}
}

// source is the object version that a notification is about.
func source(r events.S3EventRecord) pipeline.Source {
	return pipeline.Source{
		Bucket: r.S3.Bucket.Name, Key: r.S3.Object.URLDecodedKey, ETag: strings.Trim(r.S3.Object.ETag, `"`),
		VersionID: r.S3.Object.VersionID, Size: r.S3.Object.Size,
	}
}
