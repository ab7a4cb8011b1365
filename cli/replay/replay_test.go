package replay

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mejan/mejan/functions/ingestor/ingest"
	"github.com/mejan/mejan/functions/pipeline"
)

// The file was first seen before its bars began, which is what refused them; today they have come.
var (
	firstSeen = time.Date(2018, 2, 1, 12, 0, 0, 0, time.UTC)
	today     = time.Date(2018, 2, 12, 12, 0, 0, 0, time.UTC)
)

// What passes goes through the pipeline's own reader without a refusal, each row in the series that it was of and with
// the digits that it had; what is refused still, and what cannot be tried, is counted and left out.
func TestRebuild(t *testing.T) {
	rejects := refuse(t, `{
		"AAPL": {"meta": {"symbol": "AAPL", "interval": "1day", "currency": "USD", "exchange": "NASDAQ",
			"exchange_timezone": "America/New_York", "mic_code": "XNGS", "type": "Common Stock"}, "values": [
			{"datetime": "2018-02-07", "open": "163.08500", "high": "163.40", "low": "159.07", "close": 159.540, "volume": "1"},
			{"datetime": "2018-02-06", "open": "154.83", "high": "150", "low": "149", "close": "150"},
			{"datetime": "2018-02-06", "open": "154.83", "high": "163.72", "low": "154", "close": "163.03", "volume": "2"},
			{"datetime": "2018-02-07", "open": "163.085", "high": "163.4", "low": "159.07", "close": "159.54", "volume": "1"},
			{"datetime": "2018-01-31", "open": "166.87", "high": "168.44", "low": "166.50", "close": "167.43"},
			{"datetime": "2018-01-31", "open": "166.87", "high": "168.44", "low": "166.50", "close": "167.44"},
			{"datetime": "2018-01-31", "open": "166.87", "high": "168.44", "low": "166.50", "close": "167.43"}]},
		"weekly": {"meta": {"symbol": "AAPL", "interval": "1week"}, "values": [
			{"datetime": "2018-02-05", "open": "159.1", "high": "163.88", "low": "154", "close": "160", "later": "`+
		strings.Repeat("x", pipeline.MaxRaw)+`"},
			{"datetime": "2018-02-05", "open": "159.1", "high": "163.88", "low": "154", "close": "160", "volume": "3"}]},
		"NOPE": {"code": 404, "message": "symbol not found", "status": "error"},
		"EUR/USD": {"meta": {"symbol": "EUR/USD", "interval": "1h", "exchange_timezone": "UTC", "currency_quote": "US Dollar"},
			"values": [{"datetime": "2018-02-12 11:00:00", "open": "1.2254", "high": "1.2260", "low": "1.2250", "close": "1.2251"},
				{"datetime": "2018-02-12 13:00:00", "open": "1.2254", "high": "1.2260", "low": "1.2250", "close": "1.2251"}]},
		"RENAMED": {"meta": {"symbol": "OLD", "interval": "1day", "exchange": "`+strings.Repeat("N", 150)+`"},
			"values": [{"datetime": "2018-01-31", "open": "1", "high": "1", "low": "1", "close": "1"}]}}`)

	var batch bytes.Buffer
	result, err := Rebuild(reading(rejects), today, &batch)
	if err != nil {
		t.Fatal(err)
	}
	want := Result{
		Read: 12, Rows: 7, Passed: 4, Still: 3,
		Reasons: map[string]int64{ingest.HighBelowBody: 1, ingest.DuplicateBar: 1, ingest.FutureBar: 1},
		Skipped: map[Skip]int64{Conflict: 1, Duplicate: 1, Cut: 2, NoRow: 1},
		RunID:   "run", Source: pipeline.Source{Key: "inputs/x.json", ETag: "e"},
	}
	if diff := cmp.Diff(want, result); diff != "" {
		t.Errorf("result (-want +got):\n%s", diff)
	}
	const text = `{"data":{
"AAPL 1day":{"meta":{"symbol":"AAPL","interval":"1day","currency":"USD","exchange":"NASDAQ",` +
		`"exchange_timezone":"America/New_York","mic_code":"XNGS","type":"Common Stock"},"values":[
{"datetime":"2018-02-07","open":"163.08500","high":"163.40","low":"159.07","close":159.540,"volume":"1"},
{"datetime":"2018-02-06","open":"154.83","high":"163.72","low":"154","close":"163.03","volume":"2"}
]},
"AAPL 1week":{"meta":{"symbol":"AAPL","interval":"1week"},"values":[
{"datetime":"2018-02-05","open":"159.1","high":"163.88","low":"154","close":"160","volume":"3"}
]},
"EUR/USD 1h":{"meta":{"symbol":"EUR/USD","interval":"1h","currency_quote":"US Dollar","exchange_timezone":"UTC"},"values":[
{"datetime":"2018-02-12 11:00:00","open":"1.2254","high":"1.2260","low":"1.2250","close":"1.2251"}
]}
}}
`
	if diff := cmp.Diff(text, batch.String()); diff != "" {
		t.Errorf("batch (-want +got):\n%s", diff)
	}

	var valid, rejected bytes.Buffer
	again, err := ingest.Split(&batch, ingest.Run{Now: today}, &valid, &rejected)
	if err != nil || again.Rows != (pipeline.Rows{Raw: 4, Valid: 4}) || again.Symbols != 2 {
		t.Errorf("the batch itself: %+v, %v, refused: %s", again, err, rejected.String())
	}
	if !strings.Contains(valid.String(), `"open":163.08500,"high":163.40,"low":159.07,"close":159.540,"volume":1}`) {
		t.Errorf("digits have changed:\n%s", valid.String())
	}
}

// Of many rows exactly those pass that the rules take, also where the lines are longer than any buffer.
func TestManyRows(t *testing.T) {
	var rejects, want bytes.Buffer
	for s := range 3 {
		for i := range 5000 {
			close, code := "160", ingest.FutureBar
			if (i*i+s)%7 == 0 {
				close, code = "200", ingest.HighBelowBody // so it is still
			}
			day := time.Date(1990, 1, 1+i, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
			raw := `{"datetime":"` + day + `","open":"159","high":"163","low":"154","close":"` + close + `"}`
			rejects.Write(line(t, pipeline.Reject{
				Pointer: fmt.Sprintf("/S%d/values/%d", s, i), Raw: raw, Reasons: []pipeline.Reason{{Code: code}},
				Series: &pipeline.SeriesMeta{Symbol: fmt.Sprintf("S%d", s), Interval: "1day"},
			}))
			if code == ingest.FutureBar {
				want.WriteString(raw + "\n")
			}
		}
	}
	var batch, got bytes.Buffer
	result, err := Rebuild(reading(rejects.Bytes()), today, &batch)
	if err != nil {
		t.Fatal(err)
	}
	for text := range strings.Lines(batch.String()) {
		if strings.HasPrefix(text, `{"datetime"`) {
			got.WriteString(strings.TrimRight(text, ",\n") + "\n")
		}
	}
	if result.Rows != 15000 || !bytes.Equal(got.Bytes(), want.Bytes()) {
		t.Errorf("%+v: %d bytes of rows pass, want %d, or others", result, got.Len(), want.Len())
	}
}

// Two series of one name stay apart, under names of their own: a batch has no name twice.
func TestSeriesOfOneName(t *testing.T) {
	var rejects bytes.Buffer
	for _, series := range []pipeline.SeriesMeta{
		{Symbol: "A", Interval: "1day"},
		{Symbol: "A", Interval: "1day", Exchange: "LSE"},
		{Symbol: "A 1day", Interval: "2"}, // which no rule takes, and which must not break the rest
		{Symbol: "A", Interval: "1day"},
	} {
		rejects.Write(line(t, pipeline.Reject{
			Pointer: "/values/0", Raw: goodRow, Series: &series, Reasons: []pipeline.Reason{{Code: ingest.FutureBar}},
		}))
	}
	var batch bytes.Buffer
	result, err := Rebuild(reading(rejects.Bytes()), today, &batch)
	if err != nil || result.Passed != 3 || result.Still != 1 {
		t.Fatalf("%+v, %v", result, err)
	}
	for _, name := range []string{`"A 1day":`, `"A 1day 2":`, `"A 1day 3":`} {
		if strings.Count(batch.String(), name) != 1 {
			t.Errorf("%s is not there once:\n%s", name, batch.String())
		}
	}
}

const goodRow = `{"datetime":"2018-02-07","open":"163.08","high":"163.40","low":"159.07","close":"159.54"}`

// A line that cannot be tried again is left out for a reason, never replayed as something that it was not.
func TestSkip(t *testing.T) {
	meta := &pipeline.SeriesMeta{Symbol: "A", Interval: "1day"}
	because := func(code, field string) []pipeline.Reason { return []pipeline.Reason{{Code: code, Field: field}} }
	for name, c := range map[string]struct {
		reject pipeline.Reject
		want   Skip
	}{
		"row":           {pipeline.Reject{Pointer: "/A/values/0", Raw: goodRow, Series: meta}, ""},
		"of one series": {pipeline.Reject{Pointer: "/values/17", Raw: goodRow, Series: meta}, ""},
		"of POST":       {pipeline.Reject{Pointer: "/data/r1/response/values/0", Raw: goodRow, Series: meta}, ""},
		"no object":     {pipeline.Reject{Pointer: "/values/0", Raw: `17`, Series: meta}, ""},
		"long price": {pipeline.Reject{
			Pointer: "/values/0", Raw: goodRow, Series: meta, Reasons: because(ingest.FieldTooLong, "low"),
		}, ""},
		"file":          {pipeline.Reject{}, NoRow},
		"broken file":   {pipeline.Reject{Pointer: "/A/values/3"}, NoRow},
		"no array":      {pipeline.Reject{Pointer: "/A/values", Raw: `{}`, Series: meta}, NoRow},
		"named values":  {pipeline.Reject{Pointer: "/values", Raw: `{"code":404}`, Series: meta}, NoRow},
		"error in a 3":  {pipeline.Reject{Pointer: "/data/3", Raw: `{"code":404}`, Series: meta}, NoRow},
		"without meta":  {pipeline.Reject{Pointer: "/values/0", Raw: goodRow}, NoSeries},
		"without name":  {pipeline.Reject{Pointer: "/values/0", Raw: goodRow, Series: &pipeline.SeriesMeta{Interval: "1day"}}, NoSeries},
		"cut":           {pipeline.Reject{Pointer: "/values/0", Raw: `{"datetime":"2018-`, Series: meta}, Cut},
		"name of twice": {pipeline.Reject{Pointer: "/values/0", Raw: `{"open":1,"open":2}`, Series: meta}, Cut},
		"cut meta": {pipeline.Reject{
			Pointer: "/values/0", Raw: goodRow, Series: meta, Reasons: because(ingest.FieldTooLong, "exchange"),
		}, Cut},
		"duplicate": {pipeline.Reject{
			Pointer: "/values/0", Raw: goodRow, Series: meta, Reasons: because(ingest.DuplicateBar, ""),
		}, Duplicate},
		"conflict": {pipeline.Reject{
			Pointer: "/values/0", Raw: goodRow, Series: meta, Reasons: because(ingest.ConflictingBar, ""),
		}, Conflict},
	} {
		t.Run(name, func(t *testing.T) {
			if got := skip(c.reject); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// What is no rejects object ends with an error that names the line, and nothing is written.
func TestNotRejects(t *testing.T) {
	good := string(line(t, pipeline.Reject{
		Pointer: "/values/0", Raw: goodRow, Series: &pipeline.SeriesMeta{Symbol: "A", Interval: "1day"},
		Reasons: []pipeline.Reason{{Code: ingest.FutureBar}},
	}))
	broken := errors.New("connection reset")
	for name, c := range map[string]struct {
		first, second io.Reader
		want          string
	}{
		"a processed file": {strings.NewReader(goodRow), nil, "line 1 is none of rejects/: it names no reason"},
		"no JSON":          {strings.NewReader(good + "x\n"), nil, "line 2 is none of rejects/"},
		"cut off":          {strings.NewReader(good + good[:40]), nil, "line 2 is none of rejects/"},
		"endless line":     {strings.NewReader(good + strings.Repeat(" ", maxLine+1)), nil, "line 2: bufio.Scanner: token too long"},
		"connection":       {io.MultiReader(strings.NewReader(good), iotest.ErrReader(broken)), nil, "connection reset"},
		"changed":          {strings.NewReader(good), strings.NewReader(good + good), errChanged.Error()},
	} {
		t.Run(name, func(t *testing.T) {
			readers := []io.Reader{c.first, c.second}
			open := func() (io.ReadCloser, error) {
				r := readers[0]
				readers = readers[1:]
				return io.NopCloser(r), nil
			}
			var batch bytes.Buffer
			_, err := Rebuild(open, today, &batch)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got error %v, want one with %q", err, c.want)
			}
			if c.second == nil && batch.Len() > 0 {
				t.Errorf("written: %s", batch.String())
			}
		})
	}
}

// Where nothing passes nothing is written, and that is no failure.
func TestNothingPasses(t *testing.T) {
	for name, rejects := range map[string]string{
		"no lines": "",
		"a file":   `{"pointer":"","offset":7,"reasons":[{"code":"MALFORMED_JSON","detail":"x"}],"rules":"1"}`,
		"a row": string(line(t, pipeline.Reject{
			Pointer: "/values/0", Raw: `{"datetime":"2018-02-07"}`, Series: &pipeline.SeriesMeta{Symbol: "A", Interval: "1day"},
			Reasons: []pipeline.Reason{{Code: ingest.FieldMissing}},
		})),
	} {
		t.Run(name, func(t *testing.T) {
			var batch bytes.Buffer
			result, err := Rebuild(reading([]byte(rejects)), today, &batch)
			if err != nil || result.Passed != 0 || batch.Len() > 0 {
				t.Errorf("%+v, %v, written: %s", result, err, batch.String())
			}
		})
	}
}

// refuse is what a file was refused for when it was first seen.
func refuse(t *testing.T, file string) []byte {
	t.Helper()
	var rejects bytes.Buffer
	run := ingest.Run{ID: "run", Source: pipeline.Source{Key: "inputs/x.json", ETag: "e"}, Now: firstSeen}
	if _, err := ingest.Split(strings.NewReader(file), run, io.Discard, &rejects); err != nil {
		t.Fatal(err)
	}
	return rejects.Bytes()
}

func reading(content []byte) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil }
}

func line(t *testing.T, r pipeline.Reject) []byte {
	t.Helper()
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	return append(text, '\n')
}
