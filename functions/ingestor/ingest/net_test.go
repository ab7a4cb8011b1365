package ingest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mejan/mejan/functions/pipeline"
)

// Promise: what a check finds in a row, it finds wherever the row stands in a long series, however the rows are spelled,
// and in both directions, by the short way as by the long one. The rows are those of the checks' own examples, so a new
// check needs no test of its own for that.
func TestNet(t *testing.T) {
	for _, check := range catalogue {
		if check.row == nil && check.step == nil {
			continue
		}
		t.Run(check.Code, func(t *testing.T) {
			t.Parallel()
			odd := oddFields(t, check.Example)
			if check.Field != "datetime" {
				delete(odd, "datetime") // the row stands where it is due
			}
			found := int64(0)
			for at := range sessionsOfNet {
				for name, body := range respelled(t, longSeries(odd, at)) {
					result := bothWays(t, fmt.Sprintf("%s at %d, %s", check.Code, at, name), body).result
					found += result.Reasons[check.Code] + result.Warnings[check.Code]
				}
				if t.Failed() {
					return
				}
			}
			if found == 0 && !slices.Contains(besideOthers, check.Code) {
				t.Error("it found nothing in any of the series")
			}
		})
	}
}

// Promise: the same holds of prices in any wrong order, each wrong in one way alone: the four prices of a good row are
// dealt out to its columns in all ways, which changes nothing about how the row is spelled.
func TestNetOfPrices(t *testing.T) {
	prices := []string{`"163.08"`, `"163.40"`, `"159.07"`, `"159.54"`}
	for a := range 4 {
		for b := range 4 {
			for c := range 4 {
				if a == b || a == c || b == c {
					continue
				}
				odd := map[string]string{
					"open": prices[a], "high": prices[b], "low": prices[c], "close": prices[6-a-b-c],
				}
				for _, at := range []int{0, 2, 20, sessionsOfNet - 1} {
					for name, body := range respelled(t, longSeries(odd, at)) {
						bothWays(t, fmt.Sprintf("%v at %d, %s", odd, at, name), body)
					}
				}
			}
		}
	}
}

// besideOthers are checks whose examples show nothing in one row alone.
var besideOthers = []string{DuplicateBar, ConflictingBar, OutOfOrder, MissingSession}

// Promise: a check that does not say which facts exclude it is made of every row, whichever way the row is read. Its
// level decides what comes of it, for a row by itself as for one beside others.
func TestNewCheck(t *testing.T) {
	const rows, bad = 400, 200
	dummies := map[string]Check{
		"of a row": {Code: "DUMMY", row: func(_ *series, r *row, tell *findings) {
			if string(r.text(closePrice)) == "159.55" {
				tell.of("close").add("a close that the test refuses")
			}
		}},
		"of a step": {Code: "DUMMY", detail: "%s", step: func(_ *series, r *row, _ step) bool {
			return string(r.text(closePrice)) == "159.55"
		}},
	}
	for name, dummy := range dummies {
		for _, level := range []pipeline.Level{pipeline.LevelReject, pipeline.LevelWarn} {
			for _, odd := range []string{"", `,"volume":"0"`} { // plain rows, and rows that other checks warn of
				checks := newTable(append(slices.Clone(catalogue[:]), dummy), func(c Check) pipeline.Level {
					if c.Code == dummy.Code {
						return level
					}
					return c.Level()
				})
				var all []string
				for i := range rows {
					last := "159.54"
					if i%2 == 1 {
						last = "159.55"
					}
					day := time.Date(2018, 2, 20, 0, 0, 0, 0, time.UTC).AddDate(0, 0, -i).Format(time.DateOnly)
					all = append(all, `{"datetime":"`+day+`","open":"163.08","high":"163.40","low":"159.07","close":"`+last+`"`+odd+`}`)
				}
				body := daily(strings.Join(all, ","))
				var valid strings.Builder
				got, err := split(strings.NewReader(body), Run{Now: seenAt}, &valid, io.Discard, checks, true)
				if err != nil {
					t.Fatal(err)
				}
				want := pipeline.Rows{Raw: rows, Valid: rows, Invalid: 0}
				counts, other := got.Warnings, got.Reasons
				if level == pipeline.LevelReject {
					want.Valid, want.Invalid = rows-bad, bad
					counts, other = got.Reasons, got.Warnings
				}
				if diff := cmp.Diff(want, got.Rows); diff != "" || counts["DUMMY"] != bad || other["DUMMY"] != 0 {
					t.Errorf("%s, %s, %q: reasons %v, warnings %v; rows (-want +got):\n%s", name, level, odd, got.Reasons, got.Warnings, diff)
				}
				if n := strings.Count(valid.String(), "DUMMY"); level == pipeline.LevelWarn && n != bad {
					t.Errorf("%s, %q: %d lines say it, want %d", name, odd, n, bad)
				}
			}
		}
	}
}

// sessionsOfNet is how many bars a series of the net has: some for the reader to learn how rows are spelled, and enough
// that it takes many in one go.
const sessionsOfNet = 40

// oddFields are the fields by which the last row of an example differs from a good one, as they are spelled there.
func oddFields(t *testing.T, example string) map[string]string {
	t.Helper()
	var file struct {
		Values []map[string]json.RawMessage `json:"values"`
	}
	if err := json.Unmarshal([]byte(example), &file); err != nil {
		t.Fatal(err)
	}
	var good map[string]json.RawMessage
	if err := json.Unmarshal([]byte(goodRow), &good); err != nil {
		t.Fatal(err)
	}
	odd := map[string]string{}
	last := file.Values[len(file.Values)-1]
	for name := range good {
		if _, there := last[name]; !there {
			odd[name] = "" // left out
		}
	}
	for name, value := range last {
		if string(value) != string(good[name]) {
			odd[name] = string(value)
		}
	}
	return odd
}

// longSeries is a daily series of a share whose rows are good, but for one, which has odd fields.
func longSeries(odd map[string]string, at int) []string {
	var rows []string
	day := dayOf(2018, time.February, 16)
	for len(rows) < sessionsOfNet {
		if nyse().is(day) {
			date := time.Unix(int64(day)*secondsADay, 0).UTC().Format(time.DateOnly)
			fields := []string{
				"datetime", `"` + date + `"`, "open", `"163.08"`, "high", `"163.40"`, "low", `"159.07"`, "close", `"159.54"`,
				"volume", `"700"`,
			}
			var members []string
			for i := 0; i < len(fields); i += 2 {
				value := fields[i+1]
				if text, ok := odd[fields[i]]; ok && len(rows) == at {
					value = text
				}
				if value != "" {
					members = append(members, `"`+fields[i]+`":`+value)
				}
			}
			rows = append(rows, "{"+strings.Join(members, ",")+"}")
		}
		day--
	}
	return rows
}

// respelled is a series of compact rows in all ways to spell it: three layouts, with strings and with numbers, the latest
// first and last.
func respelled(t *testing.T, rows []string) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	for _, direction := range []string{"latest first", "latest last"} {
		compact := []byte(american(strings.Join(rows, ",")))
		var indented bytes.Buffer
		if err := json.Indent(&indented, compact, "", "    "); err != nil {
			t.Fatal(err)
		}
		spaced := strings.NewReplacer(`":`, `": `, `,"`, `, "`, `},{`, `}, {`).Replace(string(compact))
		for layout, body := range map[string][]byte{"compact": compact, "spaced": []byte(spaced), "indented": indented.Bytes()} {
			room := bytes.Repeat([]byte(" "), maxRow)
			all[direction+", "+layout+", strings"] = append(slices.Clone(body), room...)
			all[direction+", "+layout+", numbers"] = append(numbersUnquoted.ReplaceAll(body, []byte("$1$2$3")), room...)
		}
		rows = slices.Clone(rows)
		slices.Reverse(rows)
	}
	return all
}
