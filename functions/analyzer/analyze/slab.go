package analyze

// block is bars that are allocated together: little is lost on a short series, and nothing is ever moved.
type block [blockBars]packed

const (
	blockBars = 64
	// firstSlab and maxSlab are how many blocks a slab has, 48 KB and 4 MB of them. Slabs double from one to the other.
	firstSlab = 32
	maxSlab   = 2730
)

// slab hands out blocks of a larger piece of memory.
type slab struct {
	free []block
	size int
}

func (s *slab) block() *block {
	if len(s.free) == 0 {
		s.size = min(max(firstSlab, 2*s.size), maxSlab)
		s.free = make([]block, s.size)
		if s.size == maxSlab {
			preferHugePages(s.free)
		}
	}
	b := &s.free[0]
	s.free = s.free[1:]
	return b
}
