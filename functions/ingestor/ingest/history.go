package ingest

import (
	"cmp"
	"math/bits"
)

// horizon is how many bars of a series are remembered, the latest read. The provider sends 5,000 at the most.
const horizon = 1 << 16

// history remembers the bars of a series that have been taken, to know one that comes again. Bars that come in order
// are beyond all that came before, and are merely written down; only where one is not, they are indexed.
type history struct {
	whens []moment
	sums  []uint32
	// n counts the bars; bar i is at i modulo [horizon].
	n                int
	earliest, latest moment
	// last is the bar before and close its close, where it is exact; direction is the sign of the way from the one before
	// that.
	last      moment
	close     amount
	exact     bool
	direction int
	index     map[moment]int
}

func (h *history) reset() {
	*h = history{whens: h.whens[:0], sums: h.sums[:0]}
}

// beyond reports whether a bar goes on in the direction of those before, past all of them.
func (h *history) beyond(when moment) bool {
	return h.direction < 0 && when < h.earliest || h.direction > 0 && when > h.latest
}

// turns reports whether a bar goes the other way than the two before it.
func (h *history) turns(when moment) bool {
	return h.n > 1 && when != h.last && (h.direction > 0) != (when > h.last)
}

// find looks a bar up by its time.
func (h *history) find(when moment) (sum uint32, known bool) {
	if h.n == 0 || when < h.earliest || when > h.latest {
		return 0, false
	}
	if h.index == nil {
		h.index = make(map[moment]int, len(h.whens))
		for i, when := range h.whens {
			h.index[when] = i
		}
	}
	i, known := h.index[when]
	if !known {
		return 0, false
	}
	return h.sums[i], true
}

// add remembers a bar whose time is not known yet.
func (h *history) add(r *row) {
	when, sum, at := r.when, r.sum(), h.n%horizon
	if len(h.whens) < horizon {
		h.whens, h.sums = append(h.whens, when), append(h.sums, sum)
	} else {
		if h.index != nil {
			delete(h.index, h.whens[at])
		}
		h.whens[at], h.sums[at] = when, sum
	}
	if h.index != nil {
		h.index[when] = at
	}
	if h.n == 0 {
		h.earliest, h.latest = when, when
	} else {
		h.direction = cmp.Or(cmp.Compare(when, h.last), h.direction)
		h.earliest, h.latest = min(h.earliest, when), max(h.latest, when)
	}
	h.last, h.close, h.exact = when, r.amounts[closePrice], r.exact
	h.n++
}

// sum is a checksum over what a row says. Rows that say the same have the same; others hardly ever, and which of the
// two a bar of a known time is decides only what it is refused for.
func (r *row) sum() uint32 {
	var sum uint64
	for _, a := range r.amounts[openPrice:] {
		sum = bits.RotateLeft64(sum, 13) ^ a.high
		sum = bits.RotateLeft64(sum, 29) ^ a.low ^ uint64(a.whole)<<60
	}
	return uint32(sum * 0x9e3779b97f4a7c15 >> 32) // 2^64 over the golden ratio: Knuth, TAOCP 3, 6.4
}
