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
		s.free, s.begun = large[T](size/int(unsafe.Sizeof(one))), true
	}
	run := s.free[:n:n]
	s.free = s.free[n:]
	return run
}

// largePage is the size of a large page of memory.
const largePage = 2 << 20

// large gives n values, all zero. Where they take a large page or more, they lie in large ones alone.
func large[T any](n int) []T {
	var one T
	size := int(unsafe.Sizeof(one))
	if n*size < largePage {
		return make([]T, n)
	}
	pages := (n*size + largePage - 1) / largePage
	values := make([]T, (pages+1)*largePage/size+1) // so many are whole, wherever it begins
	at := unsafe.Pointer(&values[0])                //nolint:gosec // advice, the memory stays Go's
	preferHugePages(at, uintptr(len(values)*size))
	before := int(-uintptr(at) % largePage)
	return values[(before+size-1)/size:][:n:n]
}
