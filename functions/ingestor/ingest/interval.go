package ingest

import (
	"strconv"
	"strings"
)

// interval is the length of a bar. Exactly one of its parts is not zero.
type interval struct{ minutes, days, months int }

// intervalUnits are the provider's names of units, the longer ones first where one ends in another.
var intervalUnits = []struct {
	name string
	unit interval
}{
	{"min", interval{minutes: 1}},
	{"h", interval{minutes: 60}},
	{"day", interval{days: 1}},
	{"week", interval{days: 7}},
	{"month", interval{months: 1}},
}

// parseInterval reads a number and a unit, such as 15min, 4h, 1day, 1week and 1month.
func parseInterval(text string) (interval, bool) {
	for _, unit := range intervalUnits {
		digits, has := strings.CutSuffix(text, unit.name)
		n, err := strconv.ParseUint(digits, 10, 9)
		if has && err == nil && n > 0 && digits[0] != '0' && digits[0] != '+' {
			k := int(n)
			return interval{k * unit.unit.minutes, k * unit.unit.days, k * unit.unit.months}, true
		}
	}
	return interval{}, false
}

// dated is how long a datetime is: that of a bar within a day has a time.
func (i interval) dated() int {
	if i.minutes > 0 {
		return timeText
	}
	return dateText
}

// least is the least time between two bars, in seconds.
func (i interval) least() int { return i.minutes*60 + (i.days+i.months*28)*secondsADay }
