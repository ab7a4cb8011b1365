package ingest

import (
	"encoding/binary"
	"time"
)

// moment is a time without a zone: the day, counted from the beginning of 1970, in the high bits, and the seconds since
// its midnight in the low ones. Moments are ordered as the times are.
type moment int64

const (
	secondsADay = 24 * 60 * 60
	// clockBits is how many bits the time of day takes.
	clockBits = 17
	// dateText and timeText are how long datetimes are, without and with a time of day.
	dateText = len(time.DateOnly)
	timeText = len(time.DateTime)
)

func newMoment(day, clock int) moment { return moment(day)<<clockBits | moment(clock) }

// day is the day that a moment is in, counted from the beginning of 1970.
func (m moment) day() int { return int(m >> clockBits) }

// clock is the time of day, in seconds.
func (m moment) clock() int { return int(m & (1<<clockBits - 1)) }

// seconds is what a moment is from the beginning of 1970, in seconds.
func (m moment) seconds() int { return m.day()*secondsADay + m.clock() }

// before is the moment so many seconds before m.
func (m moment) before(seconds int) moment {
	at := m.seconds() - seconds
	clock := (at%secondsADay + secondsADay) % secondsADay
	return newMoment((at-clock)/secondsADay, clock)
}

// momentOf is what a clock in t's zone shows at t.
func momentOf(t time.Time) moment {
	_, offset := t.Zone()
	return moment(0).before(-int(t.Unix()) - offset)
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
	var m month
	var padded [maxText]byte
	copy(padded[:], text)
	return m.parse(&padded, length)
}

// month reads datetimes, those of the same month as the one before in less time.
type month struct {
	// text is what they begin with, `2006-01-`; before is the day before the month's first, days how many it has.
	text   uint64
	before moment
	days   uint8
}

// day reads the date that text begins with, if it is of the month.
func (m *month) day(text *[maxText]byte) (when moment, ok bool) {
	tens, ones := text[8]-'0', text[9]-'0'
	day := 10*tens + ones
	ok = binary.LittleEndian.Uint64(text[:]) == m.text && tens <= 9 && ones <= 9 && day-1 < m.days
	return m.before + moment(day)<<clockBits, ok
}

// is reports whether text begins with the date of a day of the month; it says no of days of other months.
func (m *month) is(text *[maxText]byte, day moment) bool {
	d := uint(day-m.before) >> clockBits
	return d-1 < uint(m.days) && binary.LittleEndian.Uint16(text[8:]) == dayTexts[d%uint(len(dayTexts))] &&
		binary.LittleEndian.Uint64(text[:]) == m.text
}

var dayTexts = func() (texts [32]uint16) {
	for d := range texts {
		texts[d] = uint16('0'+d/10) | uint16('0'+d%10)<<8
	}
	return texts
}()

// parse does what [parseMoment] does, with what text begins with.
func (m *month) parse(text *[maxText]byte, length int) (moment, bool) {
	when, ok := m.day(text)
	if !ok && m.turn(text) {
		when, ok = m.day(text)
	}
	if !ok || length == dateText {
		return when, ok
	}
	clock, ok := parseClock(text[dateText:length])
	return when + moment(clock), ok
}

// turn goes to the month that a datetime begins with, and stays where there is none.
func (m *month) turn(text *[maxText]byte) bool {
	century, c := pair(text[0], text[1])
	year, y := pair(text[2], text[3])
	month, o := pair(text[5], text[6])
	i := 12*(100*century+year-firstYear) + month - 1
	if !c || !y || !o || text[4] != '-' || text[7] != '-' || month < 1 || month > 12 || i < 0 || i >= 12*years {
		return false
	}
	m.text = binary.LittleEndian.Uint64(text[:])
	m.before, m.days = newMoment(int(months[i])-1, 0), uint8(months[i+1]-months[i])
	return true
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
