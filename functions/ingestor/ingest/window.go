package ingest

import (
	"fmt"
	"io"

	"github.com/mejan/mejan/functions/pipeline"
)

const (
	// windowSize is how much of the content is held at a time, in bytes; a window begins with firstWindow, which is enough
	// for a small file. A value that is longer makes it grow, up to the limit of a value.
	windowSize  = 256 << 10
	firstWindow = 8 << 10
	// margin is what may be read past the end of the content, in whole words, without leaving the buffer.
	margin = 64
	// patience is how often a reader may give nothing and no error.
	patience = 100
)

// window is the part of the content that is being looked at.
type window struct {
	from io.Reader
	// buf[pos:end] is content that has been read and not been taken. There are [margin] bytes of buffer behind end.
	buf      []byte
	pos, end int
	// base is the offset of buf[0] in the content.
	base int64
	// err is why there is no more to read: io.EOF itself at the end of the content.
	err    error
	limits pipeline.Limits
}

func newWindow(from io.Reader, limits pipeline.Limits) *window {
	return &window{from: from, buf: make([]byte, firstWindow+margin), limits: limits}
}

// offset is where in the content the window stands.
func (w *window) offset() int64 { return w.base + int64(w.pos) }

// unread is what has been read and not been taken.
func (w *window) unread() []byte { return w.buf[w.pos:w.end] }

// more reads on, and reports whether there is more than before. What has been taken is gone afterwards, and so is
// every slice of the window.
func (w *window) more() bool {
	if w.err != nil {
		return false
	}
	if w.pos > 0 {
		copy(w.buf, w.unread())
		w.base += int64(w.pos)
		w.end -= w.pos
		w.pos = 0
	}
	if size := len(w.buf) - margin; w.end == size || w.base >= int64(size) && size < windowSize {
		larger := make([]byte, max(2*size, windowSize)+margin)
		copy(larger, w.buf[:w.end])
		w.buf = larger
	}
	for range patience {
		var n int
		n, w.err = w.from.Read(w.buf[w.end : len(w.buf)-margin])
		w.end += n
		if n > 0 || w.err != nil {
			return n > 0
		}
	}
	w.err = io.ErrNoProgress
	return false
}

// ahead makes sure that n bytes can be looked at, and reports whether that is so.
func (w *window) ahead(n int) bool {
	for w.end-w.pos < n {
		if !w.more() {
			return false
		}
	}
	return true
}

// double reads until there is twice as much as before, so that looking for the end of a value from its beginning each
// time costs no more than twice its length, however small the pieces are that the content comes in. It reports whether
// there is more than before.
func (w *window) double() bool {
	before := w.end - w.pos
	w.ahead(2*before + 1)
	return w.end-w.pos > before
}

// space skips white space and returns the byte that follows, which stays; 0 at the end of the content.
func (w *window) space() byte {
	for {
		for ; w.pos < w.end; w.pos++ {
			switch c := w.buf[w.pos]; c {
			case ' ', '\n', '\t', '\r':
			default:
				return c
			}
		}
		if !w.more() {
			return 0
		}
	}
}

// value takes the value that stands here, as long as it may be, without looking into it further than to find its end.
// What comes back is valid until the window moves on, and may be cut off by the end of the content: whole is false
// then.
func (w *window) value(depth int) (raw []byte, whole bool, err error) {
	for {
		n, deepest, whole := extent(w.unread())
		switch {
		case int64(n) > w.limits.Value:
			return nil, false, &FileError{
				Code: TooLarge, Offset: w.offset(), Detail: fmt.Sprintf("a value of more than %d bytes", w.limits.Value),
			}
		case int64(depth+deepest) > w.limits.Depth:
			return nil, false, w.tooDeep()
		case !whole && w.double():
			continue
		case !whole && !ended(w.err):
			return nil, false, w.err
		}
		raw := w.buf[w.pos : w.pos+n]
		w.pos += n
		// A number may end where the content does.
		return raw, whole || n > 0 && isScalar(raw[0]), nil
	}
}

func (w *window) tooDeep() error {
	return &FileError{
		Code: TooLarge, Offset: w.offset(), Detail: fmt.Sprintf("nested more than %d deep", w.limits.Depth),
	}
}

func isScalar(first byte) bool { return first != '"' && first != '{' && first != '[' }

// extent finds the end of the value that b begins with by its brackets and quotes alone. It reports how long the value
// is, as far as b goes, how deep it nests, and whether b holds the whole of it.
func extent(b []byte) (n, deepest int, whole bool) {
	if len(b) == 0 {
		return 0, 0, false
	}
	if isScalar(b[0]) {
		n, whole = scalarExtent(b)
		return n, 0, whole
	}
	depth := 0
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '"':
			if i = stringEnd(b, i+1); i >= len(b) {
				return len(b), deepest, false
			}
		case '{', '[':
			depth++
			deepest = max(deepest, depth)
		case '}', ']':
			depth--
		}
		if depth == 0 {
			return i + 1, deepest, true
		}
	}
	return len(b), deepest, false
}

// stringEnd is where the quote stands that ends a string, from inside of it; len(b) or more where b has none.
func stringEnd(b []byte, i int) int {
	for i < len(b) && b[i] != '"' {
		if b[i] == '\\' {
			i++
		}
		i++
	}
	return i
}

func scalarExtent(b []byte) (n int, whole bool) {
	for i, c := range b {
		switch c {
		case ' ', '\n', '\t', '\r', ',', ':', '}', ']', '"', '{', '[':
			return max(i, 1), true
		}
	}
	return len(b), false
}
