package generate

import "time"

// closures are the days on which the New York Stock Exchange stayed closed out of turn.
var closures = map[string]bool{
	"2001-09-11": true, "2001-09-12": true, "2001-09-13": true, "2001-09-14": true, // attacks
	"2004-06-11": true,                     // mourning for President Reagan
	"2007-01-02": true,                     // for President Ford
	"2012-10-29": true, "2012-10-30": true, // Hurricane Sandy
	"2018-12-05": true, // for President Bush
	"2025-01-09": true, // for President Carter
}

// Sessions lists the n sessions of the New York Stock Exchange up to a day, the latest first. It knows the rules since
// 1998.
func Sessions(until time.Time, n int) []string {
	found := make([]string, 0, n)
	for day := until; len(found) < n; day = day.AddDate(0, 0, -1) {
		if open(day) {
			found = append(found, day.Format(time.DateOnly))
		}
	}
	return found
}

func open(day time.Time) bool {
	weekday := day.Weekday()
	return weekday != time.Saturday && weekday != time.Sunday && !holiday(day) && !closures[day.Format(time.DateOnly)]
}

func holiday(day time.Time) bool {
	year, month, date := day.Date()
	monday := day.Weekday() == time.Monday
	week := (date-1)/7 + 1 // the how manieth such weekday of its month
	switch month {
	case time.January: // a New Year's Day on Saturday is not made up for
		return date == 1 || monday && date == 2 || monday && week == 3
	case time.February:
		return monday && week == 3
	case time.May:
		return monday && date > 24
	case time.June:
		return year >= 2022 && observed(day, 19)
	case time.July:
		return observed(day, 4)
	case time.September:
		return monday && week == 1
	case time.November:
		return day.Weekday() == time.Thursday && week == 4
	case time.December:
		return observed(day, 25)
	default:
		return goodFriday(day)
	}
}

// observed reports whether a weekday is the holiday of that date of its month, or stands in for it: the Friday before a
// Saturday, the Monday after a Sunday.
func observed(day time.Time, date int) bool {
	return day.Day() == date || day.Day() == date-1 && day.Weekday() == time.Friday ||
		day.Day() == date+1 && day.Weekday() == time.Monday
}

func goodFriday(day time.Time) bool {
	month, date := easter(day.Year())
	sunday := time.Date(day.Year(), month, date, 0, 0, 0, 0, time.UTC)
	return day.Format(time.DateOnly) == sunday.AddDate(0, 0, -2).Format(time.DateOnly)
}

// easter is Easter Sunday of the Gregorian calendar by the rule of Meeus, Jones and Butcher (Astronomical Algorithms,
// chapter 8).
func easter(year int) (month time.Month, date int) {
	a, b, c := year%19, year/100, year%100
	h := (19*a + b - b/4 - (b-(b+8)/25+1)/3 + 15) % 30
	l := (32 + 2*(b%4) + 2*(c/4) - h - c%4) % 7
	m := (a + 11*h + 22*l) / 451
	n := h + l - 7*m + 114
	return time.Month(n / 31), n%31 + 1
}
