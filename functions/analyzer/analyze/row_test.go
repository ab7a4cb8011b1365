package analyze

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
)

// The fast way and the strict one are one reader: whatever row comes behind a usual one, what the fast way takes, the
// strict one takes too, and both put the same bar on the tape.
func FuzzRow(f *testing.F) {
	const good = `{"symbol":"A","interval":"1day","datetime":"2018-01-02","open":2.50,"high":3,"low":1.5,"close":2.25,` +
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
	})
}

// told is everything on a tape.
func told(r *reader) []string {
	var all []string
	tape := r.done()
	for _, of := range tape.tracks {
		all = append(all, fmt.Sprintf("%q %q %q %q %v", of.symbol, of.interval, of.currency, of.last, of.broken))
		for i := range of.n {
			var bar Bar
			tape.unpack(of, i, &bar)
			all = append(all, fmt.Sprintf("%+v", bar))
		}
	}
	return all
}
