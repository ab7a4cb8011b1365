package analyze

import (
	"cmp"
	"slices"
)

const (
	// WindowChanges is how many changes before the last are held together with it, WindowMin how few may.
	WindowChanges = 60
	WindowMin     = 20
)

// common takes from a series what a [window] may need of it; changes has room for them.
func (d *desk) common(bars []Bar, changes []float64) ([]float64, []uint32) {
	bars = last(bars, WindowChanges+2)
	same := len(d.calendar) == len(bars)
	for i := range bars {
		same = same && d.calendar[i] == bars[i].id
		if i > 0 {
			changes = append(changes, percent(bars[i-1].Close, bars[i].Close))
		}
	}
	if !same { // mostly it is that of the series before
		d.calendar = make([]uint32, len(bars))
		for i := range bars {
			d.calendar[i] = bars[i].id
		}
	}
	return changes, d.calendar
}

// window is the last changes of the series of a group that can be held against each other: those between the same
// sessions. Each row is one series, each of the same length; the last column is the last bar.
//
// It covers 61 changes, or as many as half of the series have where that is fewer. Series that have fewer are left out,
// and so are those whose sessions differ from those of most, and those that never changed.
type window struct {
	symbols []string
	rows    [][]float64
}

func (g members) window() window {
	lengths := make([]int, 0, len(g))
	for _, r := range g {
		lengths = append(lengths, len(r.changes))
	}
	slices.Sort(lengths)
	length := lengths[(len(lengths)-1)/2]
	if length == 0 {
		return window{}
	}
	byCalendar := make(map[uint64]members)
	for _, r := range g {
		if len(r.changes) >= length {
			key := digest(r.calendar[len(r.calendar)-length-1:])
			byCalendar[key] = append(byCalendar[key], r)
		}
	}
	var most members
	for _, same := range byCalendar {
		if c := cmp.Compare(len(same), len(most)); c > 0 ||
			(c == 0 && same[0].insight.Symbol < most[0].insight.Symbol) {
			most = same
		}
	}
	names := most.names()
	w := window{symbols: make([]string, 0, len(most)), rows: make([][]float64, 0, len(most))}
	for _, r := range most {
		row := r.changes[len(r.changes)-length:]
		if _, squares := spread(row); squares > 1e-20 && finite(squares) { // less is what rounding leaves of no change
			w.rows, w.symbols = append(w.rows, row), append(w.symbols, names.Of(r.insight.Series()))
		}
	}
	return w
}

// width is the number of changes of each series.
func (w window) width() int {
	if len(w.rows) == 0 {
		return 0
	}
	return len(w.rows[0])
}

// digest tells sequences of sessions apart: FNV-1a, 64 bits.
func digest(sessions []uint32) uint64 {
	sum := uint64(14695981039346656037)
	for _, id := range sessions {
		sum = (sum ^ uint64(id)) * 1099511628211
	}
	return sum
}
