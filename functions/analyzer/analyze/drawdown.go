package analyze

import "github.com/mejan/mejan/functions/pipeline"

// Drawdown is how far closes fell below the highest close up to them, in percent of it:
//
//	100 (c[i] / max(c[0] … c[i]) - 1)
//
// Current is that of the last bar, Maximum the least of all; of equal ones the earliest counts, for peaks too. It needs
// 2 bars. Source: Magdon-Ismail and Atiya, "Maximum Drawdown", Risk 17(10), 2004.
func Drawdown(bars []Bar) (pipeline.Drawdown, error) {
	if err := needs(bars, 2); err != nil {
		return pipeline.Drawdown{}, err
	}
	high, peak, trough, least := 0, 0, 0, 1.0
	top := bars[0].Close
	for i := range bars {
		c := bars[i].Close
		if c > top {
			high, top = i, c
		}
		if c < least*top { // a product in place of a quotient: this is run for every bar
			peak, trough, least = high, i, c/top
		}
	}
	d := pipeline.Drawdown{
		Current: percent(top, bars[len(bars)-1].Close),
		Maximum: percent(bars[peak].Close, bars[trough].Close),
		High:    bars[high].Session, Peak: bars[peak].Session, Trough: bars[trough].Session,
	}
	if !finite(d.Current) || !finite(d.Maximum) {
		return pipeline.Drawdown{}, errRange
	}
	return d, nil
}

// YearDays is the length of the window of [Range] and of records: 52 weeks.
const YearDays = 52 * 7

// Range is where the close stands between the lowest low and the highest high of the 52 weeks that end with the last
// bar, or of all bars where they are fewer:
//
//	100 (c[n-1] - low) / (high - low)
//
// It needs 2 bars and a high above the low. Source: the 52-week range of the exchanges.
func Range(bars []Bar) (pipeline.Range, error) {
	if err := needs(bars, 2); err != nil {
		return pipeline.Range{}, err
	}
	end := &bars[len(bars)-1]
	r := pipeline.Range{High: end.High, Low: end.Low}
	for i := len(bars) - 1; i >= 0 && end.Day-bars[i].Day < YearDays; i-- {
		bar := &bars[i]
		if bar.High > r.High {
			r.High = bar.High
		}
		if bar.Low < r.Low {
			r.Low = bar.Low
		}
		r.From = bar.Session
	}
	if r.High == r.Low {
		return pipeline.Range{}, absence("high and low are equal")
	}
	r.Position = 100 * (end.Close - r.Low) / (r.High - r.Low)
	if !finite(r.Position) {
		return pipeline.Range{}, errRange
	}
	return r, nil
}
