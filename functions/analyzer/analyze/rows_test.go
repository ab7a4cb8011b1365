package analyze_test

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mejan/mejan/functions/analyzer/analyze"
	"github.com/mejan/mejan/functions/pipeline"
)

type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

// result analyses rows.
func result(t fataler, rows []string) analyze.Analysis {
	t.Helper()
	tape, err := analyze.Read(strings.NewReader(strings.Join(rows, "\n")))
	if err != nil || tape.Rows != int64(len(rows)) {
		t.Fatalf("read: %+v, %v, want %d rows", tape, err, len(rows))
	}
	return analyze.Analyze(tape)
}

// row is a row of `processed/`: bar i of a daily series whose four prices are the same.
func row(symbol string, i int, price float64, rest string) string {
	return candle(symbol, i, [4]float64{price, price, price, price}, rest)
}

// candle is bar i of a daily series. rest is what follows the prices, with its comma.
func candle(symbol string, i int, ohlc [4]float64, rest string) string {
	day := time.Date(2018, 1, 1+i, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
	return fmt.Sprintf(`{"schema":%d,"symbol":%q,"interval":"1day","datetime":%q,"open":%s,"high":%s,"low":%s,"close":%s%s}`,
		pipeline.Schema, symbol, day, decimal(ohlc[0]), decimal(ohlc[1]), decimal(ohlc[2]), decimal(ohlc[3]), rest)
}

func decimal(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

func volume(v int) string { return fmt.Sprintf(`,"volume":%d`, v) }

// daily is the rows of the daily sample as the ingestor writes them: 12 symbols, newest first, and one bar that is
// broken at its source left out.
func daily(t fataler) []string {
	t.Helper()
	file, err := os.Open("../../../samples/us-stocks-1day.json.gz")
	if err != nil {
		t.Fatalf("%v", err)
	}
	defer file.Close()
	text, err := gzip.NewReader(file)
	if err != nil {
		t.Fatalf("%v", err)
	}
	var series map[string]struct {
		Meta   struct{ Symbol, Interval, Currency, Exchange string }
		Values []struct {
			Datetime               string
			Open, High, Low, Close *pipeline.Decimal
			Volume                 pipeline.Decimal
		}
	}
	if err := json.NewDecoder(text).Decode(&series); err != nil {
		t.Fatalf("decode sample: %v", err)
	}
	var rows []string
	for _, symbol := range slices.Sorted(maps.Keys(series)) {
		s := series[symbol]
		for _, v := range s.Values {
			if v.Open == nil || v.High == nil || v.Low == nil || v.Close == nil {
				continue
			}
			line, err := json.Marshal(pipeline.Bar{
				Schema: pipeline.Schema, Symbol: symbol, Interval: s.Meta.Interval, Datetime: v.Datetime,
				Open: *v.Open, High: *v.High, Low: *v.Low, Close: *v.Close, Volume: v.Volume,
				Currency: s.Meta.Currency, Exchange: s.Meta.Exchange, Timezone: "America/New_York",
			})
			if err != nil {
				t.Fatalf("%v", err)
			}
			rows = append(rows, string(line))
		}
	}
	return rows
}
