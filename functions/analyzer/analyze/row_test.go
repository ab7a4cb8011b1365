package analyze

import (
	"fmt"
	"io"
	"math/rand/v2"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

// The three ways are one reader: whatever row comes behind a usual one, what a faster way takes, the others take too,
// and all put the same bar on the tape.
func FuzzRow(f *testing.F) {
	const good = `{"schema":2,"symbol":"A","interval":"1day","datetime":"2018-01-02","open":2.50,"high":3,"low":1.5,"close":2.25,` +
		`"volume":700,"currency":"USD","exchange":"X","timezone":"UTC"}`
	for _, change := range [][2]string{
		{"", ""},
		{`"A"`, `"BRK.B"`},
		{`2.25`, `0`},
		{`2.25`, `0.00`},
		{`2.25`, `00.5`},
		{`2.25`, `2.`},
		{`2.25`, `.5`},
		{`2.25`, `-1`},
		{`2.25`, `1e3`},
		{`2.25`, `2147483648`},
		{`2.25`, `123456789012345`},
		{`2.25`, `1234567890123456`},
		{`2.25`, `21474836.47`},
		{`2.25`, `0.00000000000001`},
		{`,"volume":700`, ``},
		{`700`, `4294967294`},
		{`700`, `4294967295`},
		{`700`, `0.5`},
		{`700`, `7.00`},
		{`700`, `null`},
		{`"USD"`, `"EUR"`},
		{`"X"`, `"X\""`},
		{`"UTC"}`, `"UTC","warnings":["SPLIT_LIKE_JUMP"]}`},
		{`"UTC"}`, `"UTC"} `},
		{`"UTC"}`, `"UTC","symbol":"B"}`},
		{`"A"`, "\"\xff\""},
		{`"A"`, `"A","symbol":"C"`},
		{`2018-01-02`, `2018-01-03`},
		{`2018-01-02`, `2018-01-02 09:30:00`},
	} {
		f.Add(strings.Replace(good, change[0], change[1], 1))
	}
	f.Fuzz(func(t *testing.T, line string) {
		if strings.Contains(line, "\n") {
			return
		}
		fast, strict := newReader(), newReader()
		for _, r := range []*reader{fast, strict} {
			if err := r.strict([]byte(good)); err != nil {
				t.Fatal(err)
			}
		}
		if !fast.fast([]byte(line)) {
			return
		}
		if err := strict.strict([]byte(line)); err != nil {
			t.Fatalf("taken the fast way, refused the strict one: %v", err)
		}
		if a, b := told(fast), told(strict); !reflect.DeepEqual(a, b) {
			t.Errorf("the tapes differ:\nfast   %q\nstrict %q", a, b)
		}
		for _, before := range []string{line, strings.NewReplacer(":3,", ":3.00,", ":1.5,", ":1.50,").Replace(good)} {
			formed, fast := newReader(), newReader()
			for _, r := range []*reader{formed, fast} {
				if err := r.strict([]byte(good)); err != nil {
					t.Fatal(err)
				}
				r.fast([]byte(before))
				r.fast([]byte(before)) // is shown a form twice before it learns it
			}
			text := append([]byte(line+"\n"), strings.Repeat("0", 1000)...)
			switch n := formed.formed(text); {
			case n == 0:
			case n != len(line)+1:
				t.Errorf("a row of %d bytes has %d as formed", len(line)+1, n)
			case !fast.fast([]byte(line)):
				t.Error("taken as formed, refused the fast way")
			default:
				if a, b := told(formed), told(fast); !reflect.DeepEqual(a, b) {
					t.Errorf("the tapes differ:\nformed %q\nfast   %q", a, b)
				}
			}
		}
	})
}

// Rows of one form are read as such, whatever the form, and what they say is what the strict way reads.
func TestFormed(t *testing.T) {
	const head = `{"schema":2,"symbol":"A","interval":"1day","datetime":"2018-01-02","open":`
	random := rand.New(rand.NewPCG(5, 6))
	// A price near the least of so many digits, or just below it, which has one digit less.
	price := func(digits, scale, offset int) string {
		text := strconv.Itoa(int(powers[digits-1]) + offset)
		whole := len(text) - scale
		if scale == 0 {
			return text
		}
		return text[:whole] + "." + text[whole:]
	}
	for scale := range 7 {
		for range 50 {
			digits := scale + 2 + random.IntN(7-scale)
			volumes := random.IntN(2) == 0
			most := min(1_000_000, int(powers[digits-1])*9/10)
			read, strict := newReader(), newReader()
			formed := 0
			for range 20 {
				above := func() string { return price(digits, scale, random.IntN(most)) }
				line := head + above() + `,"high":` + above() + `,"low":` + price(digits, scale, -1) + `,"close":` + above()
				if volumes {
					line += `,"volume":` + strconv.Itoa(random.IntN(200_000_000))
				}
				line += `,"timezone":"America/New_York"}`
				if err := strict.strict([]byte(line)); err != nil {
					t.Fatal(err)
				}
				switch n := read.formed(append([]byte(line+"\n"), strings.Repeat(" ", 1000)...)); {
				case n == len(line)+1:
					formed++
				case n != 0:
					t.Fatalf("%s: %d bytes", line, n)
				case !read.fast([]byte(line)):
					if err := read.strict([]byte(line)); err != nil {
						t.Fatal(err)
					}
				}
			}
			if a, b := told(read), told(strict); !reflect.DeepEqual(a, b) {
				t.Fatalf("the tapes differ:\nread   %q\nstrict %q", a, b)
			}
			if formed == 0 {
				t.Errorf("no row of %d digits, %d behind the point, is read as formed", digits, scale)
			}
		}
	}
}

// However reads fall, and whichever way each row goes, a file is what the strict way reads.
func TestReadIsStrict(t *testing.T) {
	random := rand.New(rand.NewPCG(9, 10))
	var text strings.Builder
	strict := newReader()
	for series := range 40 {
		for i := range 250 {
			price := func() string { return strconv.FormatFloat(100+20*random.Float64(), 'f', 2+random.IntN(40)/39, 64) }
			day := time.Unix(int64(300-i+random.IntN(99)/98)*86400, 0).UTC().Format(time.DateOnly)
			line := fmt.Sprintf(`{"schema":2,"symbol":"S%d","interval":"1day","datetime":"%s","open":%s,"high":%s,"low":%s,"close":%s,`+
				`"volume":%d,"currency":"USD"}`, series, day, price(), price(), price(), price(), random.IntN(200_000_000))
			text.WriteString(line + "\n")
			if err := strict.strict([]byte(line)); err != nil {
				t.Fatal(err)
			}
		}
	}
	want := told(strict)
	for name, from := range map[string]io.Reader{
		"whole": strings.NewReader(text.String()), "halves": iotest.HalfReader(strings.NewReader(text.String())),
		"bytes":    iotest.OneByteReader(strings.NewReader(text.String())),
		"no break": strings.NewReader(strings.TrimSuffix(text.String(), "\n")),
	} {
		tape, err := Read(from)
		if err != nil || tape.Rows != 40*250 {
			t.Fatalf("%s: %v, %d rows", name, err, tape.Rows)
		}
		if got := told(&reader{tape: tape}); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: the tapes differ", name)
		}
	}
}

// told is everything on a tape.
func told(r *reader) []string {
	var all []string
	tape := r.done()
	for _, of := range tape.tracks {
		all = append(all, fmt.Sprintf("%q %q %q %q %v %q %q %q %q", of.Symbol, of.Interval, of.Currency, of.last, of.broken,
			of.Exchange, of.mic, of.market, of.kind))
		for i := range of.n {
			var bar Bar
			tape.unpack(of, i, &bar)
			all = append(all, fmt.Sprintf("%+v", bar))
		}
	}
	return all
}
