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
	// KeyAnomalies are the most surprising findings on this bar: the last one of the series that the aggregates are
	// about; Aggregates.Anomalies counts them all. EarlierAnomalies are those on bars before it, and on series that
	// ended earlier. Both are sorted by surprise, the greatest first.
	KeyAnomalies     []Anomaly `json:"key_anomalies"`
	EarlierAnomalies []Anomaly `json:"earlier_anomalies,omitempty"`
	// DataProblems lists bars whose change from the bar before is an artefact of the data, the latest first. They are in
	// no figure and in no anomaly.
	DataProblems []DataProblem `json:"data_problems,omitempty"`
	RowCounts    RowCounts     `json:"row_counts"`
	Quality      Quality       `json:"quality"`
	// Drawing is what a report draws.
	Drawing *Drawing `json:"drawing,omitempty"`
	// LastReport is what changed since the last report of the same series; absent in a first report.
	LastReport *LastReport `json:"last_report,omitempty"`
	// Interval and AsOf are those of the aggregates: AsOf is the datetime of the last bar of most symbols. Together they
	// are the key of the index by which the last report is found, [ReportsIndex]. An item without an interval is not in
	// it.
	Interval string `json:"interval,omitempty"`
	AsOf     string `json:"as_of"`
	// Fingerprint tells whether two items are about the same series.
	Fingerprint Fingerprint `json:"fingerprint,omitempty"`
	ProcessedAt time.Time   `json:"processed_at"`
	Narration   Narration   `json:"narration"`
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
