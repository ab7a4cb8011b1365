package analyze

import "unsafe"

// Sizes of the pieces of memory that a [slab] takes, in bytes: a small one that is enough for most files, then large
// ones. Of memory that is not touched nothing is used.
const (
	firstSlab = 48 << 10
	largeSlab = 16 << 20
)

// slab hands out short runs of values from larger pieces of memory, which costs less than to allocate each. T holds no
// pointers. Nothing is given back: a slab lives as long as the last of its runs.
type slab[T any] struct {
	free  []T
	begun bool
}

// take gives n values, all zero, at most [firstSlab] bytes of them.
func (s *slab[T]) take(n int) []T {
	if len(s.free) < n {
		var one T
		size := firstSlab
		if s.begun {
			size = largeSlab
		}
		s.free, s.begun = make([]T, size/int(unsafe.Sizeof(one))), true
		preferHugePages(unsafe.Pointer(&s.free[0]), uintptr(size)) //nolint:gosec // advice, the memory stays Go's
	}
	run := s.free[:n:n]
	s.free = s.free[n:]
	return run
}
