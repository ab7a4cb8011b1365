package analyze

import "unsafe"

// Sizes of the pieces of memory that a [slab] takes, in bytes. Each is four times the one before.
const (
	firstSlab = 48 << 10
	maxSlab   = 16 << 20
)

// slab hands out short runs of values from larger pieces of memory, which costs less than to allocate each. T holds no
// pointers. Nothing is given back: a slab lives as long as the last of its runs.
type slab[T any] struct {
	free []T
	size int
}

// take gives n values, all zero, at most [firstSlab] bytes of them.
func (s *slab[T]) take(n int) []T {
	if len(s.free) < n {
		var one T
		s.size = min(max(firstSlab, 4*s.size), maxSlab)
		s.free = make([]T, s.size/int(unsafe.Sizeof(one)))
		preferHugePages(unsafe.Pointer(&s.free[0]), uintptr(s.size)) //nolint:gosec // advice, the memory stays Go's
	}
	run := s.free[:n:n]
	s.free = s.free[n:]
	return run
}
