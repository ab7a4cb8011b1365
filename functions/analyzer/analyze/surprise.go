package analyze

import (
	"math"
	"slices"
)

const (
	// SurpriseBars is how many changes before one are its usual ones, SurpriseMin how few may be.
	SurpriseBars = 60
	SurpriseMin  = 20
	// ShiftShort and ShiftLong are the numbers of changes whose volatilities are compared: the last, and those before.
	ShiftShort = 10
	ShiftLong  = 60
)

// quantile is the 75 % quantile of the normal distribution.
const quantile = 0.6745

// Surprise is the modified z-score of x among usual values, sorted:
//
//	0.6745 (x - m) / MAD,  MAD = median |u - m|
//
// m is their median; 0.6745 makes it comparable with a z-score of normal values. Where more than half of them are equal
// and MAD is 0, the mean absolute deviation takes its place, (x - m) / (1.253314 · mean |u - m|). ok is false where
// that is 0 as well: among equal values there is no scale. It needs 20 values. Source: Iglewicz and Hoaglin, How to
// Detect and Handle Outliers (1993), 3.3; 1.253314 is sqrt(π/2).
func Surprise(x float64, usual []float64) (score float64, ok bool) {
	m := median(usual)
	if mad := medianDistance(usual, m); mad > 0 {
		return quantile * (x - m) / mad, true
	}
	mean := 0.0
	for _, u := range usual {
		mean += math.Abs(u-m) / float64(len(usual))
	}
	if mean == 0 {
		return 0, false
	}
	return (x - m) / (math.Sqrt(math.Pi/2) * mean), true
}

// median of sorted values; the mean of the middle two where there is no middle one.
func median(sorted []float64) float64 {
	n := len(sorted)
	if n%2 == 1 {
		return sorted[n/2]
	}
	return (sorted[n/2-1] + sorted[n/2]) / 2
}

// medianDistance is the median of the distances of sorted values from m. It walks outwards from m, which is half of
// the way and needs no second sorting.
func medianDistance(sorted []float64, m float64) float64 {
	above, _ := slices.BinarySearch(sorted, m)
	below := above - 1
	var before, this float64
	for range len(sorted)/2 + 1 {
		before = this
		if below < 0 || (above < len(sorted) && sorted[above]-m < m-sorted[below]) {
			this = sorted[above] - m
			above++
		} else {
			this = m - sorted[below]
			below--
		}
	}
	if len(sorted)%2 == 1 {
		return this
	}
	return (before + this) / 2
}

// history is the changes of a series that its last bars are judged by.
type history struct {
	// changes end with the last bar's, in percent; first is the number of bars up to the one of changes[0].
	changes []float64
	first   int
	// usual is the sorted window before the bar that was judged last.
	usual    []float64
	from, to int
	sketch   sketch
}

func (h *history) begin(bars []Bar) {
	n := min(len(bars)-1, AnomalyBars+ShiftShort+ShiftLong)
	h.changes, h.first, h.usual = h.changes[:0], len(bars)-n+1, h.usual[:0]
	bars = last(bars, n+1)
	for i := range n {
		h.changes = append(h.changes, percent(bars[i].Close, bars[i+1].Close))
	}
	h.sketch.draw(h.changes)
}

// The three that follow judge the n-th bar. They may say that there is nothing where a surprise is surely less than
// least, times what an anomaly needs: that takes no more than the sketch.

// score is the [Surprise] of the change; ok is false where it cannot be beyond [UnusualScore]. Calls must go from bar
// to bar.
func (h *history) score(n int, least float64) (score float64, ok bool) {
	at := n - h.first
	from := max(0, at-SurpriseBars)
	if at-from < SurpriseMin || h.sketch.common(h.changes, at, margin*max(1, least)) {
		return 0, false
	}
	if len(h.usual) == 0 {
		h.usual = append(h.usual, h.changes[from:at]...)
		slices.Sort(h.usual)
		h.from, h.to = from, at
	}
	for ; h.to < at; h.to++ {
		i, _ := slices.BinarySearch(h.usual, h.changes[h.to])
		h.usual = slices.Insert(h.usual, i, h.changes[h.to])
	}
	for ; h.from < from; h.from++ {
		i, _ := slices.BinarySearch(h.usual, h.changes[h.from])
		h.usual = slices.Delete(h.usual, i, i+1)
	}
	// Not unusual unless half of the usual ones are much closer to their median; most changes are done with here.
	x, m := h.changes[at], median(h.usual)
	near := math.Abs(x-m) * quantile / UnusualScore
	below, _ := slices.BinarySearch(h.usual, m-near)
	above, _ := slices.BinarySearch(h.usual, m+near)
	if 2*(above-below) < len(h.usual) {
		return 0, false
	}
	return Surprise(x, h.usual)
}

// record is the [Record] of the bars up to it. By how much it goes beyond the old one is part of the last change.
func (h *history) record(bars []Bar, least float64) (way int, old float64) {
	if h.sketch.small(h.changes, len(bars)-h.first, margin*least) {
		return 0, 0
	}
	return Record(bars)
}

// shift is the ratio of the volatility of the last 10 changes to that of the 60 before them; ok is true where it is
// beyond [ShiftMultiple], or below its inverse, and was not at the bar before.
func (h *history) shift(n int, least float64) (ratio float64, ok bool) {
	if h.sketch.steady(n-h.first, margin*max(1, least)) {
		return 0, false
	}
	ratio, ok = h.ratio(n - h.first)
	if !ok || !shifted(ratio) {
		return 0, false
	}
	before, known := h.ratio(n - h.first - 1)
	again := shifted(before) && (before > 1) == (ratio > 1)
	return ratio, known && !again
}

// margin is for what rounding takes from a sketch.
const margin = 0.999

func (h *history) ratio(at int) (float64, bool) {
	if at+1 < ShiftShort+ShiftLong {
		return 0, false
	}
	middle := at + 1 - ShiftShort
	long := deviation(h.changes[middle-ShiftLong : middle])
	ratio := deviation(h.changes[middle:at+1]) / long
	return ratio, long > 0 && ratio > 0 && finite(ratio)
}

func shifted(ratio float64) bool { return ratio > ShiftMultiple || ratio < 1/ShiftMultiple }
