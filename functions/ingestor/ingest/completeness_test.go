package ingest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/mejan/mejan/functions/ingestor/ingest"
	"github.com/mejan/mejan/functions/pipeline"
)

// A whole file with anything behind it but white space is two things, and neither can be trusted.
func TestEveryTrailingByte(t *testing.T) {
	body := bytes.TrimSpace(readFile(t, "testdata/split/batch.json"))
	for c := range 256 {
		got := split(t, "inputs/x.json", append(bytes.Clone(body), byte(c)))
		if white := strings.IndexByte(" \t\r\n", byte(c)) >= 0; white != (got.err == nil) {
			t.Errorf("byte %#02x: %v", c, got.err)
		}
		if got.err != nil {
			broken := fileError(t, got.err)
			if broken.Code != ingest.MalformedJSON || broken.Offset != int64(len(body)) {
				t.Errorf("byte %#02x: got %+v, want it at %d", c, broken, len(body))
			}
		}
	}
}

// planned is a row of a generated file and what has to become of it.
type planned struct {
	text, datetime string
	valid          bool
	code           string
}

// Whatever a file holds: each row comes out once, valid or refused and explained, in order, and at its place.
func TestEveryRowComesOutOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		plan := make(map[string][]planned)
		var order []string
		body := drawFile(t, plan, &order)
		got := splitRun(strings.NewReader(body), ingest.Run{ID: "run", Now: claimed})
		if len(order) == 0 {
			return
		}
		if got.err != nil {
			t.Fatalf("%v\n%s", got.err, body)
		}
		var valid, invalid []string
		for _, symbol := range order {
			for i, row := range plan[symbol] {
				if row.valid {
					valid = append(valid, symbol+" "+row.datetime)
				} else {
					invalid = append(invalid, fmt.Sprintf("/%s/values/%d %s", symbol, i, row.code))
				}
			}
		}
		var gotValid, gotInvalid []string
		for line := range strings.Lines(got.valid) {
			var bar pipeline.Bar
			if err := json.Unmarshal([]byte(line), &bar); err != nil {
				t.Fatal(err)
			}
			gotValid = append(gotValid, bar.Symbol+" "+bar.Datetime)
		}
		for line := range strings.Lines(got.rejected) {
			var reject pipeline.Reject
			if err := json.Unmarshal([]byte(line), &reject); err != nil {
				t.Fatal(err)
			}
			codes := make([]string, len(reject.Reasons))
			for i, reason := range reject.Reasons {
				codes[i] = reason.Code
			}
			symbol := strings.Split(reject.Pointer, "/")[1]
			index := reject.Pointer[strings.LastIndexByte(reject.Pointer, '/')+1:]
			var want planned
			if _, err := fmt.Sscan(index, new(int)); err == nil {
				var i int
				_, _ = fmt.Sscan(index, &i)
				want = plan[symbol][i]
			}
			if !slices.Contains(codes, want.code) || !strings.HasPrefix(body[reject.Offset:], want.text) {
				t.Errorf("%s: got %v at %d, want %s of %s", reject.Pointer, codes, reject.Offset, want.code, want.text)
			}
			gotInvalid = append(gotInvalid, reject.Pointer+" "+want.code)
		}
		if diff := cmp.Diff(valid, gotValid); diff != "" {
			t.Errorf("valid (-want +got):\n%s\n%s", diff, body)
		}
		if diff := cmp.Diff(invalid, gotInvalid); diff != "" {
			t.Errorf("refused (-want +got):\n%s\n%s", diff, body)
		}
		if rows := got.result.Rows; rows != (pipeline.Rows{
			Raw: int64(len(valid) + len(invalid)), Valid: int64(len(valid)), Invalid: int64(len(invalid)),
		}) {
			t.Errorf("rows %+v, want %d and %d", rows, len(valid), len(invalid))
		}
	})
}

// drawFile makes up a batch, and says what has to become of its rows.
func drawFile(t *rapid.T, plan map[string][]planned, order *[]string) string {
	space := rapid.SampledFrom([]string{"", " ", "\n  ", "\r\n\t"}).Draw(t, "white space")
	var entries []string
	for range rapid.IntRange(0, 3).Draw(t, "series") {
		symbol := rapid.StringMatching(`[A-Z]{1,5}`).Draw(t, "symbol")
		if plan[symbol] != nil {
			continue
		}
		rows := drawRows(t, space)
		if len(rows) == 0 {
			continue
		}
		plan[symbol] = rows
		*order = append(*order, symbol)
		texts := make([]string, len(rows))
		for i, row := range rows {
			texts[i] = row.text
		}
		entries = append(entries, fmt.Sprintf(`%q:%s{"meta":{"symbol":%q,"interval":"1day"},%s"values":[%s%s]}`,
			symbol, space, symbol, space, strings.Join(texts, ","+space), space))
	}
	return "{" + strings.Join(entries, ","+space) + space + "}"
}

// drawRows makes up the rows of a series, the latest first, some of them with a fault.
func drawRows(t *rapid.T, space string) []planned {
	var rows []planned
	day := time.Date(2018, 2, 16, 0, 0, 0, 0, time.UTC)
	var taken string
	for range rapid.IntRange(0, 40).Draw(t, "rows") {
		day = day.AddDate(0, 0, -1)
		datetime := day.Format(time.DateOnly)
		fields := map[string]string{
			"datetime": `"` + datetime + `"`, "open": `"10.5"`, "high": `"12.000"`, "low": `"9"`, "close": `11`, "volume": `"1000"`,
		}
		row := planned{datetime: datetime, valid: true}
		switch fault := rapid.SampledFrom([]string{
			"", "", "", "", "", ingest.FieldMissing, ingest.FieldType, ingest.NotANumber, ingest.PriceNotPositive, ingest.VolumeNegative,
			ingest.HighBelowLow, ingest.HighBelowBody, ingest.LowAboveBody, ingest.DatetimeFormat, ingest.FutureBar,
			ingest.DuplicateBar, ingest.ConflictingBar,
		}).Draw(t, "fault"); fault {
		case "":
		case ingest.DuplicateBar, ingest.ConflictingBar:
			if taken == "" {
				break
			}
			row = planned{datetime: taken, code: fault}
			fields["datetime"] = `"` + taken + `"`
			if fault == ingest.ConflictingBar {
				fields["close"] = `11.5`
			}
		default:
			row.valid, row.code = false, fault
			spoil(t, fault, fields)
		}
		if row.valid {
			taken = datetime
		}
		var members []string
		for _, name := range []string{"datetime", "open", "high", "low", "close", "volume"} {
			if value, has := fields[name]; has {
				members = append(members, fmt.Sprintf(`%q:%s%s`, name, space, value))
			}
		}
		row.text = "{" + space + strings.Join(members, ","+space) + "}"
		rows = append(rows, row)
	}
	return rows
}

// spoil brings a fault into a row.
func spoil(t *rapid.T, fault string, fields map[string]string) {
	price := rapid.SampledFrom([]string{"open", "high", "low", "close"}).Draw(t, "price")
	switch fault {
	case ingest.FieldMissing:
		delete(fields, price)
	case ingest.FieldType:
		fields[price] = rapid.SampledFrom([]string{"null", "true", "[1]", `{"a":"}"}`}).Draw(t, "value")
	case ingest.NotANumber:
		fields[price] = rapid.SampledFrom([]string{`"NaN"`, `"1e3"`, `1e3`, `""`, `"\u0031x"`, `"0x1"`, `"1_0"`, `"+1"`}).Draw(t, "text")
	case ingest.PriceNotPositive:
		fields[price] = rapid.SampledFrom([]string{`"0"`, `0.00`, `"-1"`}).Draw(t, "price")
	case ingest.VolumeNegative:
		fields["volume"] = `"-1"`
	case ingest.HighBelowLow:
		fields["high"] = `"8.999"`
	case ingest.HighBelowBody:
		fields["high"] = `"10.9999999999999999"`
	case ingest.LowAboveBody:
		fields["low"] = `"10.50000000000000001"`
	case ingest.DatetimeFormat:
		fields["datetime"] = rapid.SampledFrom([]string{`"2018-02-30"`, `""`, `"2018-02-16 10:00:00"`, `"yesterday"`}).Draw(t, "day")
	case ingest.FutureBar:
		fields["datetime"] = `"2018-02-23"`
	}
}
