package pipeline

import "time"

// Item is one analysis as the table stores it, under its JSON names, numbers as numbers. It is written once, whole, by
// the analyzer; only Delivery changes afterwards. The item is the outbox: what it says is what is mailed.
type Item struct {
	// AnalysisID is the hash key and equals the run id.
	AnalysisID    string `json:"analysis_id"`
	CorrelationID string `json:"correlation_id"`
	Schema        int    `json:"schema"`
	// Smoke marks a smoke test; see [SmokeMetadata]. It is no report of the market: "the last report" is another one.
	Smoke bool `json:"smoke,omitempty"`
	// Source is the input object that everything here was computed from.
	Source Source `json:"source"`
	// ProcessedKey and RejectsKey are the objects with its rows; RejectsKey is empty where none was refused.
	ProcessedKey string `json:"processed_key"`
	RejectsKey   string `json:"rejects_key,omitempty"`
	// Rules is the version of the definitions that the figures follow; see docs/figures.md.
	Rules string `json:"rules"`
	// SymbolsAnalyzed counts the symbols of the file; one that occurs at two intervals counts once.
	SymbolsAnalyzed int `json:"symbols_analyzed"`
	// Insights has one entry for each symbol and interval, sorted by symbol, then interval. Where they would not fit
	// into the table it holds the notable ones, and FullInsights names the object that holds all.
	Insights     []Insight       `json:"insights"`
	FullInsights *InsightsObject `json:"full_insights,omitempty"`
	Aggregates   Aggregates      `json:"aggregates"`
	// ExecutiveSummary is prose, paragraphs separated by an empty line.
	ExecutiveSummary string `json:"executive_summary"`
	// KeyAnomalies is sorted by surprise, the greatest first.
	KeyAnomalies []Anomaly `json:"key_anomalies"`
	// DataProblems lists bars whose change from the bar before is an artefact of the data, the latest first. They are in
	// no figure and in no anomaly.
	DataProblems []DataProblem `json:"data_problems,omitempty"`
	RowCounts    RowCounts     `json:"row_counts"`
	Quality      Quality       `json:"quality"`
	// AsOf is the session that the market's figures are about: the datetime of the last bar of most symbols.
	AsOf        string    `json:"as_of"`
	ProcessedAt time.Time `json:"processed_at"`
	Narration   Narration `json:"narration"`
	// Delivery is absent until the notifier claims it.
	Delivery *Delivery `json:"delivery,omitempty"`
}

// RowCounts says what became of the rows of the source: Raw = Processed + Rejected.
type RowCounts struct {
	Raw       int64 `json:"raw"`
	Processed int64 `json:"processed"`
	Rejected  int64 `json:"rejected"`
}

// Quality is what the checks of the ingestor found, by code; see docs/checks.md.
type Quality struct {
	// Reasons counts refused rows. A row counts once for each code that it was refused for.
	Reasons map[string]int64 `json:"reasons,omitempty"`
	// Warnings counts findings that refused nothing.
	Warnings map[string]int64 `json:"warnings,omitempty"`
}

// InsightsObject names the object that holds the insights of every symbol, where an item cannot.
type InsightsObject struct {
	// Key is the object's, in the bucket of the source; see [AnalysisKey].
	Key string `json:"key"`
	// SHA256 is of its bytes, in hexadecimal; Size is their number.
	SHA256 string `json:"sha256"`
	Size   int    `json:"size"`
	// Insights counts the entries in it.
	Insights int `json:"insights"`
}

// FullInsights is the content of an object under [AnalysesPrefix]. Its bytes depend on nothing but the rows and the
// rules, so that writing it again changes nothing.
type FullInsights struct {
	AnalysisID string    `json:"analysis_id"`
	Schema     int       `json:"schema"`
	Rules      string    `json:"rules"`
	Insights   []Insight `json:"insights"`
}

// NarrationSource says who wrote the prose.
type NarrationSource string

// Sources of prose.
const (
	// ByModel is a language model's sentences, with figures filled in by code.
	ByModel NarrationSource = "model"
	// ByTemplate is generated sentences.
	ByTemplate NarrationSource = "template"
)

// Narration says how the prose came to be and what it cost.
type Narration struct {
	Source NarrationSource `json:"source"`
	// Model is the id that was asked, also where its answer was not used.
	Model string `json:"model"`
	// Attempts counts calls to the model, 0 to 5.
	Attempts  int     `json:"attempts"`
	TokensIn  int     `json:"tokens_in"`
	TokensOut int     `json:"tokens_out"`
	CostUSD   float64 `json:"cost_usd"`
	// Fallback says why the model's prose was not used; empty where it was.
	Fallback string `json:"fallback,omitempty"`
}

// DeliveryState is how far the delivery of a report has come.
type DeliveryState string

// States of a [Delivery].
const (
	// DeliveryClaimed means that a notifier is sending, or died trying: see [Delivery.LeaseUntil].
	DeliveryClaimed DeliveryState = "claimed"
	// DeliverySent means that SES accepted the report.
	DeliverySent DeliveryState = "sent"
	// DeliveryFailed means that SES refused it, so that it was certainly not sent.
	DeliveryFailed DeliveryState = "failed"
)

// Delivery is the ledger of the one step that cannot be undone.
type Delivery struct {
	State DeliveryState `json:"state"`
	// ClaimedBy is the request id of the attempt that holds, or last held, the claim.
	ClaimedBy string `json:"claimed_by"`
	// LeaseUntil is when another attempt may take a claim over, in Unix seconds.
	LeaseUntil int64 `json:"lease_until"`
	// Attempts counts claims.
	Attempts int `json:"attempts"`
	// MessageID is what SES called the accepted report.
	MessageID string `json:"message_id,omitempty"`
	// SentAt is when SES accepted it.
	SentAt *time.Time `json:"sent_at,omitempty"`
	// Error is what SES said when it refused.
	Error string `json:"error,omitempty"`
}
