package analyze

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"

	"github.com/mejan/mejan/functions/pipeline"
)

// Series is the bars of one symbol at one interval, the earliest first. It is never empty.
type Series struct {
	Symbol   string
	Interval string
	Currency string
	Bars     []Bar
}

// Bar is what the analysis needs of a [pipeline.Bar].
type Bar struct {
	// Session is the datetime of the bar. Datetimes of one interval have one layout, so that text order is time order.
	Session string
	// Text is the close as the source spells it, Close its nearest float; it is finite and above zero.
	Text  pipeline.Decimal
	Close float64
	// Volume is negative where the bar has none.
	Volume float64
}

// ErrRow means that a row is not one that the ingestor may have written. Reading it again does not help.
var ErrRow = errors.New("not a valid row")

// MaxLine bounds a row, in bytes. A row of the ingestor has about 200.
const MaxLine = 64 << 10

// Read reads rows of `processed/`, one JSON object a line, in any order. It returns the series sorted by symbol, then
// interval, and the number of rows. An error that is not an [ErrRow] comes from r.
func Read(r io.Reader) ([]Series, int64, error) {
	type name struct{ symbol, interval string }
	index := make(map[name]int)
	var all []Series
	var rows int64
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 16<<10), MaxLine)
	for lines.Scan() {
		rows++
		row, bar, err := parse(lines.Bytes())
		if err != nil {
			return nil, rows, fmt.Errorf("row %d: %w: %w", rows, ErrRow, err)
		}
		at, known := index[name{row.Symbol, row.Interval}]
		if !known {
			at = len(all)
			index[name{row.Symbol, row.Interval}] = at
			all = append(all, Series{Symbol: row.Symbol, Interval: row.Interval})
		}
		all[at].Bars = append(all[at].Bars, bar)
		// The least of them, so that the order of the rows does not matter.
		if c := all[at].Currency; c == "" || (row.Currency != "" && row.Currency < c) {
			all[at].Currency = row.Currency
		}
	}
	switch err := lines.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return nil, rows, fmt.Errorf("row %d: %w: longer than %d bytes", rows+1, ErrRow, MaxLine)
	case err != nil:
		return nil, rows, fmt.Errorf("read row %d: %w", rows+1, err)
	}
	for i := range all {
		slices.SortFunc(all[i].Bars, byTime)
	}
	slices.SortFunc(all, func(a, b Series) int {
		return cmp.Or(cmp.Compare(a.Symbol, b.Symbol), cmp.Compare(a.Interval, b.Interval))
	})
	return all, rows, nil
}

// byTime orders bars by time; bars of the same time by what they say, so that the order is one whatever came first.
func byTime(a, b Bar) int {
	return cmp.Or(
		cmp.Compare(a.Session, b.Session),
		cmp.Compare(a.Close, b.Close),
		cmp.Compare(a.Volume, b.Volume),
		cmp.Compare(a.Text, b.Text),
	)
}

func parse(line []byte) (pipeline.Bar, Bar, error) {
	var row pipeline.Bar
	if err := json.Unmarshal(line, &row); err != nil {
		return row, Bar{}, err
	}
	if row.Symbol == "" || row.Interval == "" || row.Datetime == "" {
		return row, Bar{}, errors.New("symbol, interval or datetime is missing")
	}
	bar := Bar{Session: row.Datetime, Text: fit(row.Close), Volume: -1}
	var err error
	if bar.Close, err = number(row.Close); err != nil || bar.Close <= 0 {
		return row, Bar{}, fmt.Errorf("close %q is not a price", row.Close)
	}
	if row.Volume != "" {
		if bar.Volume, err = number(row.Volume); err != nil || bar.Volume < 0 {
			return row, Bar{}, fmt.Errorf("volume %q is not a volume", row.Volume)
		}
	}
	return row, bar, nil
}

// number gives the float nearest to a decimal. Decimals keep to a grammar that has no NaN and no Inf; one that is too
// large for a float is an error.
func number(d pipeline.Decimal) (float64, error) {
	return strconv.ParseFloat(string(d), 64)
}

// MaxDigits is how many digits DynamoDB keeps of a number.
const MaxDigits = 38

// fit shortens the fraction of a price that has more digits than the table can hold. No price has; a file may.
func fit(d pipeline.Decimal) pipeline.Decimal {
	if len(d) <= MaxDigits {
		return d
	}
	for i := range MaxDigits {
		if d[i] == '.' {
			return d[:max(i+2, MaxDigits)]
		}
	}
	return d
}

// finite reports whether x is a number.
func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

// round rounds to six decimals; zero has no sign.
func round(x float64) float64 {
	const scale = 1e6
	if math.Abs(x) < 1e9 { // beyond it, a float has few decimals left and the product loses them
		x = math.Round(x*scale) / scale
	}
	if x == 0 {
		return 0
	}
	return x
}
