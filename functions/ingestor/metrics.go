package main

import (
	"maps"
	"slices"

	"github.com/rs/zerolog"

	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/functions/pipeline/telemetry"
)

// publishSplit publishes what the split of a file found.
func publishSplit(log telemetry.Log, s split) {
	percentage := s.Rows.RejectedPercentage()
	if s.broken != nil {
		percentage = 100
	}
	values := []telemetry.Value{
		telemetry.Of(pipeline.RejectedPercentage, percentage),
		telemetry.Of(pipeline.RecordsValid, s.Rows.Valid),
		telemetry.Of(pipeline.RecordsRejected, s.Rows.Invalid),
	}
	if s.outcome() == pipeline.Ingested {
		values = append(values, telemetry.Of(pipeline.FilesIngested, 1), telemetry.Of(pipeline.BytesIngested, s.Bytes))
	} else {
		values = append(values, telemetry.Of(pipeline.FilesRejected, 1))
	}
	// Codes are properties of the line: as dimensions, each of them would be a metric of its own.
	log.Logger = log.With().Dict("reasons", byCode(s.Reasons)).Dict("warnings", byCode(s.Warnings)).Logger()
	log.Publish(values...)
}

// byCode lists counts in the order of their codes.
func byCode(counts map[string]int64) *zerolog.Event {
	dict := zerolog.Dict()
	for _, code := range slices.Sorted(maps.Keys(counts)) {
		dict.Int64(code, counts[code])
	}
	return dict
}
