package pipeline

import "cmp"

// Bar is one valid row: the prices of one symbol over one interval. Field order is the order in `processed/`.
type Bar struct {
	// Schema is [Schema]. Rows of version 1 have none.
	Schema int `json:"schema,omitempty"`
	// Symbol is the ticker, such as AAPL or BRK.B.
	Symbol string `json:"symbol"`
	// MICCode is the ISO 10383 code of the market, such as XNAS, where the provider gives one.
	MICCode string `json:"mic_code,omitempty"`
	// Exchange is the provider's name of the market.
	Exchange string `json:"exchange,omitempty"`
	// Interval is Twelve Data's name of the bar's length: 1min … 4h, 1day, 1week, 1month.
	Interval string `json:"interval"`
	// Currency is an ISO 4217 code.
	Currency string `json:"currency,omitempty"`
	// Type is the provider's word for the kind of instrument, such as Common Stock.
	Type string `json:"type,omitempty"`
	// Datetime is when the bar opened, in the exchange's local time: `2006-01-02`, or `2006-01-02 15:04:05` within a day.
	Datetime string `json:"datetime"`
	// Open, High, Low and Close are prices in Currency, all above zero, Low and High enclosing the other two.
	Open  Decimal `json:"open"`
	High  Decimal `json:"high"`
	Low   Decimal `json:"low"`
	Close Decimal `json:"close"`
	// Volume is the number of shares traded. It is absent where the provider has none.
	Volume Decimal `json:"volume,omitempty"`
	// Timezone is the IANA zone of Datetime, where that has a time of day: a day needs none.
	Timezone string `json:"timezone,omitempty"`
	// Warnings are the codes of the checks that found the bar odd, sorted; it is valid all the same. See docs/checks.md.
	Warnings []string `json:"warnings,omitempty"`
}

// Series is the series that the bar belongs to.
func (b Bar) Series() Series {
	return Series{Symbol: b.Symbol, Exchange: cmp.Or(b.MICCode, b.Exchange), Interval: b.Interval, Currency: b.Currency}
}

// Codes of warnings that say that the change from the bar before is an artefact of the data and no move of the market.
const (
	// SplitLikeJump is a bar whose prices stand to the bar before as after a split that was not applied.
	SplitLikeJump = "SPLIT_LIKE_JUMP"
	// Scale100x is a bar whose prices are a hundred times, or a hundredth of, those of the bar before.
	Scale100x = "SCALE_100X"
)
