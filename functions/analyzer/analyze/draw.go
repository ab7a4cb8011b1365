package analyze

import (
	"cmp"
	"math"
	"slices"

	"github.com/mejan/mejan/functions/pipeline"
)

// draw gives what a report draws: the closes of the listed series, and the bars of the one that stands out most.
func (a Analysis) draw(tape *Tape) *pipeline.Drawing {
	named := listed(a.Insights, a.Aggregates, a.Anomalies, a.Earlier, a.Problems)
	chart := a.outstanding()
	var drawing pipeline.Drawing
	var room []Bar
	for _, of := range tape.tracks {
		if !named[of.Series] && of.Series != chart {
			continue
		}
		bars, _ := tape.series(of, room)
		room = bars
		bars, _, _ = of.comparable(bars)
		bars = last(bars, pipeline.MaxDrawn)
		if !drawable(bars) {
			continue
		}
		if named[of.Series] {
			drawing.Closes = append(drawing.Closes, closes(of.Series, bars))
		}
		if of.Series == chart {
			drawing.Chart = charted(of.Series, bars)
		}
	}
	if drawing.Closes == nil && drawing.Chart == nil {
		return nil
	}
	return &drawing
}

// outstanding is the series with the most surprising anomaly on this bar. Without an anomaly it is the one that moved
// most.
func (a Analysis) outstanding() pipeline.Series {
	if len(a.Anomalies) > 0 {
		return a.Anomalies[0].Series()
	}
	movers := slices.Concat(a.Aggregates.TopGainers, a.Aggregates.TopLosers)
	if len(movers) == 0 {
		return pipeline.Series{}
	}
	return slices.MaxFunc(movers, func(x, y pipeline.Mover) int {
		return cmp.Compare(math.Abs(x.Change), math.Abs(y.Change))
	}).Series(a.Aggregates.Interval)
}

// drawable reports whether the table can hold all the numbers of some bars, and they are enough for a line.
func drawable(bars []Bar) bool {
	for _, b := range bars {
		for _, x := range []float64{b.Open, b.High, b.Low, b.Close, b.Volume} {
			if _, err := within(x); err != nil {
				return false
			}
		}
	}
	return len(bars) > 1
}

func closes(of pipeline.Series, bars []Bar) pipeline.Closes {
	line := pipeline.Closes{
		Symbol: of.Symbol, Exchange: of.Exchange, Interval: of.Interval, Currency: of.Currency,
		From: bars[0].Session, To: bars[len(bars)-1].Session,
	}
	for _, b := range bars {
		line.Closes = append(line.Closes, b.Close)
	}
	return line
}

func charted(of pipeline.Series, bars []Bar) *pipeline.Chart {
	chart := &pipeline.Chart{Symbol: of.Symbol, Exchange: of.Exchange, Interval: of.Interval, Currency: of.Currency}
	for _, b := range bars {
		drawn := pipeline.DrawnBar{Session: b.Session, Open: b.Open, High: b.High, Low: b.Low, Close: b.Close}
		if b.Volume >= 0 {
			drawn.Volume = &b.Volume
		}
		chart.Bars = append(chart.Bars, drawn)
	}
	return chart
}
