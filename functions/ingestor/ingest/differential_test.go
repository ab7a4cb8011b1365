package ingest

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"

	"github.com/mejan/mejan/functions/pipeline"
)

// outputs is all that a file comes to.
type outputs struct {
	valid, rejected string
	result          Result
	err             error
}

// seenAt is when files were first seen.
var seenAt = time.Date(2018, 2, 20, 12, 0, 0, 0, time.UTC)

// splitAs splits a file, with every row sent the long way round where exhaustive: through the strict decoder and all
// checks.
func splitAs(body []byte, exhaustive bool) outputs {
	var valid, rejected strings.Builder
	run := Run{
		ID: "run", Now: seenAt, Limits: pipeline.DefaultLimits(),
		Source: pipeline.Source{Key: "inputs/x.json"},
	}
	run.Limits.Value = 4 << 10
	checks := *standard
	checks.short = !exhaustive
	result, err := split(bytes.NewReader(body), run, &valid, &rejected, &checks, !exhaustive)
	if broken := (*FileError)(nil); errors.As(err, &broken) && broken.Code == TooLarge {
		result.Bytes = 0 // one that is too large is read no further than to know it
	}
	return outputs{valid.String(), rejected.String(), result, err}
}

// bothWays splits a file the short way, and demands that the long way comes to the same.
func bothWays(t *testing.T, of string, body []byte) (short outputs) {
	t.Helper()
	short = splitAs(body, false)
	if diff := cmp.Diff(splitAs(body, true), short, cmp.AllowUnexported(outputs{})); diff != "" {
		t.Errorf("%s (-long way +short way):\n%.4000s", of, diff)
	}
	return short
}

// The short way and the long way are one: a row that is compared with the layout of the one before comes to what the
// strict decoder and every check make of it, to the byte, and a file breaks at the same place for the same reason. And
// what is taken is JSON to the strict decoder as a whole, what is called malformed is none.
func FuzzShortcut(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		// Rows are only looked at by their layout where there is enough behind them.
		body = append(body, bytes.Repeat([]byte(" "), maxRow)...)
		short := bothWays(t, "file", body)
		if bytes.HasPrefix(body, []byte(gzipMagic)) {
			return
		}
		var broken *FileError
		if short.err != nil {
			broken = short.err.(*FileError) //nolint:errorlint,forcetypeassert // as documented
		}
		sound := jsontext.Value(body).IsValid()
		switch {
		case broken == nil && !sound:
			t.Errorf("taken, and no JSON")
		case broken != nil && broken.Code == MalformedJSON && sound:
			t.Errorf("no JSON: %v", broken)
		}
	})
}

func seeds(f *testing.F) {
	f.Helper()
	paths, err := filepath.Glob("testdata/split/*.json")
	if err != nil || len(paths) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
	for _, path := range paths {
		body, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body)
	}
	for _, check := range catalogue {
		f.Add([]byte(check.Example))
	}
	for _, s := range styles {
		for _, interval := range []string{"1day", "4h"} {
			for _, ascending := range []bool{false, true} {
				file := s.file(interval, 60, ascending)
				f.Add([]byte(file))
				f.Add([]byte(numbersUnquoted.ReplaceAllString(file, "$1$2$3")))
			}
		}
	}
	for _, body := range peculiar {
		f.Add([]byte(body))
	}
}

// style is a way to spell rows: what stands before the first name, between name and value, between members, behind the
// last value, and between rows.
type style struct{ name, open, colon, comma, close, between string }

var styles = []style{
	{"compact", `{"`, `":"`, `","`, `"}`, `,`},
	{"spaced", `{"`, `": "`, `", "`, `"}`, `, `},
	{"indented", "{\n      \"", `": "`, "\",\n      \"", "\"\n    }", ",\n    "},
	{"Windows", "{\r\n\t\"", `": "`, "\",\r\n\t\"", "\"\r\n}", ",\r\n"},
}

// row is a row of names and values.
func (s style) row(fields ...string) string {
	var b strings.Builder
	b.WriteString(s.open)
	for i, text := range fields {
		switch {
		case i == 0:
		case i%2 == 1:
			b.WriteString(s.colon)
		default:
			b.WriteString(s.comma)
		}
		b.WriteString(text)
	}
	b.WriteString(s.close)
	return b.String()
}

// file is a series of so many bars before 2018-02-20, every tenth of them odd, the latest first or last.
func (s style) file(interval string, bars int, ascending bool) string {
	rows := make([]string, bars)
	for i := range bars {
		at := time.Date(2018, 2, 20, 0, 0, 0, 0, time.UTC)
		when := at.AddDate(0, 0, -i).Format(time.DateOnly)
		if interval != "1day" {
			when = at.Add(time.Duration(-4*i) * time.Hour).Format(time.DateTime)
		}
		low := "100"
		if i/100%2 == 1 {
			low = "99" // no row with prices of two and three digits is of a shape
		}
		fields := []string{
			"datetime", when, "open", fmt.Sprintf("%d.%d", 100+i%7, i), "high", "120.5", "low", low,
			"close", fmt.Sprintf("%d.25", 101+i%5), "volume", fmt.Sprint(1000 * i),
		}
		if i%10 == 9 {
			odd := []string{"0", "-1", "1e3", `\u0031`, "121", "ü", "", "50.5"}
			fields[1+2*(i/10%6)] = odd[i/10%len(odd)]
		}
		rows[i] = s.row(fields...)
	}
	if ascending {
		slices.Reverse(rows)
	}
	return `{"meta":{"symbol":"A","interval":"` + interval + `","exchange":"NYSE"},"values":[` + strings.Join(rows, s.between) + `]}`
}

// Whatever stands before a row, it comes to the same by both ways: the short one leaves nothing behind.
func TestShortcutOfLongSeries(t *testing.T) {
	for _, s := range styles {
		for _, interval := range []string{"1day", "4h"} {
			for _, ascending := range []bool{false, true} {
				body := []byte(s.file(interval, 600, ascending))
				short := bothWays(t, fmt.Sprintf("%s, %s, ascending %t", s.name, interval, ascending), body)
				if short.result.Rows.Raw != 600 {
					t.Errorf("%s, %s, ascending %t: %v, %+v", s.name, interval, ascending, short.err, short.result)
				}
			}
		}
	}
}

// peculiar are files in which a row is not what those before it suggest.
var peculiar = func() map[string]string {
	row := func(datetime, low, close string) string {
		return `{"datetime":"` + datetime + `","open":10.5,"high":11.5,"low":` + low + `,"close":11.0,"volume":7` + close
	}
	days := func(close string, days ...string) (rows []string) {
		for _, day := range days {
			datetime, low, refused := strings.Cut(day, " low ")
			if !refused {
				low = "10.0"
			}
			rows = append(rows, row(datetime, low, close))
		}
		return rows
	}
	file := func(meta string, rows ...string) string {
		return `{"meta":{"symbol":"A",` + meta + `},"values":[` + strings.Join(rows, ",") + `]}`
	}
	// walk are rows of falling days, with that low, close and volume.
	walk := func(rows ...[4]string) (all []string) {
		for _, r := range rows {
			all = append(all, `{"datetime":"2018-`+r[0]+`","open":`+r[2]+`,"high":99.5,"low":`+r[1]+`,"close":`+r[2]+`,"volume":`+r[3]+`}`)
		}
		return all
	}
	behind := days(`,"x":"y"}`, "2018-02-16", "2018-02-15", "2018-02-14")
	return map[string]string{
		"a quote where a member was": file(`"interval":"1day"`, append(behind, row("2018-02-13", "10.0", `"}`))...),
		"a member less":              file(`"interval":"1day"`, append(behind, row("2018-02-13", "10.0", `}`), behind[0])...),
		"before the calendar": file(`"interval":"1h","exchange":"NYSE"`, days("}", "1990-01-02 12:00:00", "1990-01-02 11:00:00",
			"1990-01-02 10:00:00", "1989-12-29 15:00:00", "1989-12-29 14:00:00")...),
		"behind a refused row": file(`"interval":"1day"`, days("}", "2018-02-12", "2018-02-11", "2018-02-10", "2018-02-09",
			"2018-02-06 low 0.0", "2018-02-07", "2018-02-05")...),
		"no such day, ascending": file(`"interval":"1day","exchange":"NYSE"`, days("}", "2017-02-22", "2017-02-23", "2017-02-24",
			"2017-02-27", "2017-02-28", "2017-02-29")...),
		"into the future": file(`"interval":"1day","exchange":"NYSE"`, days("}", "2018-02-14", "2018-02-15", "2018-02-16",
			"2018-02-20", "2018-02-21", "2018-02-22")...),
		"beyond the calendar": file(`"interval":"1day","exchange":"NYSE"`, days("}", "1990-01-04", "1990-01-03", "1990-01-02",
			"1989-12-31", "1989-12-30", "1989-12-29", "1989-12-28", "1989-12-28", "1989-12-26")...),
		"from beyond the calendar": file(`"interval":"1day","exchange":"NYSE"`, days("}", "1989-12-28", "1989-12-29", "1989-12-30",
			"1989-12-31", "1990-01-01", "1990-01-02", "1990-01-03", "1990-01-04")...),
		"twice, behind one that is": file(`"interval":"1day"`, days("}", "2018-02-16", "2018-02-15", "2018-02-14", "2018-02-13",
			"2018-02-14", "2018-02-12", "2018-02-09", "2018-02-08", "2018-02-07", "2018-02-08")...),
		"long names": file(`"interval":"1day","exchange":"`+strings.Repeat("N", 95)+`"`, days("}", "2018-02-16", "2018-02-15",
			"2018-02-14", "2018-02-13", "2018-02-12", "2018-02-09")...),
		"odd, and odd again": file(`"interval":"1day","exchange":"NYSE"`, walk(
			[4]string{"02-16", "10.5", "11.5", "7"}, [4]string{"02-15", "10.5", "11.5", "7"}, [4]string{"02-14", "10.5", "11.5", "7"},
			[4]string{"02-13", "10.5", "11.6", "0"}, [4]string{"02-12", "10.5", "11.5", "7"}, [4]string{"02-09", "10.5", "11.5", "7"},
			[4]string{"02-06", "10.5", "11.5", "7"})...),
		"twice, and with another volume": file(`"interval":"1day"`, walk(
			[4]string{"02-16", "10.5", "11.5", "7"}, [4]string{"02-15", "10.5", "11.6", "8"}, [4]string{"02-14", "10.5", "11.7", "9"},
			[4]string{"02-13", "10.5", "11.8", "6"}, [4]string{"02-12", "10.5", "11.9", "5"}, [4]string{"02-13", "10.5", "11.8", "6"},
			[4]string{"02-14", "10.5", "11.7", "3"})...),
		"rising, then doubled": file(`"interval":"1day"`, walk(
			[4]string{"02-16", "10.5", "11.5", "7"}, [4]string{"02-15", "10.5", "12.5", "7"}, [4]string{"02-14", "10.5", "14.5", "7"},
			[4]string{"02-13", "10.5", "16.5", "7"}, [4]string{"02-12", "10.5", "18.5", "7"}, [4]string{"02-09", "10.5", "20.5", "7"},
			[4]string{"02-08", "10.5", "41.0", "7"})...),
		"twice behind a refused row": file(`"interval":"1day"`, days("}", "2018-02-09", "2018-02-08", "2018-02-06 low 0",
			"2018-02-07", "2018-02-07", "2018-02-07 low 9.5")...),
	}
}()

// What rows suggest of the next one is no more than that.
func TestShortcutOfPeculiarFiles(t *testing.T) {
	for name, body := range peculiar {
		bothWays(t, name, []byte(body+strings.Repeat(" ", maxRow)))
	}
	for _, name := range []string{"twice behind a refused row", "twice, and with another volume"} {
		reasons := splitAs([]byte(peculiar[name]), false).result.Reasons
		if reasons[DuplicateBar] != 1 || reasons[ConflictingBar] != 1 {
			t.Errorf("%s: %v", name, reasons)
		}
	}
}

// What the rows of one series are like is nothing that those of the next must be: here they have a time of day, or none,
// which only one of the intervals wants, and the first one of the second series teaches nothing.
func TestShortcutToNextSeries(t *testing.T) {
	row := func(datetime string) string {
		return `{"datetime":"` + datetime + `","open":"10.5","high":"11.5","low":"10.0","close":"11.0","volume":"7"}`
	}
	day, clock := func(i int) string { return fmt.Sprintf("2018-02-%02d", 19-i) }, func(i int) string {
		return fmt.Sprintf("2018-02-14 %02d:30:00", 15-i)
	}
	series := func(interval string, rows []string) string {
		return `{"meta":{"symbol":"A","interval":"` + interval + `"},"values":[` + strings.Join(rows, ",") + `]}`
	}
	for name, c := range map[string]struct{ first, second func(int) string }{
		"with the time":    {clock, clock},
		"without the time": {day, day},
	} {
		var first, second []string
		for i := range 8 {
			first, second = append(first, row(c.first(i))), append(second, row(c.second(i)))
		}
		second[0] = `{"open":"no"}`
		// What was of one shape before stays so until rows of another come twice.
		for i, open := range []string{"10.75", "11"} {
			second[1+i] = strings.Replace(row(clock(1+i)), "10.5", open, 1)
		}
		for _, intervals := range [][2]string{{"1day", "1h"}, {"1h", "1day"}} {
			body := []byte(`{"A":` + series(intervals[0], first) + `,"B":` + series(intervals[1], second) + `}` +
				strings.Repeat(" ", maxRow))
			bothWays(t, fmt.Sprintf("%s, %v", name, intervals), body)
		}
	}
}

// However rows are spelled, one is enough to know the others by. A string that is not what it should be is taken as it
// is, and nothing is known of what it says; no other odd row is taken for one of them.
func TestLayout(t *testing.T) {
	first := []string{"datetime", "2018-02-20", "open", "100.1", "high", "120.5", "x", "y", "low", "99", "close", "101", "volume", "5"}
	room := strings.Repeat(" ", maxRow)
	for _, s := range styles {
		for name, kind := range map[string]func(string) string{
			"strings": func(row string) string { return row },
			"numbers": func(row string) string { return numbersUnquoted.ReplaceAllString(row, "$1$2$3") },
		} {
			var l layout
			l.learn([]byte(kind(s.row(first...))), []byte(s.between))
			if !l.known {
				t.Fatalf("%s, %s: not learned", s.name, name)
			}
			for at, text := range map[int]string{
				1: "2016-02-29", 3: "12345678.123456", 5: "0.5", 7: "anything else", 9: "1.0", 11: "999999999999999", 13: "0",
			} {
				fields := append([]string(nil), first...)
				fields[at] = text
				raw := kind(s.row(fields...))
				var r row
				if n := l.read((*[maxRow]byte)([]byte(s.between+raw+room)), &r, dateText); n != len(s.between+raw) || !r.exact {
					t.Errorf("%s, %s: %s does not fit: %d, exact %t", s.name, name, raw, n, r.exact)
				} else if c := columnOf([]byte(fields[at-1])); c != unknown && string(r.text(c)) != text {
					t.Errorf("%s, %s: got %q of %s", s.name, name, r.text(c), raw)
				}
			}
			for at, text := range map[int]string{
				1: "2015-02-29", 3: "1234567890.123456", 5: "-0.5", 7: `an \\n escape`, 9: "01", 11: "1.", 13: "1e3", 0: "date", 12: "vol",
			} {
				fields := append([]string(nil), first...)
				fields[at] = text
				raw := kind(s.row(fields...))
				isString := at == 1 || at%2 == 1 && at != 7 && name == "strings"
				var r row
				n := l.read((*[maxRow]byte)([]byte(s.between+raw+room)), &r, dateText)
				if fits := n != 0; fits != isString || fits && (r.exact || string(r.text(columnOf([]byte(fields[at-1])))) != text) {
					t.Errorf("%s, %s: %s: %d, exact %t", s.name, name, raw, n, r.exact)
				}
			}
		}
	}
}

// numbersUnquoted finds the numbers of prices and volumes that are strings.
var numbersUnquoted = regexp.MustCompile(`("(?:open|high|low|close|volume)": *)"([^"]*)()"`)
