package ingest_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mejan/mejan/functions/ingestor/ingest"
	"github.com/mejan/mejan/functions/pipeline"
)

// claimed is when the files of the tests were first seen.
var claimed = time.Date(2018, 2, 20, 12, 0, 0, 0, time.UTC)

// The contract's table and the catalogue have the same checks in the same order, so a check has words, and no words stay
// of a check that is gone.
func TestCatalogueIsInTheContract(t *testing.T) {
	var inTable, inCatalogue []string
	for _, c := range pipeline.Codes() {
		if slices.Contains([]pipeline.Level{pipeline.LevelReject, pipeline.LevelWarn, pipeline.LevelFile}, c.Level) {
			inTable = append(inTable, c.Code)
		}
	}
	for _, check := range ingest.Catalogue() {
		inCatalogue = append(inCatalogue, check.Code)
	}
	if diff := cmp.Diff(inTable, inCatalogue); diff != "" {
		t.Errorf("checks (-functions/pipeline/codes.go +functions/ingestor/ingest/catalogue.go):\n%s", diff)
	}
}

// Each check finds what its example shows, at the level that the contract says; the page made from it does not lie.
func TestCatalogueExamples(t *testing.T) {
	codes := make(map[string]bool)
	levels := []pipeline.Level{pipeline.LevelReject, pipeline.LevelWarn, pipeline.LevelFile}
	if !slices.IsSortedFunc(ingest.Catalogue(), func(a, b ingest.Check) int {
		return slices.Index(levels, a.Level()) - slices.Index(levels, b.Level())
	}) {
		t.Error("what refuses does not stand before what warns")
	}
	for _, check := range ingest.Catalogue() {
		if codes[check.Code] || check.Rule == "" || check.Example == "" {
			t.Errorf("%s: twice, or without rule or example", check.Code)
		}
		codes[check.Code] = true
		run := ingest.Run{ID: "run", Now: claimed}
		if check.Code == ingest.StaleSeries {
			run.Now = claimed.AddDate(0, 1, 0)
		}
		got := splitRun(strings.NewReader(check.Example), run)
		counts := got.result.Reasons
		switch check.Level() {
		case pipeline.LevelFile:
			if broken := fileError(t, got.err); broken.Code != check.Code {
				t.Errorf("%s: got %v", check.Code, broken)
			}
			continue
		case pipeline.LevelWarn:
			counts = got.result.Warnings
		case pipeline.LevelReject, pipeline.LevelAnomaly: // no check is an anomaly
		}
		if got.err != nil || counts[check.Code] != 1 {
			t.Errorf("%s: %v, reasons %v, warnings %v", check.Code, got.err, got.result.Reasons, got.result.Warnings)
		}
		if check.Field != "" && check.Level() == pipeline.LevelReject && !strings.Contains(got.rejected, `"field":"`+check.Field+`"`) {
			t.Errorf("%s: does not point to %s:\n%s", check.Code, check.Field, got.rejected)
		}
	}
}

// A series that nothing is wrong with is told of by nobody.
func TestNothingToSay(t *testing.T) {
	got := splitRun(strings.NewReader(`{"AAPL":{"meta":{"symbol":"AAPL","interval":"1day","mic_code":"XNGS",`+
		`"exchange_timezone":"America/New_York"},"values":[`+
		bar("2018-02-20")+`,`+bar("2018-02-16")+`,`+bar("2018-02-15")+`]}}`), ingest.Run{Now: claimed})
	if got.err != nil || len(got.result.Reasons)+len(got.result.Warnings) != 0 || got.result.Rows.Valid != 3 {
		t.Errorf("%+v", got)
	}
}

// The days of trading are nothing to bars of a week or a month.
func TestSessionsOfLongerBars(t *testing.T) {
	for _, interval := range []string{"1week", "1month"} {
		got := splitRun(strings.NewReader(`{"meta":{"symbol":"A","interval":"`+interval+`","exchange":"NYSE"},"values":[`+
			bar("2018-01-01")+`,`+bar("2017-12-01")+`,`+bar("2017-11-04")+`]}`), ingest.Run{})
		if got.err != nil || got.result.Rows.Valid != 3 || len(got.result.Warnings) != 0 {
			t.Errorf("%s: %v, %+v", interval, got.err, got.result)
		}
	}
}

// A warning stands on the bar that it is about: the later one of two, in whichever direction the series goes.
func TestWarningsOnBars(t *testing.T) {
	newest := []string{
		priced("2018-02-16", "160"), priced("2018-02-14", "161"), priced("2018-02-13", "322"), priced("2018-02-12", "320"),
	}
	oldest := slices.Clone(newest)
	slices.Reverse(oldest)
	for name, rows := range map[string][]string{"newest first": newest, "oldest first": oldest} {
		got := splitRun(strings.NewReader(`{"meta":{"symbol":"AAPL","interval":"1day","exchange":"NYSE"},"values":[`+
			strings.Join(rows, ",")+`]}`), ingest.Run{Now: claimed})
		for line := range strings.Lines(got.valid) {
			want := ""
			switch {
			case strings.Contains(line, "2018-02-16"):
				want = `,"warnings":["MISSING_SESSION"]`
			case strings.Contains(line, "2018-02-14"):
				want = `,"warnings":["SPLIT_LIKE_JUMP"]`
			}
			if !strings.HasSuffix(line, want+"}\n") || want == "" && strings.Contains(line, "warnings") {
				t.Errorf("%s: got %s, want it to end in %q", name, line, want)
			}
		}
	}
}

// Now is by the clock of the exchange: what has not begun there is not a bar yet, and what has is one.
func TestFutureByTheExchange(t *testing.T) {
	now := time.Date(2018, 2, 20, 2, 30, 0, 0, time.UTC) // in New York 21:30 of the day before, in Tokyo 11:30
	for _, c := range []struct {
		zone, interval, datetime string
		future                   bool
	}{
		{"America/New_York", "1day", "2018-02-19", false},
		{"America/New_York", "1day", "2018-02-20", true},
		{"Asia/Tokyo", "1day", "2018-02-20", false},
		{"Asia/Tokyo", "1day", "2018-02-21", true},
		{"Asia/Tokyo", "1min", "2018-02-20 11:30:00", false},
		{"Asia/Tokyo", "1min", "2018-02-20 11:31:00", true},
		{"", "1day", "2018-02-20", false},
		{"Nowhere/Land", "1min", "2018-02-20 16:30:00", false},
		{"Nowhere/Land", "1min", "2018-02-20 16:31:00", true},
	} {
		got := splitRun(strings.NewReader(`{"meta":{"symbol":"A","interval":"`+c.interval+`","exchange_timezone":"`+c.zone+
			`"},"values":[`+bar(c.datetime)+`]}`), ingest.Run{Now: now})
		if got.err != nil || (got.result.Reasons[ingest.FutureBar] == 1) != c.future {
			t.Errorf("%+v: %v, %v", c, got.err, got.result.Reasons)
		}
	}
}

// A bar of a known time is told apart by what it says, however its numbers are spelled, wherever in the series it comes.
func TestBarsOfOneTime(t *testing.T) {
	for name, c := range map[string]struct {
		rows string
		code string
	}{
		"the same, next to it":     {bar("2018-02-07") + "," + bar("2018-02-07"), ingest.DuplicateBar},
		"the same, spelled longer": {priced("2018-02-07", "160") + "," + priced("2018-02-07", "160.000"), ingest.DuplicateBar},
		"a digit elsewhere":        {priced("2018-02-07", "1590") + "," + priced("2018-02-07", "159.0"), ingest.ConflictingBar},
		"other, next to it":        {priced("2018-02-07", "160") + "," + priced("2018-02-07", "161"), ingest.ConflictingBar},
		"the same, further on":     {bar("2018-02-07") + "," + bar("2018-02-06") + "," + bar("2018-02-05") + "," + bar("2018-02-07"), ingest.DuplicateBar},
		"other, further on":        {bar("2018-02-07") + "," + bar("2018-02-06") + "," + priced("2018-02-07", "1"), ingest.ConflictingBar},
		"many digits": {
			priced("2018-02-07", "1.00000000000000000001") + "," + priced("2018-02-07", "1.00000000000000000001"), ingest.DuplicateBar,
		},
		"many digits, other": {
			priced("2018-02-07", "1.00000000000000000001") + "," + priced("2018-02-07", "1.00000000000000000002"), ingest.ConflictingBar,
		},
	} {
		got := splitRun(strings.NewReader(`{"meta":{"symbol":"A","interval":"1day"},"values":[`+c.rows+`]}`), ingest.Run{})
		if got.err != nil || got.result.Rows.Invalid != 1 || got.result.Reasons[c.code] != 1 {
			t.Errorf("%s: %v, %+v", name, got.err, got.result)
		}
	}
}

// What is a split and what a move is a matter of three percent; sizes of a hundred are told apart from both.
func TestJumps(t *testing.T) {
	for _, c := range []struct{ from, to, code string }{
		{"100", "50", ingest.SplitLikeJump},
		{"100", "51.5", ingest.SplitLikeJump},
		{"100", "51.6", ""},
		{"100", "53", ""},
		{"100", "68", ""}, // 3 for 2 is a move as well
		{"10", "30.9", ingest.SplitLikeJump},
		{"10", "30.91", ""},
		{"7", "49", ingest.SplitLikeJump},
		{"1.23", "24.6", ingest.SplitLikeJump},
		{"1.23", "123", ingest.Scale100x},
		{"123", "1.3", ingest.Scale100x},
		{"123", "1.4", ""},
		{"0.00000001", "0.00000002", ""}, // too few digits to say
		{"99999999", "999999999", ""},    // too many
	} {
		got := splitRun(strings.NewReader(`{"meta":{"symbol":"A","interval":"1day"},"values":[`+priced("2018-02-06", c.from)+`,`+
			priced("2018-02-07", c.to)+`]}`), ingest.Run{})
		want := map[string]int64{}
		if c.code != "" {
			want[c.code] = 1
		}
		if got.err != nil || len(got.result.Warnings) != len(want) || got.result.Warnings[c.code] != want[c.code] {
			t.Errorf("from %s to %s: got %v, want %v", c.from, c.to, got.result.Warnings, want)
		}
	}
}

// The shapes that the provider sends are all understood.
func TestShapes(t *testing.T) {
	one := `{"meta":{"symbol":"AAPL","interval":"1day"},"values":[` + bar("2018-02-07") + `],"status":"ok"}`
	fx := `{"meta":{"symbol":"EUR/USD","interval":"1min","currency_base":"Euro","currency_quote":"US Dollar","type":"Physical Currency"},` +
		`"values":[` + bar("2018-02-07 10:00:00") + `],"status":"ok"}`
	failed := `{"code":404,"message":"no data","status":"error","meta":{"symbol":"X","interval":"","exchange":""}}`
	for name, c := range map[string]struct {
		body           string
		valid, invalid int64
		want           string
	}{
		"single":                 {one, 1, 0, `"symbol":"AAPL"`},
		"batch":                  {`{"AAPL":` + one + `,"X":` + failed + `}`, 1, 1, ""},
		"pair":                   {fx, 1, 0, `"currency":"USD","type":"Physical Currency","datetime":"2018-02-07 10:00:00","open":10,"high":12,"low":9,"close":11}`},
		"POST /batch, bare":      {`{"code":200,"status":"success","data":{"r1":` + one + `,"r2":` + failed + `}}`, 1, 1, ""},
		"POST /batch, wrapped":   {`{"code":200,"status":"success","data":{"r1":{"response":` + one + `,"status":"success"},"r2":{"response":` + failed + `,"status":"error"}}}`, 1, 1, ""},
		"POST /batch, others":    {`{"code":200,"status":"success","data":{"r1":` + one + `,"r2":{"response":{"symbol":"USD/JPY","rate":1.5},"status":"success"}}}`, 1, 1, ""},
		"POST /batch, partial":   {`{"code":429,"message":"credits","status":"error","data":{"r1":` + one + `}}`, 1, 1, ""},
		"a symbol named meta":    {`{"meta":` + one + `,"AAPL":` + fx + `}`, 2, 0, ""},
		"a symbol named data":    {`{"data":` + one + `}`, 1, 0, ""},
		"meta of another order":  {`{"status":"ok","meta":{"interval":"1day","symbol":"AAPL"},"values":[` + bar("2018-02-07") + `]}`, 1, 0, ""},
		"rows of another order":  {`{"meta":{"symbol":"A","interval":"1day"},"values":[{"close":11,"low":9,"high":12,"open":10,"datetime":"2018-02-07"}]}`, 1, 0, `"open":10,"high":12,"low":9,"close":11}`},
		"rows with other fields": {`{"meta":{"symbol":"A","interval":"1day"},"values":[{"datetime":"2018-02-07","open":"10","high":"12","low":"9","close":"11","previous_close":"10.5","x":[{}]}]}`, 1, 0, `"close":11}`},
	} {
		got := splitRun(strings.NewReader(c.body), ingest.Run{})
		if got.err != nil || got.result.Rows.Valid != c.valid || got.result.Rows.Invalid != c.invalid || !strings.Contains(got.valid, c.want) {
			t.Errorf("%s: %v, %+v\n%s%s", name, got.err, got.result, got.valid, got.rejected)
		}
	}
}

// bar is a good row of a time.
func bar(datetime string) string {
	return `{"datetime":"` + datetime + `","open":"10","high":"12","low":"9","close":"11"}`
}

// priced is a good row of one price.
func priced(day, price string) string {
	return strings.NewReplacer("2018-02-05", day, `"10"`, `"`+price+`"`, `"12"`, `"`+price+`"`, `"9"`, `"`+price+`"`, `"11"`, `"`+price+`"`).Replace(row)
}
