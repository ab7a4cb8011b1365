package analyze

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/mejan/mejan/functions/pipeline"
)

// A tape gives back what it was told, in whatever order sessions come, at whatever scale, and near every limit of what
// is packed.
func TestTape(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	type told struct {
		session string
		prices  [4]float64
		volume  float64
	}
	for name, day := range map[string]func(i int) int{
		"forwards":  func(i int) int { return i },
		"backwards": func(i int) int { return 300 - i },
		"every 7th": func(i int) int { return i * 7 % 300 },
		"gaps":      func(i int) int { return i + random.IntN(3) },
		"any":       func(int) int { return random.IntN(300) },
	} {
		for _, scales := range []int{1, 2, 9} {
			r := newReader()
			strict := func(format string, values ...any) {
				t.Helper()
				line := fmt.Appendf(nil, `{"schema":2,"symbol":%q,"interval":"1day","datetime":"%d-01-01",`+format+`}`, values...)
				if err := r.strict(line); err != nil {
					t.Fatal(err)
				}
			}
			for i := range 300 { // another series, which meets every session
				strict(`"open":1,"high":1,"low":1,"close":1`, "B", 1700+i)
			}
			var want []told
			for i := range 200 {
				year := 1700 + day(i)%300
				row := told{session: fmt.Sprintf("%d-01-01", year), volume: -1}
				var text [4]string
				for p := range text {
					low := []int{1, 1000, 1<<32 - 1<<22}[random.IntN(3)]
					text[p] = strconv.Itoa(low + []int{0, 1, 1<<21 - 1, 1 << 21}[random.IntN(4)])
					if scale := random.IntN(scales); scale > 0 {
						text[p] = text[p][:1] + "." + (text[p][1:] + "00000000")[:scale]
					}
					row.prices[p], _ = strconv.ParseFloat(text[p], 64)
				}
				rest := ""
				if v := []int{-1, 0, 1<<32 - 2, 1<<32 - 1, 1 << 33}[random.IntN(5)]; v >= 0 {
					rest, row.volume = `,"volume":`+strconv.Itoa(v), float64(v)
				}
				want = append(want, row)
				strict(`"open":%s,"high":%s,"low":%s,"close":%s%s`, "A", year, text[0], text[1], text[2], text[3], rest)
			}
			of, tape := r.find(pipeline.Bar{Symbol: "A", Interval: "1day"}), r.done()
			for i, w := range want {
				var bar Bar
				tape.unpack(of, i, &bar)
				got := told{bar.Session, [4]float64{bar.Open, bar.High, bar.Low, bar.Close}, bar.Volume}
				if got != w {
					t.Fatalf("%s, %d scales, bar %d: got %v, want %v", name, scales, i, got, w)
				}
			}
		}
	}
}
