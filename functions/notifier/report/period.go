package report

import (
	"strings"
	"time"
)

// period has the words for one bar, so that a week is not called a day.
type period struct {
	// bar is what one bar is: "week", "15-minute bar".
	bar string
	// heads are the table's heads for the change over 1, 5 and 20 bars.
	heads [3]string
	// adjective goes before "bars": "weekly"; may be empty.
	adjective string
	// title is how the opening of the latest bar is written as a title.
	title string
}

// periods lists Twelve Data's intervals of one unit; others are named by their length.
var periods = map[string]period{
	"1min":   {bar: "minute", adjective: "1-minute", title: "2 January 2006, 15:04"},
	"1h":     {bar: "hour", adjective: "hourly", title: "2 January 2006, 15:04"},
	"1day":   {bar: "day", adjective: "daily", title: "Monday, 2 January 2006"},
	"1week":  {bar: "week", adjective: "weekly", title: "Week of 2 January 2006"},
	"1month": {bar: "month", adjective: "monthly", title: "January 2006"},
}

// periodOf names the bars of a file. Where intervals are mixed there is no better word than bar.
func periodOf(intervals []string) period {
	if len(intervals) != 1 {
		return bars("", "bar")
	}
	interval := clean(intervals[0])
	if p, known := periods[interval]; known {
		p.heads = [3]string{"1" + nbsp + p.bar, "5" + nbsp + p.bar + "s", "20" + nbsp + p.bar + "s"}
		return p
	}
	for _, unit := range [][2]string{{"min", "minute"}, {"h", "hour"}} {
		n, found := strings.CutSuffix(interval, unit[0])
		if found && 0 < len(n) && len(n) < 3 && strings.Trim(n, "0123456789") == "" {
			return bars(n+"-"+unit[1], n+"-"+unit[1]+" bar")
		}
	}
	return bars("", "bar")
}

func bars(adjective, bar string) period {
	return period{
		bar: bar, adjective: adjective, title: "2 January 2006, 15:04",
		heads: [3]string{"1" + nbsp + "bar", "5" + nbsp + "bars", "20" + nbsp + "bars"},
	}
}

// zone says whose clock a time of day is. A date needs none.
func zone(datetime string) string {
	if _, err := time.Parse(time.DateTime, datetime); err != nil {
		return ""
	}
	return " exchange time"
}

// titleOf writes the opening of the latest bar in words; a datetime that is none stays as it is.
func (p period) titleOf(datetime string) string {
	if t, err := time.Parse(time.DateTime, datetime); err == nil {
		return t.Format(p.title)
	}
	if t, err := time.Parse(time.DateOnly, datetime); err == nil {
		return t.Format(strings.TrimSuffix(p.title, ", 15:04"))
	}
	return cut(clean(datetime), maxDatetime)
}
