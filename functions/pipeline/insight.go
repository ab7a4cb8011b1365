package pipeline

import "cmp"

// Insight is what was computed of one [Series]. A figure that its series is too
// short for is nil, and Absent says why under the figure's JSON name. How each is computed is in docs/figures.md.
type Insight struct {
	Symbol string `json:"symbol"`
	// MICCode, Exchange and Type are what the provider says of the market and of the kind of instrument.
	MICCode  string `json:"mic_code,omitempty"`
	Exchange string `json:"exchange,omitempty"`
	Interval string `json:"interval"`
	Currency string `json:"currency,omitempty"`
	Type     string `json:"type,omitempty"`
	// Session is the datetime of the last bar, Previous that of the bar before it, Bars the number of bars.
	Session  string `json:"session"`
	Previous string `json:"previous,omitempty"`
	Bars     int    `json:"bars"`
	// Since is the first bar that figures rest on, where that is not the first of the series: a [DataProblem] ends what
	// can be compared.
	Since string `json:"since,omitempty"`
	// Close is the last close, in Currency.
	Close Decimal `json:"close"`
	// Change1, Change5, Change20 and ChangeAll are the change of the close over that many bars, and since the first, in
	// percent of the earlier close. Over 5 and 20 bars it is what is called ROC(5) and ROC(20).
	Change1   *float64 `json:"change_1,omitempty"`
	Change5   *float64 `json:"change_5,omitempty"`
	Change20  *float64 `json:"change_20,omitempty"`
	ChangeAll *float64 `json:"change_all,omitempty"`
	// Range is where the close stands between the lowest low and the highest high of 52 weeks.
	Range *Range `json:"range,omitempty"`
	Trend *Trend `json:"trend,omitempty"`
	// SMA20 and SMA50 are the means of the last 20 and 50 closes, in Currency; SMAGap is by how many percent SMA20 is
	// above SMA50, negative where it is below.
	SMA20  *float64 `json:"sma_20,omitempty"`
	SMA50  *float64 `json:"sma_50,omitempty"`
	SMAGap *float64 `json:"sma_gap,omitempty"`
	// Momentum is the rate of change of the close over 10 bars, in percent.
	Momentum *float64 `json:"momentum,omitempty"`
	// RSI14 is Wilder's relative strength index over 14 changes, 0 to 100.
	RSI14 *float64 `json:"rsi_14,omitempty"`
	MACD  *MACD    `json:"macd,omitempty"`
	// Volatility is the sample standard deviation of the last 20 bar-to-bar changes, in percent per bar;
	// VolatilityAnnual is the same by the year, times the square root of PeriodsPerYear.
	Volatility       *float64 `json:"volatility,omitempty"`
	VolatilityAnnual *float64 `json:"volatility_annual,omitempty"`
	// Parkinson is the volatility that highs and lows of 20 bars tell, in percent by the year.
	Parkinson *float64 `json:"parkinson,omitempty"`
	// PeriodsPerYear is how many bars a year is taken to have; 0 for an interval of unknown length.
	PeriodsPerYear float64 `json:"periods_per_year,omitempty"`
	// ATR14 is Wilder's average true range over 14 bars, in Currency.
	ATR14    *float64  `json:"atr_14,omitempty"`
	Drawdown *Drawdown `json:"drawdown,omitempty"`
	// RelativeVolume is the last volume over the mean of the up to 20 volumes before it.
	RelativeVolume *float64 `json:"relative_volume,omitempty"`
	// Bollinger is where the close stands between the Bollinger bands (20, 2): 0 on the lower, 1 on the upper, beyond
	// that outside of them.
	Bollinger *float64 `json:"bollinger,omitempty"`
	// Levels says in a word how high a figure is that is not at its usual level, under the figure's JSON name.
	Levels map[string]FigureLevel `json:"levels,omitempty"`
	Absent map[string]string      `json:"absent,omitempty"`
}

// Series is the series that the insight is about.
func (in Insight) Series() Series {
	return Series{
		Symbol: in.Symbol, Exchange: cmp.Or(in.MICCode, in.Exchange), Interval: in.Interval, Currency: in.Currency,
	}
}

// Range is the extremes of up to 52 weeks, the last bar included, in the series' currency.
type Range struct {
	High float64 `json:"high"`
	Low  float64 `json:"low"`
	// Position is 0 for a close at Low, 100 for one at High.
	Position float64 `json:"position"`
	// From is the first bar of the range. It is later than 52 weeks ago where the series is shorter.
	From string `json:"from"`
}

// Direction is which way something went.
type Direction string

// Directions.
const (
	Up   Direction = "up"
	Down Direction = "down"
	Flat Direction = "flat"
)

// Strength is how closely closes follow their trend, by R².
type Strength string

// Strengths: [Strong] from 0.7, [Moderate] from 0.4, [Weak] below.
const (
	Strong   Strength = "strong"
	Moderate Strength = "moderate"
	Weak     Strength = "weak"
)

// Trend is the least-squares line through the natural logarithm of the last 20 closes.
type Trend struct {
	Direction Direction `json:"direction"`
	Strength  Strength  `json:"strength"`
	// Slope is in percent per bar.
	Slope float64 `json:"slope"`
	// R2 is the share of variance that the line explains, 0 to 1.
	R2 float64 `json:"r2"`
}

// MACD is the moving average convergence/divergence (12, 26, 9), in the series' currency.
type MACD struct {
	Line   float64 `json:"line"`
	Signal float64 `json:"signal"`
	// Histogram is Line less Signal.
	Histogram float64 `json:"histogram"`
}

// Drawdown is how far closes fell below the highest close before them, in percent of it, 0 or negative.
type Drawdown struct {
	// Current is that of the last close, Maximum the deepest of the series.
	Current float64 `json:"current"`
	Maximum float64 `json:"maximum"`
	// High is the bar with the highest close. Peak and Trough are the bars between which Maximum lies.
	High   string `json:"high"`
	Peak   string `json:"peak"`
	Trough string `json:"trough"`
}

// AnomalyKind says which rule a bar broke.
type AnomalyKind string

// Kinds of [Anomaly].
const (
	// VolumeSpike is a volume above 1.5 times the mean of those before it.
	VolumeSpike AnomalyKind = "volume_spike"
	// LargeMove is a change of the close by more than 5 %.
	LargeMove AnomalyKind = "large_move"
	// UnusualMove is a change of the close that is far from the symbol's own usual ones: a modified z-score beyond 3.5.
	UnusualMove AnomalyKind = "unusual_move"
	// Gap is an open beyond the range of the bar before, by more than 2 % of its close.
	Gap AnomalyKind = "gap"
	// RecordHigh and RecordLow are a close beyond every close of the 52 weeks before.
	RecordHigh AnomalyKind = "record_high"
	RecordLow  AnomalyKind = "record_low"
	// VolatilityShift is the bar at which the volatility of 10 changes became more than twice, or less than half, that of
	// the 60 before them.
	VolatilityShift AnomalyKind = "volatility_shift"
)

// Anomaly is a bar that a reader should look at.
type Anomaly struct {
	Symbol string `json:"symbol"`
	// Exchange is that of the [Series].
	Exchange string      `json:"exchange,omitempty"`
	Interval string      `json:"interval"`
	Currency string      `json:"currency,omitempty"`
	Kind     AnomalyKind `json:"kind"`
	// Session is the datetime of the bar.
	Session string `json:"session"`
	// Value is what was seen: percent for a move, a gap and a record (by how much it went beyond), a multiple for volume
	// and volatility, a z-score for an unusual move. Threshold, of the same unit, is what it passed; for a record the
	// usual change of one bar.
	Value     float64 `json:"value"`
	Threshold float64 `json:"threshold"`
	// Surprise is |Value| / Threshold, or Threshold / Value where it fell below; anomalies are ranked by it.
	Surprise float64 `json:"surprise"`
}

// Series is the series of the bar.
func (a Anomaly) Series() Series { return Series{a.Symbol, a.Exchange, a.Interval, a.Currency} }

// DataProblem is a bar whose change from the bar before is an artefact of the data.
type DataProblem struct {
	Symbol string `json:"symbol"`
	// Exchange is that of the [Series].
	Exchange string `json:"exchange,omitempty"`
	Interval string `json:"interval"`
	Currency string `json:"currency,omitempty"`
	Session  string `json:"session"`
	// Code is [SplitLikeJump] or [Scale100x].
	Code string `json:"code"`
	// Ratio is the close over the close of the bar before; 0 where there is none.
	Ratio float64 `json:"ratio,omitempty"`
}

// Series is the series of the bar.
func (p DataProblem) Series() Series { return Series{p.Symbol, p.Exchange, p.Interval, p.Currency} }
