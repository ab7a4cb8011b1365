package analyze_test

import (
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/mejan/mejan/functions/analyzer/analyze"
	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/functions/pipeline/pipelinetest"
)

// The table holds every item, however many symbols a file has and however much its names and prices take. The sizes
// that are printed are those of docs/figures.md.
func TestSizes(t *testing.T) {
	const prose = 4000 // bytes for the summary, once more for its sentences, and for the delivery
	for _, symbols := range []int{6, 500, 8000} {
		for _, shape := range []struct {
			name, symbol, meta, price string
			most                      int
		}{
			{"usual", "S%04d", `"mic_code":"XNAS","exchange":"NASDAQ","currency":"USD","type":"Common Stock"`, "%.2f", 8000},
			{
				"widest", "S%04d" + strings.Repeat("X", 27), fmt.Sprintf(`"mic_code":%q,"exchange":%q,"currency":%q,"type":%q`,
					strings.Repeat("M", 32), strings.Repeat("E", 32), strings.Repeat("C", 32), strings.Repeat("T", 32)), "%.14f", 500,
			},
		} {
			if symbols > shape.most {
				continue // as large as the one before: the insights that do not fit are left out
			}
			random := rand.New(rand.NewPCG(1, uint64(symbols)))
			var rows strings.Builder
			for s := range symbols {
				price := 1 + 8*random.Float64()
				for day := range 80 {
					price = max(1, min(9, price*(1+0.04*random.NormFloat64())))
					text := fmt.Sprintf(shape.price, price)
					fmt.Fprintf(&rows, `{"schema":%d,"symbol":%q,%s,"interval":"1day","datetime":%q,`+
						`"open":%[5]s,"high":%[5]s,"low":%[5]s,"close":%[5]s,"volume":%[6]d}`+"\n",
						pipeline.Schema, fmt.Sprintf(shape.symbol, s), shape.meta,
						time.Date(2018, 1, 1+day, 0, 0, 0, 0, time.UTC).Format(time.DateOnly), text, random.IntN(1e9))
				}
			}
			tape, err := analyze.Read(strings.NewReader(rows.String()))
			if err != nil {
				t.Fatal(err)
			}
			item := analyze.Analyze(tape).Item(pipelinetest.Announcement(), time.Unix(0, 0))
			item.LastReport = analyze.Since(item, item)
			for i := range pipeline.MaxTurned {
				s := item.Insights[i%len(item.Insights)].Series()
				item.LastReport.Turned = append(item.LastReport.Turned, pipeline.Turn{
					Symbol: s.Symbol, Exchange: s.Exchange, Interval: s.Interval, Currency: s.Currency, From: "down", To: "flat",
				})
			}
			if item, err = analyze.Fit(item, io.Discard); err != nil {
				t.Fatal(err)
			}
			size := len(encoded(t, item))
			drawing := len(encoded(t, item.Drawing))
			t.Logf("%d symbols, %s: %d bytes, %d of them the drawing; %d of %d insights",
				symbols, shape.name, size, drawing, len(item.Insights), symbols)
			if size > analyze.MaxInline {
				t.Errorf("%d symbols, %s: %d bytes, want at most %d", symbols, shape.name, size, analyze.MaxInline)
			}
			if size+3*prose > 400_000 {
				t.Errorf("%d symbols, %s: does not fit into the table", symbols, shape.name)
			}
		}
	}
}
