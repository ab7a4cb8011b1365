package pipeline

import "time"

// Item is one analysis as the table stores it, under its JSON names, numbers as numbers. It is written once, whole, by
// the analyzer; only Delivery changes afterwards. The item is the outbox: what it says is what is mailed.
type Item struct {
	// AnalysisID is the hash key and equals the run id.
	AnalysisID    string `json:"analysis_id"`
	CorrelationID string `json:"correlation_id"`
	Schema        int    `json:"schema"`
	// Source is the input object that everything here was computed from.
	Source Source `json:"source"`
	// ProcessedKey and RejectsKey are the objects with its rows; RejectsKey is empty where none was refused.
	ProcessedKey string `json:"processed_key"`
	RejectsKey   string `json:"rejects_key,omitempty"`
	// SymbolsAnalyzed counts the symbols in Insights.
	SymbolsAnalyzed int `json:"symbols_analyzed"`
	// Insights has one entry for each symbol and interval, sorted by symbol, then interval.
	Insights   []Insight  `json:"insights"`
	Aggregates Aggregates `json:"aggregates"`
	// ExecutiveSummary is prose, paragraphs separated by an empty line.
	ExecutiveSummary string `json:"executive_summary"`
	// KeyAnomalies is sorted by surprise, the greatest first.
	KeyAnomalies []Anomaly `json:"key_anomalies"`
	RowCounts    RowCounts `json:"row_counts"`
	// AsOf is the datetime of the latest bar.
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

// Insight is what was computed of one symbol. A figure that its series is too short for is nil, and Absent says why
// under the figure's JSON name.
type Insight struct {
	Symbol   string `json:"symbol"`
	Interval string `json:"interval"`
	Currency string `json:"currency,omitempty"`
	// Session is the datetime of the last bar, Bars the number of bars.
	Session string `json:"session"`
	Bars    int    `json:"bars"`
	// Close is the last close, in Currency.
	Close Decimal `json:"close"`
	// Change1, Change5, Change20 and ChangeAll are the change of the close over that many bars, and since the first, in
	// percent of the earlier close.
	Change1   *float64 `json:"change_1,omitempty"`
	Change5   *float64 `json:"change_5,omitempty"`
	Change20  *float64 `json:"change_20,omitempty"`
	ChangeAll *float64 `json:"change_all,omitempty"`
	Trend     *Trend   `json:"trend,omitempty"`
	// Momentum is the rate of change of the close over 10 bars, in percent.
	Momentum *float64 `json:"momentum,omitempty"`
	// Volatility is the sample standard deviation of the last 20 bar-to-bar changes, in percent per bar.
	Volatility *float64 `json:"volatility,omitempty"`
	// RelativeVolume is the last volume over the mean of the up to 20 volumes before it.
	RelativeVolume *float64          `json:"relative_volume,omitempty"`
	Absent         map[string]string `json:"absent,omitempty"`
}

// Direction is which way something went.
type Direction string

// Directions.
const (
	Up   Direction = "up"
	Down Direction = "down"
	Flat Direction = "flat"
)

// Trend is the least-squares line through the natural logarithm of the last 20 closes.
type Trend struct {
	Direction Direction `json:"direction"`
	// Slope is in percent per bar.
	Slope float64 `json:"slope"`
	// R2 is the share of variance that the line explains, 0 to 1.
	R2 float64 `json:"r2"`
}

// AnomalyKind says which rule a bar broke.
type AnomalyKind string

// Kinds of [Anomaly].
const (
	VolumeSpike AnomalyKind = "volume_spike"
	LargeMove   AnomalyKind = "large_move"
)

// Anomaly is a bar that a reader should look at.
type Anomaly struct {
	Symbol   string      `json:"symbol"`
	Interval string      `json:"interval"`
	Kind     AnomalyKind `json:"kind"`
	// Session is the datetime of the bar.
	Session string `json:"session"`
	// Value is what was seen and Threshold what it passed: percent for a move, a multiple of the mean for volume.
	Value     float64 `json:"value"`
	Threshold float64 `json:"threshold"`
	// Surprise is |Value| / Threshold; anomalies are ranked by it.
	Surprise float64 `json:"surprise"`
}

// Sentiment is the mood of the market by its breadth.
type Sentiment string

// Sentiments. [Bullish] when at least 60 % of the symbols that moved advanced, [Bearish] when at most 40 % did.
const (
	Bullish Sentiment = "bullish"
	Bearish Sentiment = "bearish"
	Neutral Sentiment = "neutral"
)

// Aggregates is what was computed over all symbols, from their change over one bar.
type Aggregates struct {
	Sentiment Sentiment `json:"sentiment"`
	Advancers int       `json:"advancers"`
	Decliners int       `json:"decliners"`
	Unchanged int       `json:"unchanged"`
	// AverageChange is the mean of the changes over one bar, in percent; nil where no symbol has two bars.
	AverageChange *float64 `json:"average_change,omitempty"`
	// Turbulence is the cross-sectional dispersion: the population standard deviation of the changes over one bar, in
	// percentage points; nil for fewer than two changes.
	Turbulence *float64 `json:"turbulence,omitempty"`
	// TopGainers and TopLosers hold up to five symbols that rose, and fell, most; ties are broken by symbol.
	TopGainers []Mover `json:"top_gainers"`
	TopLosers  []Mover `json:"top_losers"`
	// SymbolsWithAnomalies counts symbols with at least one anomaly on their last bar.
	SymbolsWithAnomalies int `json:"symbols_with_anomalies"`
	// From and To are the datetimes of the earliest and the latest bar; Bars counts them all.
	From string `json:"from"`
	To   string `json:"to"`
	Bars int    `json:"bars"`
	// Intervals lists the intervals that occur, sorted.
	Intervals []string `json:"intervals"`
}

// Mover is a symbol and its change over one bar, in percent.
type Mover struct {
	Symbol string  `json:"symbol"`
	Change float64 `json:"change"`
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
