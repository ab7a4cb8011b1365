package pipeline

// The announcement that a file has been ingested, on EventBridge.
const (
	EventSource     = "mejan.data-ingestor"
	EventDetailType = "IngestorCompleted"
)

// IngestorCompleted is the event's detail: all that the analyzer needs to find and trust the rows.
type IngestorCompleted struct {
	Schema        int       `json:"schema"`
	RunID         string    `json:"run_id"`
	CorrelationID string    `json:"correlation_id"`
	Bucket        BucketRef `json:"bucket"`
	// Key is the object with the valid rows; RejectsKey that with the refused ones, empty where there are none.
	Key        string `json:"key"`
	RejectsKey string `json:"rejects_key"`
	// Filename is the last part of the source's key.
	Filename     string `json:"filename"`
	Source       Source `json:"source"`
	RawCount     int64  `json:"raw_count"`
	ValidCount   int64  `json:"valid_count"`
	InvalidCount int64  `json:"invalid_count"`
	SymbolCount  int    `json:"symbol_count"`
	// Reasons counts refused rows, and Warnings findings that refused nothing, by code; see docs/checks.md.
	Reasons  map[string]int64 `json:"reasons,omitempty"`
	Warnings map[string]int64 `json:"warnings,omitempty"`
	// Smoke marks a smoke test; see [SmokeMetadata].
	Smoke bool `json:"smoke,omitempty"`
	// ProcessedMarker is the key of the [Marker].
	ProcessedMarker string `json:"processed_marker"`
}

// BucketRef names a bucket.
type BucketRef struct {
	Name string `json:"name"`
}
