package analyze_test

import (
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/mejan/mejan/functions/analyzer/analyze"
)

// A row that the ingestor may not have written ends the analysis and says which row it is; a broken stream is another
// matter.
func TestReadRefuses(t *testing.T) {
	good := row("A", 1, 2, "")
	change := func(from, to string) io.Reader {
		return strings.NewReader(good + "\n" + strings.Replace(good, from, to, 1))
	}
	for name, c := range map[string]struct {
		in        io.Reader
		permanent bool
		says      string
	}{
		"not JSON":        {strings.NewReader(good + "\n{]"), true, "row 2"},
		"empty line":      {strings.NewReader(good + "\n\n" + good), true, "row 2"},
		"no symbol":       {change(`"symbol":"A",`, ""), true, "symbol"},
		"empty symbol":    {change(`"A"`, `""`), true, "symbol"},
		"no close":        {change(`,"close":2`, ""), true, "close"},
		"no open":         {change(`"open":2,`, ""), true, "open"},
		"close NaN":       {change(`"close":2`, `"close":"NaN"`), true, "NaN"},
		"close zero":      {change(`"close":2`, `"close":0`), true, "close"},
		"close zero, too": {change(`"close":2`, `"close":0.000`), true, "close"},
		"low negative":    {change(`"low":2`, `"low":-2`), true, "low"},
		"leading zero":    {change(`"high":2`, `"high":02`), true, "row 2"},
		"exponent":        {change(`"high":2`, `"high":2e1`), true, "row 2"},
		"no digits":       {change(`"high":2`, `"high":2.`), true, "row 2"},
		"close too big":   {change(`"close":2`, `"close":`+strings.Repeat("9", 400)), true, "close"},
		"volume below 0":  {strings.NewReader(row("A", 1, 2, volume(-1))), true, "volume"},
		"no such day":     {change("2018-01-02", "2018-02-30"), true, "datetime"},
		"short time":      {change("2018-01-02", "2018-01-02 9:30:00"), true, "datetime"},
		"endless line":    {strings.NewReader(strings.Repeat(" ", analyze.MaxLine+1)), true, "row 1"},
		"endless, again":  {strings.NewReader(good + "\n" + strings.Repeat(" ", 1<<20)), true, "row 2"},
		"cut row":         {strings.NewReader(good + "\n" + strings.TrimSuffix(good, "}")), true, "row 2"},
		"cut stream":      {io.MultiReader(strings.NewReader(good+"\n"), broken{}), false, "row 2"},
	} {
		_, err := analyze.Read(c.in)
		if err == nil || errors.Is(err, analyze.ErrRow) != c.permanent || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: got %v, want permanent %t, naming %q", name, err, c.permanent, c.says)
		}
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// The spelling of a row does not matter: spaces, order of members, numbers in strings, a line break at the end or none.
func TestSpelling(t *testing.T) {
	plain := encoded(t, result(t, []string{row("A", 0, 2, volume(7)), row("A", 1, 3.5, volume(9))}))
	for name, rows := range map[string][]string{
		"spaces": {strings.ReplaceAll(row("A", 0, 2, volume(7)), ",", " , "), row("A", 1, 3.5, volume(9)) + "\r"},
		"order": {
			row("A", 0, 2, volume(7)),
			`{"close":3.5,"low":3.5,"high":3.5,"volume":9,"open":3.5,"datetime":"2018-01-02","symbol":"A","interval":"1day"}`,
		},
		"strings":   {row("A", 0, 2, volume(7)), strings.ReplaceAll(row("A", 1, 3.5, volume(9)), "3.5", `"3.5"`)},
		"escapes":   {strings.Replace(row("A", 0, 2, volume(7)), `"A"`, `"\u0041"`, 1), row("A", 1, 3.5, volume(9))},
		"new field": {row("A", 0, 2, volume(7)+`,"later":[{}]`), row("A", 1, 3.5, volume(9))},
	} {
		if got := encoded(t, result(t, rows)); got != plain {
			t.Errorf("%s:\ngot  %s\nwant %s", name, got, plain)
		}
	}
}

// Memory grows with the bars and not with their text, and a row of a kind that was met before allocates nothing but its
// place on the tape.
func TestReadAllocatesByBars(t *testing.T) {
	const symbols, days = 20, 640
	cost := func(zone string) (bytes int64, allocations float64) {
		var rows strings.Builder
		for s := range symbols {
			for i := range days {
				rows.WriteString(row(string(rune('A'+s)), i, 2, `,"volume":1,"timezone":"`+zone+`"`) + "\n")
			}
		}
		read := func() {
			if tape, err := analyze.Read(strings.NewReader(rows.String())); err != nil || tape.Rows != symbols*days {
				t.Fatalf("%+v, %v", tape, err)
			}
		}
		allocations = testing.AllocsPerRun(1, read)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		read()
		runtime.ReadMemStats(&after)
		return int64(after.TotalAlloc - before.TotalAlloc), allocations
	}
	short, n := cost("X")
	// A dozen for each of 640 datetimes, which are met by the strict reader, and for each symbol.
	if n > 25*(days+symbols) {
		t.Errorf("%d rows: %g allocations", symbols*days, n)
	}
	if long, _ := cost(strings.Repeat("X", 1000)); long > short+4<<20 {
		t.Errorf("12 MB more text: %d bytes allocated in place of %d", long, short)
	}
}

// A price with more digits than the table holds does not make the item impossible to store.
func TestLongPrice(t *testing.T) {
	long := strings.Replace(row("A", 1, 2, ""), `"close":2`, `"close":3.`+strings.Repeat("1", 100), 1)
	got := result(t, []string{long}).Insights[0].Close
	if len(got) > analyze.MaxDigits || !strings.HasPrefix(string(got), "3.111") {
		t.Errorf("close: got %q, want at most %d characters", got, analyze.MaxDigits)
	}
}
