package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/mejan/mejan/functions/pipeline"
)

// movers are the two lists, with bars on a common scale.
func movers(a pipeline.Aggregates) (gainers, losers []mover) {
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
			shown = append(shown, mover{cut(clean(m.Symbol), maxSymbol), change(m.Change), width})
		}
		return shown
	}
	return show(a.TopGainers), show(a.TopLosers)
}

// rows shows each insight, or of too many those that moved most. Where all have one currency it is told once.
func rows(insights []pipeline.Insight, mixed bool, n *notes) (shown []row, currency string) {
	if len(insights) > maxRows {
		insights = slices.Clone(insights)
		slices.SortStableFunc(insights, func(a, b pipeline.Insight) int {
			return cmp.Compare(size(b.Change1), size(a.Change1))
		})
		insights = insights[:maxRows]
	}
	shared := len(insights) > 0
	for _, in := range insights {
		shared = shared && in.Currency == insights[0].Currency
	}
	if shared {
		currency = cut(clean(insights[0].Currency), maxSymbol)
	}
	for _, in := range insights {
		r := row{symbol: cut(clean(in.Symbol), maxSymbol), price: price(in.Close)}
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

// size orders by how far a symbol moved; one without a change comes last.
func size(change *float64) float64 {
	if change == nil {
		return -1
	}
	return math.Abs(*change)
}

func anomalies(list []pipeline.Anomaly, p period, mixed bool) (shown []anomaly) {
	for _, a := range list[:min(len(list), maxAnomalies)] {
		s := anomaly{when: cut(clean(a.Session), maxDatetime), symbol: cut(clean(a.Symbol), maxSymbol)}
		if mixed {
			s.symbol += " (" + cut(clean(a.Interval), maxSymbol) + ")"
		}
		switch a.Kind {
		case pipeline.LargeMove:
			s.value = change(a.Value)
			s.what = fmt.Sprintf("moved more than %s%s%% in one %s", short(a.Threshold), nbsp, p.bar)
		case pipeline.VolumeSpike:
			s.value = figure{text: number(a.Value) + "×"}
			s.what = fmt.Sprintf("volume above %s× its average", short(a.Threshold))
		default:
			s.value = figure{text: signed(a.Value)}
			s.what = fmt.Sprintf("%s, beyond %s", cut(clean(string(a.Kind)), maxSymbol), short(a.Threshold))
		}
		shown = append(shown, s)
	}
	return shown
}
