package pipeline

// Drawing is what a report draws. It stands in the item, because the notifier has no rows.
type Drawing struct {
	// Closes are the last closes of the series that a report lists: the movers, those with anomalies or data problems,
	// and those that moved most.
	Closes []Closes `json:"closes,omitempty"`
	// Chart is the bars of the series that stands out most.
	Chart *Chart `json:"chart,omitempty"`
}

// MaxDrawn is how many bars of a series a [Drawing] holds, the latest. None is older than the last [DataProblem] of its
// series, across which closes cannot be compared.
const MaxDrawn = 60

// Closes are the last closes of one [Series], in its currency, in the order of time.
type Closes struct {
	Symbol   string `json:"symbol"`
	Exchange string `json:"exchange,omitempty"`
	Interval string `json:"interval"`
	Currency string `json:"currency,omitempty"`
	// From and To are the datetimes of the first and the last of them.
	From   string    `json:"from"`
	To     string    `json:"to"`
	Closes []float64 `json:"closes"`
}

// Series is the series of the closes.
func (c Closes) Series() Series { return Series{c.Symbol, c.Exchange, c.Interval, c.Currency} }

// Chart is the last bars of one [Series], in the order of time.
type Chart struct {
	Symbol   string     `json:"symbol"`
	Exchange string     `json:"exchange,omitempty"`
	Interval string     `json:"interval"`
	Currency string     `json:"currency,omitempty"`
	Bars     []DrawnBar `json:"bars"`
}

// Series is the series of the bars.
func (c Chart) Series() Series { return Series{c.Symbol, c.Exchange, c.Interval, c.Currency} }

// DrawnBar is one bar of a [Chart], its prices in the currency of the series.
type DrawnBar struct {
	Session string  `json:"session"`
	Open    float64 `json:"open"`
	High    float64 `json:"high"`
	Low     float64 `json:"low"`
	Close   float64 `json:"close"`
	// Volume is a number of shares; absent where the bar has none.
	Volume *float64 `json:"volume,omitempty"`
}
