package ingest

import (
	"fmt"
	"math/bits"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/mejan/mejan/functions/pipeline"
)

// maxNumber bounds a number, in characters. DynamoDB keeps 38 digits; no price or volume has half of that.
const maxNumber = 32

// findings gathers the reasons to refuse a row.
type findings struct {
	// check is the place in the catalogue of the check at work.
	check int
	all   []finding
	// text is what all of them say, one behind the other.
	text []byte
}

// finding is one of them; what it says begins there in the text.
type finding struct {
	check int
	field string
	begin int
}

func (f *findings) reset() { f.all, f.text = f.all[:0], f.text[:0] }

// of begins a finding about a field. What it says is added to it.
func (f *findings) of(field string) *findings {
	f.all = append(f.all, finding{f.check, field, len(f.text)})
	return f
}

// drop forgets all but the first n findings.
func (f *findings) drop(n int) { f.text, f.all = f.text[:f.all[n].begin], f.all[:n] }

// reason is a finding that has been made before.
func (f *findings) reason(r pipeline.Reason) {
	f.check = checkOf(r.Code)
	f.of(r.Field).add(r.Detail)
}

func (f *findings) add(text string) *findings {
	f.text = append(f.text, text...)
	return f
}

func (f *findings) bytes(text []byte) *findings {
	f.text = append(f.text, text...)
	return f
}

func (f *findings) quoted(text []byte) *findings {
	f.text = strconv.AppendQuote(f.text, string(text))
	return f
}

// detail is what a finding says.
func (f *findings) detail(i int) []byte {
	if i+1 < len(f.all) {
		return f.text[f.all[i].begin:f.all[i+1].begin]
	}
	return f.text[f.all[i].begin:]
}

// has reports whether one of the first n findings is of a check.
func (f *findings) has(n, check int) bool {
	return slices.ContainsFunc(f.all[:n], func(other finding) bool { return other.check == check })
}

// Each of the functions below is the one of its name in the catalogue.

func fieldMissing(_ *series, r *row, tell *findings) {
	for c := range r.looks.missing.columns {
		tell.of(columnNames[c]).add("missing")
	}
}

func fieldType(_ *series, r *row, tell *findings) {
	for c := range r.looks.mistyped.columns {
		wanted := "number"
		if c == datetime {
			wanted = "datetime"
		}
		tell.of(columnNames[c]).add(kindName(r.fields[c].kind)).add(", not a ").add(wanted)
	}
}

func fieldTooLong(_ *series, r *row, tell *findings) {
	for c := range r.looks.long.columns {
		tell.of(columnNames[c]).add(fmt.Sprintf("%d characters, at most %d are taken", len(r.text(c)), maxNumber))
	}
}

func notANumber(_ *series, r *row, tell *findings) {
	for c := range r.looks.wordy.columns {
		tell.of(columnNames[c]).quoted(r.text(c)).add(" is not a decimal number")
	}
}

func priceNotPositive(_ *series, r *row, tell *findings) {
	for c := range (r.looks.numbers &^ (1 << volume)).columns {
		if r.sign(c) < 1 {
			tell.of(columnNames[c]).bytes(r.text(c)).add(" is not above zero")
		}
	}
}

func volumeNegative(_ *series, r *row, tell *findings) {
	if r.looks.numbers.has(volume) && r.sign(volume) < 0 {
		tell.of(columnNames[volume]).bytes(r.text(volume)).add(" is negative")
	}
}

// orders are pairs of prices, the first of which must not be below the second.
type orders [][2]column

// inOrder is a check of pairs; the first that is wrong is told, and blamed on one of them. A price below zero is a
// number all the same: what it does to the order is told as well.
func inOrder(blame column, pairs orders) func(*series, *row, *findings) {
	return func(_ *series, r *row, tell *findings) {
		for _, pair := range pairs {
			upper, lower := pair[0], pair[1]
			if r.looks.numbers.has(upper) && r.looks.numbers.has(lower) && r.below(upper, lower) {
				tell.of(columnNames[blame]).add(columnNames[upper]).add(" ").bytes(r.text(upper)).add(" is below ").
					add(columnNames[lower]).add(" ").bytes(r.text(lower))
				return
			}
		}
	}
}

func datetimeFormat(s *series, r *row, tell *findings) {
	if r.looks.dated || r.fields[datetime].kind != '"' {
		return
	}
	wanted := "yyyy-mm-dd"
	if s.dated == timeText {
		wanted += " hh:mm:ss"
	}
	tell.of(columnNames[datetime]).quoted(show(r.text(datetime))).
		add(" is no day of the years 1900 to 2099 as ").add(wanted)
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
