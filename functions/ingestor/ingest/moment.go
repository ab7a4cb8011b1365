package ingest

import (
	"encoding/binary"
	"time"
)

// moment is a time without a zone: seconds since the beginning of 1970 by the same clock.
type moment int64

const (
	secondsADay = 24 * 60 * 60
	// dateText and timeText are how long datetimes are, without and with a time of day.
	dateText = len(time.DateOnly)
	timeText = len(time.DateTime)
)

// day is the day that a moment is in, counted from the beginning of 1970.
func (m moment) day() int {
	const before = 1 << 16 // days, more than there are to the year 1900, because a quotient is rounded towards zero
	return int(uint64(m+before*secondsADay)/secondsADay) - before
}

// clock is the time of day, in seconds.
func (m moment) clock() int { return int(m - midnight(m.day())) }

// midnight is the moment that a day begins at.
func midnight(day int) moment { return moment(day) * secondsADay }

// momentOf is what a clock in t's zone shows at t.
func momentOf(t time.Time) moment {
	_, offset := t.Zone()
	return moment(t.Unix() + int64(offset))
}

// The calendar is tabulated from firstYear for [years] years: at each month, the days since 1970 before its first.
const (
	firstYear = 1900
	years     = 200
)

var months = tabulateMonths()

// tabulateMonths counts instead of asking package time, which would be most of a function's start.
func tabulateMonths() *[12*years + 1]int32 {
	const first = -25_567 // 1900-01-01
	lengths := [12]int32{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}
	var table [12*years + 1]int32
	table[0] = first
	for i := range 12 * years {
		days := lengths[i%12]
		if year := firstYear + i/12; i%12 == 1 && year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			days++
		}
		table[i+1] = table[i] + days
	}
	return &table
}

// parseMoment reads a datetime of exactly length bytes, `2006-01-02` or `2006-01-02 15:04:05`, and of a day that there
// is in the years 1900 to 2099.
func parseMoment(text []byte, length int) (moment, bool) {
	if len(text) != length || length < dateText {
		return 0, false
	}
	_ = text[9]
	century, c := pair(text[0], text[1])
	year, y := pair(text[2], text[3])
	month, m := pair(text[5], text[6])
	day, d := pair(text[8], text[9])
	if !c || !y || !m || !d || text[4] != '-' || text[7] != '-' || month < 1 || month > 12 {
		return 0, false
	}
	i := 12*(100*century+year-firstYear) + month - 1
	if i < 0 || i >= 12*years || day < 1 || day > int(months[i+1]-months[i]) {
		return 0, false
	}
	when := moment(int(months[i])+day-1) * secondsADay
	if length == dateText {
		return when, true
	}
	clock, ok := parseClock(text[dateText:])
	return when + moment(clock), ok
}

// month reads datetimes that are of the same month as the one before.
type month struct {
	// text is what they begin with, `2006-01-`; before is the moment before the month's first day, by a day, days how many
	// it has.
	text   uint64
	before moment
	days   int
}

// parse does what [parseMoment] does.
func (m *month) parse(text []byte, length int) (moment, bool) {
	_ = text[9]
	begin := binary.LittleEndian.Uint64(text)
	day, ok := pair(text[8], text[9])
	if begin != m.text {
		when, ok := parseMoment(text, length)
		if ok {
			first := time.Unix(int64(when), 0).UTC()
			m.text, m.before = begin, moment(int64(when.day())-int64(first.Day()))*secondsADay
			m.days = first.AddDate(0, 1, -first.Day()).Day()
		}
		return when, ok
	}
	when := m.before + moment(day)*secondsADay
	if !ok || day < 1 || day > m.days || length == dateText {
		return when, ok && day >= 1 && day <= m.days
	}
	clock, ok := parseClock(text[dateText:])
	return when + moment(clock), ok
}

// parseClock reads ` 15:04:05` as the seconds since midnight.
func parseClock(text []byte) (int, bool) {
	if len(text) != timeText-dateText {
		return 0, false
	}
	_ = text[8]
	hour, h := pair(text[1], text[2])
	minute, m := pair(text[4], text[5])
	second, s := pair(text[7], text[8])
	ok := h && m && s && text[0] == ' ' && text[3] == ':' && text[6] == ':' && hour < 24 && minute < 60 && second < 60
	return (60*hour+minute)*60 + second, ok
}

// pair is the number of two digits.
func pair(a, b byte) (int, bool) {
	return 10*int(a-'0') + int(b-'0'), isDigit(a) && isDigit(b)
}
