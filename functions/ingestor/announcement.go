package main

import (
	"strings"

	"github.com/mejan/mejan/functions/pipeline"
)

// announcement is the event about a file that was ingested.
func announcement(m pipeline.Marker) pipeline.IngestorCompleted {
	key := m.Source.Key
	return pipeline.IngestorCompleted{
		Schema: pipeline.Schema, RunID: m.RunID, CorrelationID: m.CorrelationID,
		Bucket: pipeline.BucketRef{Name: m.Source.Bucket}, Key: m.ProcessedKey, RejectsKey: m.RejectsKey,
		Filename: key[strings.LastIndexByte(key, '/')+1:], Source: m.Source,
		RawCount: m.Rows.Raw, ValidCount: m.Rows.Valid, InvalidCount: m.Rows.Invalid, SymbolCount: m.Symbols,
		Reasons: m.Reasons, Warnings: m.Warnings, Smoke: m.Smoke,
		ProcessedMarker: pipeline.MarkerKey(m.Source.ETag),
	}
}
