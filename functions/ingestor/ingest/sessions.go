package ingest

import (
	"sync"
	"time"
)

// sessions is a calendar of trading days.
type sessions struct {
	// first is the first day that is judged. since says of each day from there, if it is a session, how many days before
	// it the session before was; 0 if it is none.
	first int
	since []uint8
	// early are the days on which trading ends at one.
	early map[int]bool
}

// Hours of the exchange, in seconds since its midnight. Bars before the opening and after the close exist where they
// were asked for, within the extended hours.
const (
	preMarket       = 4 * 60 * 60
	afterHours      = 20 * 60 * 60
	afterHoursEarly = 17 * 60 * 60
)

// nyse is the calendar of the New York Stock Exchange, which the other exchanges of the United States follow, from 1990
// on. Source: Rule 7.2 (Holidays) and the exchange's notices of special closings. Early closes are known from 2013 on,
// since when they follow one rule.
var nyse = sync.OnceValue(func() *sessions {
	const begin, end = 1990, firstYear + years - 1
	first, last := dayOf(begin, time.January, 1), dayOf(end, time.December, 31)
	s := &sessions{first: first, since: make([]uint8, last-first+1), early: make(map[int]bool)}
	const closed = 255 // days: a mark, until the days between sessions are counted
	for _, day := range specialClosings() {
		s.since[day-first] = closed
	}
	for year := begin; year <= end; year++ {
		for _, day := range holidays(year) {
			if s.judges(day) {
				s.since[day-first] = closed
			}
		}
		if year >= 2013 {
			for _, day := range earlyCloses(year) {
				s.early[day] = true
			}
		}
	}
	previous := first - 3 // Friday, 29 December 1989
	for i, mark := range s.since {
		day := first + i
		if w := weekday(day); w == time.Saturday || w == time.Sunday || mark == closed {
			s.since[i] = 0
			continue
		}
		s.since[i] = uint8(day - previous)
		previous = day
	}
	return s
})

// judges reports whether the calendar knows a day.
func (s *sessions) judges(day int) bool { return uint(day-s.first) < uint(len(s.since)) }

// is reports whether a day is a session.
func (s *sessions) is(day int) bool { return s.since[day-s.first] != 0 }

// open reports whether there may be a bar at a time of a session; extended hours count.
func (s *sessions) open(m moment) bool {
	last := afterHours
	if s.early[m.day()] {
		last = afterHoursEarly
	}
	return s.is(m.day()) && m.clock() >= preMarket && m.clock() < last
}

// adjoin reports whether two days, both known to the calendar, are one session or two with none between them.
func (s *sessions) adjoin(a, b int) bool {
	later, earlier := uint(max(a, b)-s.first), uint(min(a, b)-s.first)
	if later >= uint(len(s.since)) || earlier > later {
		return false
	}
	since := uint(s.since[later])
	return since != 0 && (later-since == earlier || later == earlier)
}

// beside is the session before a day, or the one behind it, by the sign; where the calendar ends, a day that it does
// not know.
func (s *sessions) beside(day moment, direction int) moment {
	i := uint(day.day() - s.first + direction)
	for i < uint(len(s.since)) && s.since[i] == 0 {
		i += uint(direction)
	}
	return newMoment(s.first+int(i), 0)
}

// missing reports whether there are sessions between two days.
func (s *sessions) missing(earlier, later int) bool {
	for day := earlier + 1; day < later; day++ {
		if s.is(day) {
			return true
		}
	}
	return false
}

func dayOf(year int, month time.Month, day int) int {
	return int(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / secondsADay)
}

// weekday is that of a day; the first of January 1970 was a Thursday.
func weekday(day int) time.Weekday { return time.Weekday((day%7 + 7 + int(time.Thursday)) % 7) }

// nth is the n-th of a weekday in a month, counted from the end where n is negative.
func nth(n int, w time.Weekday, year int, month time.Month) int {
	if n < 0 {
		last := dayOf(year, month+1, 0)
		return last - int(weekday(last)-w+7)%7 + 7*(n+1)
	}
	first := dayOf(year, month, 1)
	return first + int(w-weekday(first)+7)%7 + 7*(n-1)
}

// observed moves a holiday off the weekend: Saturday's to Friday, Sunday's to Monday.
func observed(day int) int {
	switch weekday(day) {
	case time.Saturday:
		return day - 1
	case time.Sunday:
		return day + 1
	default:
		return day
	}
}

func holidays(year int) []int {
	all := []int{
		nth(3, time.Monday, year, time.February), // Washington's Birthday
		easter(year) - 2,                         // Good Friday
		nth(-1, time.Monday, year, time.May),     // Memorial Day
		observed(dayOf(year, time.July, 4)),      // Independence Day
		nth(1, time.Monday, year, time.September),
		nth(4, time.Thursday, year, time.November),
		observed(dayOf(year, time.December, 25)),
	}
	// A New Year's Day on a Saturday is not observed: the Friday before is the end of the year's accounts.
	if day := dayOf(year, time.January, 1); weekday(day) != time.Saturday {
		all = append(all, observed(day))
	}
	if year >= 1998 {
		all = append(all, nth(3, time.Monday, year, time.January)) // Martin Luther King, Jr. Day
	}
	if year >= 2022 {
		all = append(all, observed(dayOf(year, time.June, 19))) // Juneteenth
	}
	return all
}

// earlyCloses are the days on which trading ends at one: the day before Independence Day, the day after Thanksgiving
// and Christmas Eve, where they are sessions of their own. One that is not a session does no harm.
func earlyCloses(year int) []int {
	all := []int{nth(4, time.Thursday, year, time.November) + 1}
	for _, holiday := range []int{dayOf(year, time.July, 4), dayOf(year, time.December, 25)} {
		if w := weekday(holiday); w >= time.Tuesday && w <= time.Friday {
			all = append(all, holiday-1)
		}
	}
	return all
}

// specialClosings are the days on which the exchange stayed closed for a reason of that day.
func specialClosings() []int {
	return []int{
		dayOf(1994, time.April, 27),                                      // funeral of President Nixon
		dayOf(2001, time.September, 11), dayOf(2001, time.September, 12), // attacks on New York and Washington
		dayOf(2001, time.September, 13), dayOf(2001, time.September, 14),
		dayOf(2004, time.June, 11),                                   // funeral of President Reagan
		dayOf(2007, time.January, 2),                                 // funeral of President Ford
		dayOf(2012, time.October, 29), dayOf(2012, time.October, 30), // hurricane Sandy
		dayOf(2018, time.December, 5), // funeral of President Bush
		dayOf(2025, time.January, 9),  // funeral of President Carter
	}
}

// easter is Easter Sunday in the Gregorian calendar. Source: Spencer Jones, General Astronomy (1922), p. 73.
func easter(year int) int {
	a, b, c := year%19, year/100, year%100
	d, e := b/4, b%4
	g := (8*b + 13) / 25
	h := (19*a + b - d - g + 15) % 30
	j, k := c/4, c%4
	m := (a + 11*h) / 319
	r := (2*e + 2*j - k - h + m + 32) % 7
	month := (h - m + r + 90) / 25
	return dayOf(year, time.Month(month), (h-m+r+month+19)%32)
}
