package analyze

import (
	"cmp"
	"math"
	"slices"

	"github.com/mejan/mejan/functions/pipeline"
)

const (
	// LargeMovePercent is the change over one bar, either way, beyond which a bar is an anomaly.
	LargeMovePercent = 5.0
	// VolumeSpikeMultiple is the [RelativeVolume] beyond which a bar is an anomaly.
	VolumeSpikeMultiple = 1.5
	// GapPercent is the distance of an open from the close before, beyond which a gap is an anomaly. Our choice.
	GapPercent = 2.0
	// UnusualScore is the modified z-score beyond which a change is an anomaly; see [Surprise].
	UnusualScore = 3.5
	// ShiftMultiple is the ratio of two volatilities beyond which, or below its inverse, their regime has changed.
	ShiftMultiple = 2.0
	// AnomalyBars is how many bars of each series are looked at, the latest.
	AnomalyBars = 20
	// MaxAnomalies is how many are kept of this bar, and how many of earlier ones, the most surprising.
	MaxAnomalies = 20
)

// judge finds anomalies. It keeps its memory from one series to the next.
type judge struct {
	history history
	found   []pipeline.Anomaly
}

// anomalies finds the bars that stand out among the last [AnomalyBars] of a series, in no order, valid until the next
// call. Each bar is judged as if it were the last: what came after it was not known. Those of a lesser surprise than
// least may be missing, except for the last bar's.
func (j *judge) anomalies(s Series, least float64) []pipeline.Anomaly {
	h := &j.history
	h.begin(s.Bars)
	found := j.found[:0]
	for n := max(2, len(s.Bars)-AnomalyBars+1); n <= len(s.Bars); n++ {
		bars := s.Bars[:n]
		this, before := &bars[n-1], &bars[n-2]
		need := 0.0
		if n < len(s.Bars) {
			need = least
		}
		add := func(kind pipeline.AnomalyKind, value, threshold, surprise float64) {
			if finite(value) && finite(surprise) {
				found = append(found, pipeline.Anomaly{
					Symbol: s.Symbol, Exchange: s.Exchange, Interval: s.Interval, Currency: s.Currency, Kind: kind,
					Session: this.Session,
					Value:   round(value), Threshold: round(threshold), Surprise: round(surprise),
				})
			}
		}
		beyond := func(kind pipeline.AnomalyKind, value, threshold float64) {
			if size := math.Abs(value); size > threshold {
				add(kind, value, threshold, size/threshold)
			}
		}
		beyond(pipeline.LargeMove, round(percent(before.Close, this.Close)), LargeMovePercent)
		if x, err := RelativeVolume(bars); err == nil {
			beyond(pipeline.VolumeSpike, round(x), VolumeSpikeMultiple)
		}
		if this.Open > before.High || this.Open < before.Low {
			beyond(pipeline.Gap, round(percent(before.Close, this.Open)), GapPercent)
		}
		if x, ok := h.score(n, need); ok {
			beyond(pipeline.UnusualMove, x, UnusualScore)
		}
		if way, old := h.record(bars, need); way != 0 {
			kind := map[int]pipeline.AnomalyKind{1: pipeline.RecordHigh, -1: pipeline.RecordLow}[way]
			if usual, err := Volatility(bars[:n-1]); err == nil && usual > 0 {
				value := percent(old, this.Close)
				add(kind, value, usual, math.Abs(value)/usual)
			}
		}
		if x, ok := h.shift(n, need); ok {
			if x > 1 {
				add(pipeline.VolatilityShift, x, ShiftMultiple, x/ShiftMultiple)
			} else {
				add(pipeline.VolatilityShift, x, 1/ShiftMultiple, 1/ShiftMultiple/x)
			}
		}
	}
	j.found = found
	return found
}

// RecordMin is how many bars a record is held against at least.
const RecordMin = VolatilityChanges + 1

// Record reports whether the last close is above every close of the 52 weeks before it, 1, or below every one, -1, and
// the old record, in the series' currency: 0 where it is neither, or has fewer than 21 bars before it. Source: the new
// highs and lows of the exchanges, by closes.
func Record(bars []Bar) (way int, old float64) {
	end := len(bars) - 1
	if end < RecordMin {
		return 0, 0
	}
	this := bars[end]
	switch {
	case this.Close > bars[end-1].Close:
		way = 1
	case this.Close < bars[end-1].Close:
		way = -1
	default:
		return 0, 0
	}
	old = bars[end-1].Close
	i := end - 1
	for ; i >= 0 && this.Day-bars[i].Day <= YearDays; i-- {
		c := bars[i].Close
		if (way > 0 && c >= this.Close) || (way < 0 && c <= this.Close) {
			return 0, 0
		}
		if (way > 0) == (c > old) {
			old = c
		}
	}
	if end-1-i < RecordMin {
		return 0, 0 // the rest is older than 52 weeks
	}
	return way, old
}

// rank sorts by surprise, the greatest first, then by series, session and kind, and keeps [MaxAnomalies].
func rank(all []pipeline.Anomaly) []pipeline.Anomaly {
	slices.SortFunc(all, func(a, b pipeline.Anomaly) int {
		return cmp.Or(
			cmp.Compare(b.Surprise, a.Surprise),
			a.Series().Compare(b.Series()),
			cmp.Compare(a.Session, b.Session),
			cmp.Compare(a.Kind, b.Kind),
		)
	})
	return all[:min(len(all), MaxAnomalies)]
}

// ranking collects the most surprising of many anomalies. It holds at most ten times as many as are kept.
type ranking struct {
	found []pipeline.Anomaly
	// count is of all that were added, least the surprise below which one surely is not kept.
	count int
	least float64
}

func (r *ranking) add(a pipeline.Anomaly) {
	r.count++
	if a.Surprise < r.least {
		return
	}
	r.found = append(r.found, a)
	if len(r.found) >= 10*MaxAnomalies {
		r.found = rank(r.found)
		r.least = r.found[MaxAnomalies-1].Surprise
	}
}
