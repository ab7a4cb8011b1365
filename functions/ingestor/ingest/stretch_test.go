package ingest

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mejan/mejan/functions/pipeline"
)

// oddRows are rows that a stretch ends before: fields that differ from those of the rows around them.
var oddRows = map[string]map[string]string{
	"a zero in front":           {"open": "01.50"},
	"a zero in front of low":    {"low": "01.25"},
	"no digit":                  {"open": "1:.50"},
	"no digit behind the point": {"open": "11.5:", "close": "11.7?"},
	"no digit in one of them":   {"close": "11.7:"},
	"a letter":                  {"high": "1p.50"},
	"a digit with a high bit":   {"close": "1\xb1.75"},
	"a zero":                    {"low": "00.00"},
	"another length":            {"open": "11.5"},
	"the point elsewhere":       {"open": "1.150"},
	"open below low":            {"low": "11.51"},
	"open above high":           {"open": "12.51"},
	"close below low":           {"close": "10.24"},
	"close above high":          {"close": "12.51"},
	"twice the price":           {"open": "23.50", "high": "24.50", "low": "22.50", "close": "24.00"},
	"no such day":               {"datetime": "2018-02-30"},
	"no day":                    {"datetime": "2018-02-0:"},
	"a session missing":         {"datetime": "2018-02-08"},
	"no session":                {"datetime": "2018-02-10"},
	"the day of another month":  {"datetime": "2018-01-09"},
	"not in order":              {"datetime": "2018-02-16"},
	"the same day":              {"datetime": "2018-02-12"},
	"the future":                {"datetime": "2018-03-01"},
	"no volume":                 {"volume": ""},
	"a volume of zero":          {"volume": "0"},
	"a volume with a fraction":  {"volume": "700.5"},
	"a volume with a zero":      {"volume": "0700"},
	"a negative volume":         {"volume": "-700"},
	"a volume of 16 digits":     {"volume": "7000000000000000"},
	"another name":              {"low": `10.25","lower":"10.25`},
}

// ordinaryRows are rows of one shape, one for each session before 2018-02-20, spelled by the style; odd takes the place
// of the sixth.
func ordinaryRows(s style, odd map[string]string) []string {
	var rows []string
	for i, day := range []string{
		"2018-02-16", "2018-02-15", "2018-02-14", "2018-02-13", "2018-02-12", "2018-02-09", "2018-02-08", "2018-02-07", "2018-02-06",
	} {
		fields := []string{
			"datetime", day, "open", "11.50", "high", "12.50", "low", "10.25", "close", "11.75", "volume", strings.Repeat("7", 2*i+1)[:min(2*i+1, 15)],
		}
		for at := 0; i == 5 && at < len(fields); at += 2 {
			if text, ok := odd[fields[at]]; ok {
				fields[at+1] = text
			}
		}
		rows = append(rows, s.row(fields...))
	}
	return rows
}

// Rows of one shape are taken in one go, up to one that is not ordinary, whatever is odd about it.
func TestStretch(t *testing.T) {
	for name, odd := range oddRows {
		for _, s := range styles {
			rows := ordinaryRows(s, odd)
			for numbers, spell := range map[string]func(string) string{
				"strings": func(row string) string { return row },
				"numbers": func(row string) string { return numbersUnquoted.ReplaceAllString(row, "$1$2$3") },
			} {
				t.Run(fmt.Sprintf("%s, %s, %s", name, s.name, numbers), func(t *testing.T) {
					j := newJudge(Run{Now: seenAt}, standard, io.Discard, io.Discard)
					of := &series{meta: pipeline.SeriesMeta{Symbol: "A", Interval: "1day", Exchange: "NYSE"}}
					j.begin(of)
					var l layout
					l.learn([]byte(spell(rows[0])), []byte(s.between))
					text := s.between + spell(strings.Join(rows, s.between)) + strings.Repeat(" ", maxRow)
					for range 2 { // the first two show the shape
						r := row{kind: '{'}
						b := (*[maxRow]byte)([]byte(text))
						n := l.read(b, &r, dateText)
						if good, err := j.row(of, &location{path: new(path)}, &r); n == 0 || !good || err != nil {
							t.Fatalf("%.80q: %d bytes, %t, %v, %s", text, n, good, err, j.found.text)
						}
						l.shape.learn(b, n, &r, &l)
						text = text[n:]
					}
					taken, size := j.stretch(of, &l.shape, []byte(text))
					if want := len(s.between + spell(strings.Join(rows[2:5], s.between))); taken != 3 || size != want {
						t.Errorf("%d rows of %d bytes, want 3 of %d", taken, size, want)
					}
				})
			}
		}
	}
}

// A shape goes with the text of members that no line has: rows in which that is another have one of their own.
func TestShapeOfOtherText(t *testing.T) {
	s := styles[0]
	text := func(x string) []byte {
		return []byte(s.between + s.row("x", x, "datetime", "2018-02-20", "open", "11.50", "high", "12.50", "low", "10.25",
			"close", "11.75", "volume", "700") + strings.Repeat(" ", maxRow))
	}
	var l layout
	l.learn([]byte(strings.TrimSpace(string(text("a")[len(s.between):]))), []byte(s.between))
	for _, x := range []string{"a", "b", "c"} {
		b := (*[maxRow]byte)(text(x))
		for range 2 {
			var r row
			n := l.read(b, &r, dateText)
			if n == 0 || !r.exact {
				t.Fatalf("%s: %d bytes, exact %t", x, n, r.exact)
			}
			l.shape.learn(b, n, &r, &l)
		}
		if l.shape.size == 0 || !l.shape.fits((*[shapeText]byte)(b[:])) {
			t.Errorf("%s: no shape", x)
		}
	}
}

// Whatever ends a stretch comes to the same by the long way.
func TestShortcutToOddRows(t *testing.T) {
	for name, odd := range oddRows {
		for _, s := range styles {
			file := `{"meta":{"symbol":"A","interval":"1day","exchange":"NYSE"},"values":[` +
				strings.Join(ordinaryRows(s, odd), s.between) + `]}` + strings.Repeat(" ", maxRow)
			for _, body := range []string{file, numbersUnquoted.ReplaceAllString(file, "$1$2$3")} {
				bothWays(t, name+", "+s.name, []byte(body))
			}
		}
	}
}

// Rows in more of them than are remembered, read at once, or written at once.
func TestStretchOfManyRows(t *testing.T) {
	var rows []string
	at := seenAt.Truncate(time.Minute)
	for i := range horizon + 5000 {
		at = at.Add(-time.Minute)
		rows = append(rows, styles[1].row("datetime", at.Format(time.DateTime), "open", "11.50", "high", "12.50",
			"low", "10.25", "close", fmt.Sprintf("11.%02d", i%100), "volume", fmt.Sprint(i+1)))
	}
	rows = append(rows, rows[len(rows)-2], rows[0]) // one that is remembered, one that is not
	body := []byte(`{"meta":{"symbol":"A","interval":"1min"},"values":[` + strings.Join(rows, ", ") + `]}`)
	if got := bothWays(t, "many rows", body).result; got.Rows.Valid != horizon+5001 || got.Reasons[DuplicateBar] != 1 || got.Warnings[OutOfOrder] != 1 {
		t.Errorf("got %+v", got)
	}
}

// Every session of some years, in both directions, on the calendar: nothing is odd, and the next day is the one expected.
func TestStretchOfSessions(t *testing.T) {
	calendar := nyse()
	var rows []string
	for day := dayOf(2014, time.June, 1); day < dayOf(2018, time.February, 20); day++ {
		if calendar.is(day) {
			date := time.Unix(int64(day)*secondsADay, 0).UTC().Format(time.DateOnly)
			rows = append(rows, styles[1].row("datetime", date, "open", "11.50", "high", "12.50", "low", "10.25", "close", "11.75",
				"volume", "700"))
		}
	}
	for range 2 {
		slices.Reverse(rows)
		body := []byte(`{"meta":{"symbol":"A","interval":"1day","exchange":"NYSE"},"values":[` + strings.Join(rows, ", ") + `]}`)
		if got := bothWays(t, "sessions", body).result; got.Rows.Valid != int64(len(rows)) || len(got.Warnings) > 0 {
			t.Errorf("%d rows: got %+v", len(rows), got)
		}
	}
}
