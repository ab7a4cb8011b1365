package pipeline

import "time"

// State is how far the work on one content has come.
type State string

// States of a [Marker].
const (
	// Started fixes the names; the work may be under way, or its worker may be gone.
	Started State = "started"
	// Done means that every output is visible and announced.
	Done State = "done"
	// Rejected means that nothing of the file could be used, and that `rejects/` says why.
	Rejected State = "rejected"
)

// Marker is the object at [MarkerKey]: first the register that fixes what could differ between two runs over the same
// bytes, last the marker that says the work is over.
type Marker struct {
	Schema int   `json:"schema"`
	State  State `json:"state"`
	// RunID, CorrelationID, Source, ClaimedAt and Smoke are those of the first claim and never change.
	RunID         string    `json:"run_id"`
	CorrelationID string    `json:"correlation_id"`
	Source        Source    `json:"source"`
	ClaimedAt     time.Time `json:"claimed_at"`
	// Smoke marks a smoke test; see [SmokeMetadata].
	Smoke bool `json:"smoke,omitempty"`
	// SHA256 is of the bytes as stored, in hexadecimal; set once the file has been read to its end, which a file that is
	// too large is not.
	SHA256 string `json:"sha256,omitempty"`
	// Rows counts what was read; set once the work is over.
	Rows    Rows `json:"rows"`
	Symbols int  `json:"symbols"`
	// Reasons counts refused rows, and Warnings findings that refused nothing, by code.
	Reasons  map[string]int64 `json:"reasons,omitempty"`
	Warnings map[string]int64 `json:"warnings,omitempty"`
	// ProcessedKey and RejectsKey name the outputs that exist.
	ProcessedKey string `json:"processed_key,omitempty"`
	RejectsKey   string `json:"rejects_key,omitempty"`
}

// Over reports whether nothing is left to do for this content.
func (m Marker) Over() bool { return m.State == Done || m.State == Rejected }

// Rows counts the rows of a file: Raw = Valid + Invalid.
type Rows struct {
	Raw     int64 `json:"raw"`
	Valid   int64 `json:"valid"`
	Invalid int64 `json:"invalid"`
}

// RejectedPercentage is 100 x Invalid / Raw, and 0 for no rows.
func (r Rows) RejectedPercentage() float64 {
	if r.Raw == 0 {
		return 0
	}
	return 100 * float64(r.Invalid) / float64(r.Raw)
}

// Outcome is how one notification about one object ended, as the ingestor's log line tells it.
type Outcome string

// Outcomes of a file.
const (
	// Ingested means that the rows are visible and announced.
	Ingested Outcome = "ingested"
	// Duplicate means that the content had been handled before.
	Duplicate Outcome = "duplicate"
	// RejectedFile means that nothing of the file could be used.
	RejectedFile Outcome = "rejected"
	// Ignored means that there was nothing to do: not an input, replaced in the meantime, or gone.
	Ignored Outcome = "ignored"
)
