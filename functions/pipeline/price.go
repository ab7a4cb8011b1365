package pipeline

import (
	"fmt"
	"strconv"
	"strings"
)

// Price is what a model's tokens cost, in US dollars per million of them.
type Price struct {
	// In is the price of tokens that the model reads, Out of those that it writes.
	In, Out float64
}

// ParsePrice reads a price as [Price.String] spells it, such as `0.30/2.50`. Both parts are decimal numbers above zero.
func ParsePrice(text string) (Price, error) {
	in, out, _ := strings.Cut(text, "/")
	if !isPrice(in) || !isPrice(out) {
		return Price{}, fmt.Errorf("%q is not a price: want dollars per million tokens, in and out, such as 0.30/2.50", text)
	}
	var p Price
	var err error
	if p.In, err = strconv.ParseFloat(in, 64); err == nil {
		p.Out, err = strconv.ParseFloat(out, 64)
	}
	return p, err
}

func isPrice(text string) bool {
	return len(text) <= 12 && Decimal(text).Valid() && Decimal(text).Sign() > 0
}

// String spells a price as [ParsePrice] reads it.
func (p Price) String() string {
	spell := func(dollars float64) string { return strconv.FormatFloat(dollars, 'f', -1, 64) }
	return spell(p.In) + "/" + spell(p.Out)
}

// Cost is what so many tokens cost, in US dollars.
func (p Price) Cost(in, out int) float64 { return (float64(in)*p.In + float64(out)*p.Out) / 1e6 }
