package pipelinetest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/functions/pipeline/objects"
)

// outputsStay: the bytes of an output are a pure function of the input, so a repeated write writes the same.
func outputsStay(r objects.Ref, before, after []byte, _ func(string) bool) string {
	output := strings.HasPrefix(r.Key, pipeline.ProcessedPrefix) || strings.HasPrefix(r.Key, pipeline.RejectsPrefix)
	if output && !isMarker(r) && before != nil && !bytes.Equal(before, after) {
		return "an output was overwritten with other bytes"
	}
	return ""
}

// markersGoForward: a marker is first a claim and last a result, and the claim stays as it is.
func markersGoForward(r objects.Ref, before, after []byte, see func(string) bool) string {
	if !isMarker(r) {
		return ""
	}
	var now pipeline.Marker
	if err := json.Unmarshal(after, &now); err != nil {
		return fmt.Sprintf("not a marker: %v", err)
	}
	for _, key := range []string{now.ProcessedKey, now.RejectsKey} {
		if key != "" && !see(key) {
			return fmt.Sprintf("the marker names %q, which is not visible", key)
		}
	}
	if now.State == pipeline.Done && now.ProcessedKey == "" || now.State == pipeline.Rejected && now.RejectsKey == "" {
		return "the marker is over and names no output"
	}
	if before == nil {
		if now.State != pipeline.Started {
			return "the marker was not created in state started"
		}
		return ""
	}
	var was pipeline.Marker
	if err := json.Unmarshal(before, &was); err != nil {
		return fmt.Sprintf("the marker was broken before: %v", err)
	}
	switch {
	case was.RunID != now.RunID, was.CorrelationID != now.CorrelationID, was.Source != now.Source,
		!was.ClaimedAt.Equal(now.ClaimedAt):
		return "the marker's claim was changed"
	case was.Over() && !bytes.Equal(before, after):
		return "the marker was over and has been changed"
	default:
		return ""
	}
}

func isMarker(r objects.Ref) bool { return strings.HasPrefix(r.Key, pipeline.MarkerPrefix) }
