package analyze

import (
	"strconv"
	"strings"
)

// What a year of trading is taken to have.
const (
	// EquitySessions is the sessions of a year on US exchanges, EquityHours the hours of one: 9:30 to 16:00.
	EquitySessions = 252
	EquityHours    = 6.5
	// CurrencyDays is the days of a year on which currencies are traded, round the clock from Monday to Friday.
	CurrencyDays = 260
	// CryptoDays is the days of a year on which digital currencies are traded, round the clock.
	CryptoDays = 365
)

// PeriodsPerYear is how many bars of an interval a year has, by which volatility is annualised; 0 for an interval that
// is not `<n>min`, `<n>h`, `<n>day`, `<n>week` or `<n>month`. A year has 12 months, 52 weeks, and as many days and
// hours as the market trades:
//
//   - a symbol without a slash is an equity: 252 sessions of 6.5 hours;
//   - a pair, such as EUR/USD, is traded 24 hours: on 365 days where one of its bars is dated Saturday or Sunday, on
//     260 otherwise.
//
// Source: Hull (2018), 15.4, for trading days in place of calendar days.
func PeriodsPerYear(symbol, interval string, bars []Bar) float64 {
	digits := len(interval) - len(strings.TrimLeft(interval, "0123456789"))
	n, err := strconv.Atoi(interval[:digits])
	if err != nil || n < 1 {
		return 0
	}
	days, hours := float64(EquitySessions), EquityHours
	if strings.Contains(symbol, "/") {
		days, hours = CurrencyDays, 24
		if onWeekend(bars) {
			days = CryptoDays
		}
	}
	switch interval[digits:] {
	case "min":
		return days * hours * 60 / float64(n)
	case "h":
		return days * hours / float64(n)
	case "day":
		return days / float64(n)
	case "week":
		return 52 / float64(n)
	case "month":
		return 12 / float64(n)
	default:
		return 0
	}
}

// onWeekend reports whether a bar is dated Saturday or Sunday.
func onWeekend(bars []Bar) bool {
	for i := range bars {
		const thursday = 4 // 1970-01-01
		if weekday := (bars[i].Day%7 + thursday + 7) % 7; weekday == 0 || weekday == 6 {
			return true
		}
	}
	return false
}
