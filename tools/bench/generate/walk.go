// Package generate makes market data for benchmarks: the same bytes for the same seed, on any machine.
package generate

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"
)

// Version changes with the bytes that are made, so that files of an earlier one are made anew.
const Version = 3

// lastDay is that of every series.
var lastDay = time.Date(2026, time.October, 30, 0, 0, 0, 0, time.UTC)

// The columns of a row, in the provider's order.
const (
	datetime = iota
	openPrice
	highPrice
	lowPrice
	closePrice
	volume
	columns
)

var names = [columns]string{"datetime", "open", "high", "low", "close", "volume"}

// row has the JSON text of each value; empty where the field is missing.
type row [columns]string

// Prices are counted in units of 0.005, as most of the provider's are multiples of it.
const (
	unit     = 500 // of 0.00001
	minPrice = 5 * 200
	maxPrice = 5000 * 200
)

// walker makes the rows of one symbol from the newest to the oldest: a random walk whose steps stay far from what could
// be taken for a split.
type walker struct {
	random *rand.Rand
	close  int64
}

func newWalker(seed, symbol uint64) *walker {
	random := rand.New(rand.NewPCG(seed, symbol)) //nolint:gosec // the same numbers each time is what it is for
	return &walker{random: random, close: 20*200 + random.Int64N(480*200)}
}

func (w *walker) next(session string) row {
	high, low := w.close, w.close
	begin := w.step(w.close, 20)
	high, low = max(high, begin), min(low, begin)
	high += 1 + w.random.Int64N(high/100)
	low -= 1 + w.random.Int64N(low/100)
	r := row{
		quote(session), price(begin), price(high), price(low), price(w.close),
		quote(strconv.FormatInt(100_000+w.random.Int64N(80_000_000), 10)),
	}
	w.close = min(max(w.step(begin, 5), minPrice), maxPrice) // of the session before
	return r
}

// step moves a price by up to that many thousandths.
func (w *walker) step(from, thousandths int64) int64 {
	most := from * thousandths / 1000
	return from - most + w.random.Int64N(2*most+1)
}

func price(units int64) string {
	value := units * unit
	return fmt.Sprintf(`"%d.%05d"`, value/100_000, value%100_000)
}

func quote(text string) string { return `"` + text + `"` }
