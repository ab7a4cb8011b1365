package ingest

import (
	"fmt"
	"math/bits"
	"slices"
	"unicode/utf8"

	"github.com/mejan/mejan/functions/pipeline"
)

// maxNumber bounds a number, in characters. DynamoDB keeps 38 digits; no price or volume has half of that.
const maxNumber = 32

// findings gathers the reasons to refuse a row.
type findings struct {
	// code is of the check at work.
	code    string
	reasons []pipeline.Reason
}

// of takes one that is about a field.
func (f *findings) of(c column, detail string) {
	f.reasons = append(f.reasons, pipeline.Reason{Code: f.code, Field: columnNames[c], Detail: detail})
}

// Each of the functions below is the one of its name in the catalogue.

func fieldMissing(_ *series, r *row, tell *findings) {
	for c := datetime; c < volume; c++ {
		if !r.has(c) {
			tell.of(c, "missing")
		}
	}
}

func fieldType(_ *series, r *row, tell *findings) {
	for c := range columns {
		wanted := "number"
		if c == datetime {
			wanted = "datetime"
		}
		if kind := r.fields[c].kind; kind != 0 && kind != '"' && !isNumeric(r, c) {
			tell.of(c, says("%s, not a ", kind)+wanted)
		}
	}
}

// isNumeric reports whether a field is a number as far as its kind goes.
func isNumeric(r *row, c column) bool {
	kind := r.fields[c].kind
	return c >= openPrice && (kind == '"' || kind == '0')
}

func fieldTooLong(_ *series, r *row, tell *findings) {
	for c := range columns {
		if n := len(r.text(c)); isNumeric(r, c) && n > maxNumber {
			tell.of(c, fmt.Sprintf("%d characters, at most %d are taken", n, maxNumber))
		}
	}
}

func notANumber(_ *series, r *row, tell *findings) {
	for c := range columns {
		if text := r.text(c); isNumeric(r, c) && len(text) <= maxNumber && r.decimals[c] == "" {
			tell.of(c, fmt.Sprintf("%q is not a decimal number", text))
		}
	}
}

func priceNotPositive(_ *series, r *row, tell *findings) {
	for c := openPrice; c <= closePrice; c++ {
		if d := r.decimals[c]; d != "" && d.Sign() < 1 {
			tell.of(c, string(d)+" is not above zero")
		}
	}
}

func volumeNegative(_ *series, r *row, tell *findings) {
	if d := r.decimals[volume]; d != "" && d.Sign() < 0 {
		tell.of(volume, string(d)+" is negative")
	}
}

// orders are pairs of prices, the first of which must not be below the second.
type orders [][2]column

// ordered is a check of pairs; the first that is wrong is told, and blamed on one of them. A price below zero is a
// number all the same: what it does to the order is told as well.
func ordered(blame column, pairs orders) func(*series, *row, *findings) {
	return func(_ *series, r *row, tell *findings) {
		for _, pair := range pairs {
			upper, lower := r.decimals[pair[0]], r.decimals[pair[1]]
			if upper != "" && lower != "" && upper.Compare(lower) < 0 {
				tell.of(blame, fmt.Sprintf("%s %s is below %s %s", columnNames[pair[0]], upper, columnNames[pair[1]], lower))
				return
			}
		}
	}
}

func datetimeFormat(s *series, r *row, tell *findings) {
	if r.fields[datetime].kind != '"' {
		return
	}
	if _, ok := parseMoment(r.text(datetime), s.dated); ok {
		return
	}
	wanted := "yyyy-mm-dd"
	if s.dated == timeText {
		wanted += " hh:mm:ss"
	}
	tell.of(datetime, fmt.Sprintf("%q is no day of the years 1900 to 2099 as %s", show(string(r.text(datetime))), wanted))
}

// step is a row that is right by itself beside the rows before it.
type step struct {
	// future says that it had not begun when the file was first seen.
	future bool
	// known says that an earlier row has the same time, same that it says the same.
	known, same bool
	// turns says that the series turns round here, backward that it goes from the later bar to the earlier one.
	turns, backward bool
	// earlier and later are the times of this row and of the one before, where they are neighbours in time.
	adjacent       bool
	earlier, later moment
	// from and to are their closes, comparable where they are near enough in time.
	comparable bool
	from, to   uint64
}

func nonSession(s *series, r *row, _ step) bool {
	if s.sessions == nil || !s.sessions.judges(r.when.day()) {
		return false
	}
	return !s.sessions.is(r.when.day()) || s.dated == timeText && !s.sessions.open(r.when)
}

func missingSession(s *series, _ *row, beside step) bool {
	earlier, later := beside.earlier.day(), beside.later.day()
	return s.sessions != nil && beside.adjacent && s.sessions.judges(earlier) && s.sessions.judges(later) &&
		s.sessions.missing(earlier, later)
}

// splits are the usual ratios of splits.
var splits = []uint64{2, 3, 4, 5, 7, 10, 20}

func splitLike(_ *series, _ *row, beside step) bool {
	return beside.comparable && slices.ContainsFunc(splits, func(n uint64) bool {
		return times(beside.to, beside.from, n, 3) || times(beside.from, beside.to, n, 3)
	})
}

func scaled(_ *series, _ *row, beside step) bool {
	return beside.comparable && (times(beside.to, beside.from, 100, 10) || times(beside.from, beside.to, 100, 10))
}

// times reports whether a is n times b, to within so many percent of it. It is exact: both sides have 128 bits.
func times(a, b, n, percent uint64) bool {
	most := compareProducts(100, a, (100+percent)*n, b) <= 0
	return most && compareProducts(100, a, (100-percent)*n, b) >= 0
}

// compareProducts compares a b with c d.
func compareProducts(a, b, c, d uint64) int {
	high1, low1 := bits.Mul64(a, b)
	high2, low2 := bits.Mul64(c, d)
	switch {
	case high1 < high2 || high1 == high2 && low1 < low2:
		return -1
	case high1 == high2 && low1 == low2:
		return 0
	default:
		return 1
	}
}

func has(reasons []pipeline.Reason, code string) bool {
	return slices.ContainsFunc(reasons, func(r pipeline.Reason) bool { return r.Code == code })
}

// show cuts text that is too long for a sentence.
func show[T ~string | ~[]byte](text T) T {
	const most = 200
	return cut(text, most)
}

// cut keeps at most n bytes of text, whole characters only.
func cut[T ~string | ~[]byte](text T, n int) T {
	if len(text) <= n {
		return text
	}
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n]
}
