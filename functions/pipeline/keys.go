package pipeline

import (
	"strings"
	"time"
)

// Prefixes of object keys in the data bucket.
const (
	// InputPrefix holds what uploaders drop.
	InputPrefix = "inputs/"
	// ReplayPrefix holds rows that were refused once and that later rules take, as inputs of their own.
	ReplayPrefix = "inputs/replay/"
	// ProcessedPrefix holds valid rows, by the day of the claim.
	ProcessedPrefix = "processed/"
	// MarkerPrefix holds one [Marker] for each content.
	MarkerPrefix = "processed/hashes/"
	// RejectsPrefix holds refused rows, by the day of the claim.
	RejectsPrefix = "rejects/"
	// AnalysesPrefix holds the insights of analyses that are too large for the table, one [FullInsights] each.
	AnalysesPrefix = "analyses/"
)

// MarkerKey is where the register and marker of a content lies: `processed/hashes/<etag>`.
func MarkerKey(etag string) string { return MarkerPrefix + etag }

// ProcessedKey is where the valid rows of a run lie: `processed/<yyyy>/<mm>/<dd>/<run_id>.jsonl`.
func ProcessedKey(claimed time.Time, runID string) string {
	return dated(ProcessedPrefix, claimed, runID)
}

// RejectsKey is where the refused rows of a run lie: `rejects/<yyyy>/<mm>/<dd>/<run_id>.jsonl`.
func RejectsKey(claimed time.Time, runID string) string { return dated(RejectsPrefix, claimed, runID) }

// ReplayKey is where the rows of a rejects object lie that the rules of a later version take:
// `inputs/replay/<name of the rejects object>-rules<version>.json`.
func ReplayKey(rejectsKey, rules string) string {
	name := rejectsKey[strings.LastIndexByte(rejectsKey, '/')+1:]
	return ReplayPrefix + strings.TrimSuffix(name, rowsSuffix) + "-rules" + rules + ".json"
}

// AnalysisKey is where the full insights of a run lie when the item would grow too large: `analyses/<run_id>.json`.
func AnalysisKey(runID string) string { return AnalysesPrefix + runID + ".json" }

// rowsSuffix ends the name of an object that holds JSON Lines.
const rowsSuffix = ".jsonl"

// IsRows reports whether a name is that of JSON Lines, as the ingestor writes them: it ends in `.jsonl`, in any case.
func IsRows(name string) bool { return strings.HasSuffix(strings.ToLower(name), rowsSuffix) }

func dated(prefix string, day time.Time, runID string) string {
	return prefix + day.UTC().Format("2006/01/02") + "/" + runID + rowsSuffix
}
