package report

import (
	"math"
	"slices"

	"github.com/mejan/mejan/functions/pipeline"
)

// movers are the two lists, with bars on a common scale.
func movers(a pipeline.Aggregates, names pipeline.Names) (gainers, losers []mover) {
	longest := 0.0
	top := func(list []pipeline.Mover) []pipeline.Mover { return list[:min(len(list), maxMovers)] }
	for _, m := range slices.Concat(top(a.TopGainers), top(a.TopLosers)) {
		longest = max(longest, math.Abs(m.Change))
	}
	show := func(list []pipeline.Mover) (shown []mover) {
		for _, m := range top(list) {
			width := 1
			if longest > 0 {
				width = max(1, int(100*math.Abs(m.Change)/longest))
			}
			shown = append(shown, mover{name(names, m.Series(a.Interval)), change(m.Change), width})
		}
		return shown
	}
	return show(a.TopGainers), show(a.TopLosers)
}

// name is what a series is called: its symbol, with its exchange where several have the symbol.
func name(names pipeline.Names, s pipeline.Series) string { return cut(clean(names.Of(s)), maxName) }

// rows shows changes, trend and activity. Where all have one currency it is told once.
func rows(insights []pipeline.Insight, names pipeline.Names, mixed bool, n *notes) (shown []row, currency string) {
	shared := len(insights) > 0
	for _, in := range insights {
		shared = shared && in.Currency == insights[0].Currency
	}
	if shared {
		currency = cut(clean(insights[0].Currency), maxSymbol)
	}
	for _, in := range insights {
		r := row{symbol: name(names, in.Series()), price: price(in.Close)}
		if mixed {
			r.interval = cut(clean(in.Interval), maxSymbol)
		}
		if !shared {
			r.currency = cut(clean(in.Currency), maxSymbol)
		}
		r.changes = [3]figure{
			orAbsent(n, in.Change1, in.Absent["change_1"], change),
			orAbsent(n, in.Change5, in.Absent["change_5"], change),
			orAbsent(n, in.Change20, in.Absent["change_20"], change),
		}
		r.trend = orAbsent(n, in.Trend, in.Absent["trend"], slope)
		r.volatility = orAbsent(n, in.Volatility, in.Absent["volatility"], func(x float64) figure {
			return figure{text: number(x) + nbsp + "%"}
		})
		r.volume = orAbsent(n, in.RelativeVolume, in.Absent["relative_volume"], func(x float64) figure {
			return figure{text: number(x) + "×"}
		})
		shown = append(shown, r)
	}
	return shown, currency
}

// levels shows where symbols stand: the place in their 52 weeks, momentum, averages and risk.
func levels(insights []pipeline.Insight, names pipeline.Names, mixed bool, n *notes) (shown []level) {
	percent := func(x float64) figure { return figure{text: share100(x)} }
	signedPercent := func(x float64) figure { return figure{text: signed(x) + nbsp + "%"} }
	current := func(d pipeline.Drawdown) figure { return signedPercent(d.Current) }
	deepest := func(d pipeline.Drawdown) figure { return signedPercent(d.Maximum) }
	for _, in := range insights {
		l := level{symbol: name(names, in.Series())}
		if mixed {
			l.interval = cut(clean(in.Interval), maxSymbol)
		}
		l.figures = [6]figure{
			orAbsent(n, in.Range, in.Absent["range"], func(r pipeline.Range) figure { return percent(r.Position) }),
			orAbsent(n, in.RSI14, in.Absent["rsi_14"], func(x float64) figure { return figure{text: number(x)} }),
			orAbsent(n, in.SMAGap, in.Absent["sma_gap"], signedPercent),
			orAbsent(n, in.VolatilityAnnual, in.Absent["volatility_annual"], percent),
			orAbsent(n, in.Drawdown, in.Absent["drawdown"], current),
			orAbsent(n, in.Drawdown, in.Absent["drawdown"], deepest),
		}
		shown = append(shown, l)
	}
	return shown
}

// levelHeads name the columns of [levels].
var levelHeads = [6]string{"52 weeks", "RSI", "Averages", "Vol. p.a.", "Drawdown", "Deepest"}

func anomalies(list []pipeline.Anomaly, names pipeline.Names, p period, mixed bool) (shown []anomaly) {
	for _, a := range list[:min(len(list), maxAnomalies)] {
		s := anomaly{when: cut(clean(a.Session), maxDatetime), symbol: name(names, a.Series())}
		if mixed {
			s.symbol += " (" + cut(clean(a.Interval), maxSymbol) + ")"
		}
		s.value, s.what = describe(a, p)
		shown = append(shown, s)
	}
	return shown
}

// describe gives what was seen and, in words, what it is.
func describe(a pipeline.Anomaly, p period) (value figure, what string) {
	code, threshold := entry(string(a.Kind), pipeline.LevelAnomaly), short(a.Threshold)
	switch code.Measure {
	case pipeline.MeasurePercent:
		return change(a.Value), code.Anomaly(threshold+nbsp+"%", p.bar)
	case pipeline.MeasureMultiple:
		return figure{text: number(a.Value) + "×"}, code.Anomaly(threshold+"×", p.bar)
	case pipeline.MeasureScore:
	default: // a kind that another version wrote
	}
	return figure{text: signed(a.Value)}, code.Anomaly(threshold, p.bar)
}
