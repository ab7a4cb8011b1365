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
	// AnomalyBars is how many bars of each series are looked at, the latest.
	AnomalyBars = 20
	// MaxAnomalies is how many are kept, the most surprising.
	MaxAnomalies = 20
)

// anomalies finds the bars that stand out among the last [AnomalyBars] of a series, the latest bar first.
func anomalies(s Series) []pipeline.Anomaly {
	var found []pipeline.Anomaly
	add := func(kind pipeline.AnomalyKind, bar Bar, value, threshold float64) {
		if surprise := math.Abs(value) / threshold; surprise > 1 {
			found = append(found, pipeline.Anomaly{
				Symbol: s.Symbol, Interval: s.Interval, Kind: kind, Session: bar.Session,
				Value: value, Threshold: threshold, Surprise: round(surprise),
			})
		}
	}
	for n := len(s.Bars); n > max(0, len(s.Bars)-AnomalyBars); n-- {
		// Each bar is judged as if it were the last: what came after it was not known.
		if x, err := Change(s.Bars[:n], 1); err == nil {
			add(pipeline.LargeMove, s.Bars[n-1], x, LargeMovePercent)
		}
		if x, err := RelativeVolume(s.Bars[:n]); err == nil {
			add(pipeline.VolumeSpike, s.Bars[n-1], x, VolumeSpikeMultiple)
		}
	}
	return found
}

// rank sorts by surprise, the greatest first, then by symbol, session, interval and kind, and keeps [MaxAnomalies].
func rank(all []pipeline.Anomaly) []pipeline.Anomaly {
	slices.SortFunc(all, func(a, b pipeline.Anomaly) int {
		return cmp.Or(
			cmp.Compare(b.Surprise, a.Surprise),
			cmp.Compare(a.Symbol, b.Symbol),
			cmp.Compare(a.Session, b.Session),
			cmp.Compare(a.Interval, b.Interval),
			cmp.Compare(a.Kind, b.Kind),
		)
	})
	return all[:min(len(all), MaxAnomalies)]
}
