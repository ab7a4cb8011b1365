package pipeline

import (
	"cmp"
	"strings"
)

// Series names a series: the bars of one symbol on one exchange, at one interval, in one currency. The same four tell
// series apart in rows, insights, anomalies and the mail.
type Series struct {
	Symbol string `json:"symbol"`
	// Exchange is the market's ISO 10383 code, or the name that the provider gives it if it sends no code.
	Exchange string `json:"exchange"`
	Interval string `json:"interval"`
	Currency string `json:"currency"`
}

// Compare orders series by symbol, exchange, interval, currency.
func (s Series) Compare(other Series) int {
	return cmp.Or(
		cmp.Compare(s.Symbol, other.Symbol), cmp.Compare(s.Exchange, other.Exchange),
		cmp.Compare(s.Interval, other.Interval), cmp.Compare(s.Currency, other.Currency),
	)
}

// Names gives series the shortest names that tell them apart for a reader.
type Names map[string]*venues

// venues are the exchanges and currencies of one symbol.
type venues struct {
	first                    Series
	manyExchanges, manyMoney bool
}

// NewNames makes the names of the series of some insights.
func NewNames(insights []Insight) Names {
	names := make(Names, len(insights))
	for i := range insights {
		s := insights[i].Series()
		v, known := names[s.Symbol]
		if !known {
			names[s.Symbol] = &venues{first: s}
			continue
		}
		v.manyExchanges = v.manyExchanges || s.Exchange != v.first.Exchange
		v.manyMoney = v.manyMoney || s.Currency != v.first.Currency
	}
	return names
}

// Unique reports whether the symbol alone names a series.
func (n Names) Unique(symbol string) bool {
	v, known := n[symbol]
	return !known || !v.manyExchanges && !v.manyMoney
}

// Of is the symbol, followed by what it takes to tell the series from others of that symbol: `TRP (XTSE)`,
// `TRP (XTSE, CAD)`.
func (n Names) Of(s Series) string {
	var more []string
	if v, known := n[s.Symbol]; known {
		if v.manyExchanges && s.Exchange != "" {
			more = append(more, s.Exchange)
		}
		if v.manyMoney && s.Currency != "" {
			more = append(more, s.Currency)
		}
	}
	if more == nil {
		return s.Symbol
	}
	return s.Symbol + " (" + strings.Join(more, ", ") + ")"
}
