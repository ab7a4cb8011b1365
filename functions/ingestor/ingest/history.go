package ingest

// horizon is how many bars of a series are remembered, the latest read. The provider sends 5,000 at the most.
const horizon = 1 << 16

// history remembers the bars of a series that have been taken, to know one that comes again. Bars that come in order
// are beyond all that came before, and are merely written down; only where one is not, they are indexed.
type history struct {
	whens []moment
	sums  []uint32
	// n counts the bars; bar i is at i modulo [horizon].
	n                uint
	earliest, latest moment
	// last is the bar before and close its close, where it is exact; direction is the sign of the way from the one before
	// that.
	last      moment
	close     amount
	exact     bool
	direction int
	index     map[moment]uint
}

func (h *history) reset() {
	*h = history{whens: h.whens, sums: h.sums}
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
		known := h.whens[:min(h.n, horizon)]
		h.index = make(map[moment]uint, len(known))
		for i, when := range known {
			h.index[when] = uint(i)
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
	when, at := r.when, h.n%horizon
	if at >= uint(len(h.whens)) {
		h.whens, h.sums = grow(h.whens), grow(h.sums)
	}
	if h.index != nil {
		if h.n >= horizon {
			delete(h.index, h.whens[at])
		}
		h.index[when] = at
	}
	h.whens[at], h.sums[at] = when, r.sum()
	switch {
	case h.n == 0:
		h.earliest, h.latest = when, when
	case when > h.last:
		h.direction = 1
	case when < h.last:
		h.direction = -1
	}
	h.earliest, h.latest = min(h.earliest, when), max(h.latest, when)
	h.last, h.close, h.exact = when, r.amounts[closePrice], r.exact
	h.n++
}

// steady reports whether the last bar is beyond all others, so that the next in the same direction is, too; and whether
// that is all there is to know of a bar to come.
func (h *history) steady() bool {
	return h.index == nil && h.exact && (h.direction < 0 && h.last <= h.earliest || h.direction > 0 && h.last >= h.latest)
}

// room is where the next bars go, as far as there is room.
func (h *history) room() ([]moment, []uint32) {
	at := h.n % horizon
	if at >= uint(len(h.whens)) {
		return nil, nil
	}
	return h.whens[at:], h.sums[at:]
}

// fill counts bars that were put into the room, up to the last, and went on in the same direction.
func (h *history) fill(bars int) {
	h.n += uint(bars)
	h.earliest, h.latest = min(h.earliest, h.last), max(h.latest, h.last)
}

// grow makes room for twice as many.
func grow[T any](bars []T) []T { return append(bars, make([]T, max(len(bars), 256))...) }

// sum is a checksum over what a row says. Rows that say the same have the same; others hardly ever, and which of the
// two a bar of a known time is decides only what it is refused for.
func (r *row) sum() uint32 {
	open, high, low, last := &r.amounts[openPrice], &r.amounts[highPrice], &r.amounts[lowPrice], &r.amounts[closePrice]
	traded := &r.amounts[volume]
	sum := checksum(open.packed(open.whole), high.packed(high.whole), low.packed(low.whole), last.packed(last.whole))
	return uint32((sum + traded.packed(traded.whole)*volumeFactor) >> 32)
}

// checksum is the multilinear hash of D. Lemire and O. Kaser, "Strongly universal string hashing is fast" (2014), with
// fixed multipliers: the fractions of the square roots of the first primes. It is that of the prices, to which the
// volume's product adds.
func checksum(open, high, low, last uint64) uint64 {
	return open*0x6a09e667f3bcc909 + high*0xbb67ae8584caa73b + low*0x3c6ef372fe94f82b + last*0xa54ff53a5f1d36f1
}

const volumeFactor = 0x510e527fade682d1
