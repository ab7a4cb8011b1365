package pipeline

// Sentiment is the mood of the market by its breadth.
type Sentiment string

// Sentiments. [Bullish] when at least 60 % of the symbols that moved advanced, [Bearish] when at most 40 % did.
const (
	Bullish Sentiment = "bullish"
	Bearish Sentiment = "bearish"
	Neutral Sentiment = "neutral"
)

// Aggregates is the market. Its figures are about one [Group]: the series of one interval whose last bar is of one
// session. Of several groups it is the one with the most series, then the later session, then the interval that comes
// first in the alphabet. What covers the whole file says so.
type Aggregates struct {
	// Interval and Session are those of the group, Series the number of its series.
	Interval  string    `json:"interval"`
	Session   string    `json:"session"`
	Series    int       `json:"series"`
	Sentiment Sentiment `json:"sentiment"`
	// Advancers, Decliners and Unchanged count series by their change over one bar; one without is in none of them.
	Advancers int `json:"advancers"`
	Decliners int `json:"decliners"`
	Unchanged int `json:"unchanged"`
	// AdvancingShare is what Sentiment follows from: advancers in percent of advancers and decliners; nil where nothing
	// moved.
	AdvancingShare *float64 `json:"advancing_share,omitempty"`
	Breadth        Breadth  `json:"breadth"`
	// AverageChange and MedianChange are those of the changes over one bar, in percent; nil where there is none.
	AverageChange *float64 `json:"average_change,omitempty"`
	MedianChange  *float64 `json:"median_change,omitempty"`
	// Dispersion is the population standard deviation of the changes over one bar, in percentage points; nil for fewer
	// than two changes.
	Dispersion *float64 `json:"dispersion,omitempty"`
	// Turbulence is how unusual the last bar of the group was as a whole; nil for fewer than two changes.
	Turbulence *Turbulence `json:"turbulence,omitempty"`
	// Correlation is nil where fewer than two series have enough bars in common; Absent says so.
	Correlation *Correlation `json:"correlation,omitempty"`
	// TopGainers and TopLosers hold up to five symbols that rose, and fell, most; ties are broken by symbol.
	TopGainers []Mover `json:"top_gainers"`
	TopLosers  []Mover `json:"top_losers"`
	// Anomalies counts the findings on the last bar of the group; Item.KeyAnomalies lists the most surprising.
	Anomalies int `json:"anomalies"`
	// SymbolsWithAnomalies counts series of the group with at least one anomaly on their last bar; AnomalyShare is that
	// in percent of Series.
	SymbolsWithAnomalies int     `json:"symbols_with_anomalies"`
	AnomalyShare         float64 `json:"anomaly_share"`
	// Absent says why a figure is missing, under its JSON name.
	Absent map[string]string `json:"absent,omitempty"`

	// From and To are the datetimes of the earliest and the latest bar of the file; Bars counts them all.
	From string `json:"from"`
	To   string `json:"to"`
	Bars int    `json:"bars"`
	// Repeated counts bars that were left out because their series has another of the same datetime.
	Repeated int `json:"repeated,omitempty"`
	// Intervals lists the intervals of the file, sorted.
	Intervals []string `json:"intervals"`
	// DataProblems counts the bars of the file whose change from the bar before is an artefact; Item.DataProblems lists
	// the latest.
	DataProblems int `json:"data_problems,omitempty"`
	// Groups lists the other groups, the largest first, ten at most; MoreGroups counts the rest.
	Groups     []Group `json:"groups,omitempty"`
	MoreGroups int     `json:"more_groups,omitempty"`
}

// Breadth is how widely the market shares its direction.
type Breadth struct {
	// AboveSMA50 is the share of series whose close is above their SMA50, in percent of those that have one.
	AboveSMA50 *float64 `json:"above_sma_50,omitempty"`
	// NewHighs and NewLows count closes beyond every close of the 52 weeks before; see [RecordHigh].
	NewHighs int `json:"new_highs"`
	NewLows  int `json:"new_lows"`
	// UpVolume and DownVolume are the last volumes of advancers and of decliners, summed.
	UpVolume   float64 `json:"up_volume"`
	DownVolume float64 `json:"down_volume"`
	// TRIN is the Arms index: (advancers / decliners) / (UpVolume / DownVolume). Below 1 the volume was on the side of
	// the advancers.
	TRIN *float64 `json:"trin,omitempty"`
}

// TurbulenceMethod says how turbulence was computed.
type TurbulenceMethod string

// Methods of [Turbulence].
const (
	// ByDistance is the Mahalanobis distance of the last changes from the ones before, after Kritzman and Li.
	ByDistance TurbulenceMethod = "mahalanobis"
	// ByDispersion is the dispersion of the last changes: the fallback where there are too few bars for the symbols.
	ByDispersion TurbulenceMethod = "dispersion"
)

// Turbulence is how unusual the changes of one bar were as a whole.
type Turbulence struct {
	Method TurbulenceMethod `json:"method"`
	// Value is, by distance, the squared distance divided by the number of symbols: 1 is usual, larger is more unusual.
	// By dispersion it is in percentage points.
	Value float64 `json:"value"`
	// Series is how many series it is about, Bars how many earlier changes of each it was held against; 0 by dispersion.
	Series int `json:"series"`
	Bars   int `json:"bars"`
	// Reason says why it is not by distance.
	Reason string `json:"reason,omitempty"`
}

// Correlation summarises Pearson's correlations of the changes of all pairs of series.
type Correlation struct {
	// Average is the mean over all pairs.
	Average float64 `json:"average"`
	// Series is how many series it is about, Bars how many changes of each.
	Series int `json:"series"`
	Bars   int `json:"bars"`
	// Highest and Lowest are the pairs at either end; absent for more than 100 series.
	Highest *Pair `json:"highest,omitempty"`
	Lowest  *Pair `json:"lowest,omitempty"`
}

// Pair is two symbols and the correlation of their changes, -1 to 1. A symbol that the group has on several exchanges
// is followed by its exchange, such as `TRP (XTSE)`.
type Pair struct {
	A           string  `json:"a"`
	B           string  `json:"b"`
	Correlation float64 `json:"correlation"`
}

// Mover is a series of the group and its change over one bar, in percent.
type Mover struct {
	Symbol string `json:"symbol"`
	// Exchange and Currency are those of the [Series].
	Exchange string  `json:"exchange,omitempty"`
	Currency string  `json:"currency,omitempty"`
	Change   float64 `json:"change"`
}

// Series is the series of the mover in a group of that interval.
func (m Mover) Series(interval string) Series {
	return Series{m.Symbol, m.Exchange, interval, m.Currency}
}

// Group is the series of one interval whose last bar is of one session, counted like [Aggregates].
type Group struct {
	Interval      string    `json:"interval"`
	Session       string    `json:"session"`
	Series        int       `json:"series"`
	Sentiment     Sentiment `json:"sentiment"`
	Advancers     int       `json:"advancers"`
	Decliners     int       `json:"decliners"`
	Unchanged     int       `json:"unchanged"`
	AverageChange *float64  `json:"average_change,omitempty"`
}
