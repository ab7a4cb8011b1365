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

// Each of the functions below is the one of its name in the catalogue.

func fieldMissing(_ *series, r *row, tell func(field, detail string)) {
	for c := datetime; c < volume; c++ {
		if !r.has(c) {
			tell(columnNames[c], "missing")
		}
	}
}

func fieldType(_ *series, r *row, tell func(field, detail string)) {
	for c, f := range r.fields {
		wanted := "number"
		if column(c) == datetime {
			wanted = "datetime"
		}
		if f.kind != 0 && f.kind != '"' && (f.kind != '0' || column(c) == datetime) {
			tell(columnNames[c], says("%s, not a ", f.kind)+wanted)
		}
	}
}

// numbers tells each field that is a number as far as its kind goes.
func numbers(r *row, each func(c column, text []byte)) {
	for c := openPrice; c < columns; c++ {
		if kind := r.fields[c].kind; kind == '"' || kind == '0' {
			each(c, r.text(c))
		}
	}
}

func fieldTooLong(_ *series, r *row, tell func(field, detail string)) {
	numbers(r, func(c column, text []byte) {
		if len(text) > maxNumber {
			tell(columnNames[c], fmt.Sprintf("%d characters, at most %d are taken", len(text), maxNumber))
		}
	})
}

func notANumber(_ *series, r *row, tell func(field, detail string)) {
	numbers(r, func(c column, text []byte) {
		if len(text) <= maxNumber && !pipeline.Decimal(text).Valid() {
			tell(columnNames[c], fmt.Sprintf("%q is not a decimal number", text))
		}
	})
}

// isNumber reports whether a field holds a number, of whatever value.
func isNumber(r *row, c column) bool {
	kind, text := r.fields[c].kind, r.text(c)
	return (kind == '"' || kind == '0') && len(text) <= maxNumber && pipeline.Decimal(text).Valid()
}

func priceNotPositive(_ *series, r *row, tell func(field, detail string)) {
	for c := openPrice; c <= closePrice; c++ {
		if isNumber(r, c) && r.decimal(c).Sign() < 1 {
			tell(columnNames[c], string(r.text(c))+" is not above zero")
		}
	}
}

func volumeNegative(_ *series, r *row, tell func(field, detail string)) {
	if isNumber(r, volume) && r.decimal(volume).Sign() < 0 {
		tell(columnNames[volume], string(r.text(volume))+" is negative")
	}
}

// orders are pairs of prices, the first of which must not be below the second.
type orders [][2]column

// ordered is a check of pairs; the first that is wrong is told, and blamed on one of them. A price below zero is a
// number all the same: what it does to the order is told as well.
func ordered(blame column, pairs orders) func(*series, *row, func(field, detail string)) {
	return func(_ *series, r *row, tell func(field, detail string)) {
		for _, pair := range pairs {
			upper, lower := pair[0], pair[1]
			if isNumber(r, upper) && isNumber(r, lower) && r.decimal(upper).Compare(r.decimal(lower)) < 0 {
				tell(columnNames[blame], fmt.Sprintf("%s %s is below %s %s",
					columnNames[upper], r.text(upper), columnNames[lower], r.text(lower)))
				return
			}
		}
	}
}

func datetimeFormat(s *series, r *row, tell func(field, detail string)) {
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
	tell(columnNames[datetime], fmt.Sprintf("%q is no day of the years 1900 to 2099 as %s", show(string(r.text(datetime))), wanted))
}

// step is a row that is right by itself beside the rows before it.
type step struct {
	// future says that it had not begun when the file was first seen.
	future bool
	// sum is that of the earlier row of the same time, where one is known; same that it says the same.
	sum         uint32
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

func nonSession(s *series, r *row, _ step) (bool, string) {
	if s.sessions == nil || !s.sessions.judges(r.when.day()) {
		return false, ""
	}
	return !s.sessions.is(r.when.day()) || s.dated == timeText && !s.sessions.open(r.when), ""
}

func missingSession(s *series, _ *row, beside step) (bool, string) {
	earlier, later := beside.earlier.day(), beside.later.day()
	return s.sessions != nil && beside.adjacent && s.sessions.judges(earlier) && s.sessions.judges(later) &&
		s.sessions.missing(earlier, later), ""
}

// splits are the usual ratios of splits.
var splits = []uint64{2, 3, 4, 5, 7, 10, 20}

func splitLike(_ *series, _ *row, beside step) (bool, string) {
	return beside.comparable && slices.ContainsFunc(splits, func(n uint64) bool {
		return times(beside.to, beside.from, n, 3) || times(beside.from, beside.to, n, 3)
	}), ""
}

func scaled(_ *series, _ *row, beside step) (bool, string) {
	return beside.comparable && (times(beside.to, beside.from, 100, 10) || times(beside.from, beside.to, 100, 10)), ""
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
func show(text string) string {
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
