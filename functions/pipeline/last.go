package pipeline

// ReportsIndex is the index of the table by which the last report is found. Its keys are interval and as_of; beside the
// keys it holds the fingerprint. The last report before an item is the one with the latest as_of before that of the
// item, among those of the same series; of several with that as_of, the one with the greatest analysis id, which was
// uploaded last. So it does not depend on the order in which files arrive or are replayed.
const ReportsIndex = "reports"

// LastReport is what changed since the last report of the same series.
type LastReport struct {
	AnalysisID string `json:"analysis_id"`
	AsOf       string `json:"as_of"`
	// Sentiment, AdvancingShare and AverageChange are those of the last report.
	Sentiment      Sentiment `json:"sentiment"`
	AdvancingShare *float64  `json:"advancing_share,omitempty"`
	AverageChange  *float64  `json:"average_change,omitempty"`
	// Turned are series whose trend has another direction than it had then, at most [MaxTurned] of those that both items
	// hold; MoreTurned counts the rest.
	Turned     []Turn `json:"turned,omitempty"`
	MoreTurned int    `json:"more_turned,omitempty"`
}

// MaxTurned is how many turns an item lists.
const MaxTurned = 20

// Turn is a [Series] whose trend has turned.
type Turn struct {
	Symbol   string    `json:"symbol"`
	Exchange string    `json:"exchange,omitempty"`
	Interval string    `json:"interval"`
	Currency string    `json:"currency,omitempty"`
	From     Direction `json:"from"`
	To       Direction `json:"to"`
}

// Series is the series that turned.
func (t Turn) Series() Series { return Series{t.Symbol, t.Exchange, t.Interval, t.Currency} }
