package ingest

import (
	"encoding/binary"
	"math/bits"
)

// shape is a layout with a length for each value, taken from the row before: prices of one series have the same number
// of digits from bar to bar, nearly always. Then it is known of each byte up to the volume, whose length does vary,
// whether it must be a digit or a certain other byte, and a row is compared in words of eight bytes, with two
// operations that decide about both: the difference to the expected byte, or to '0', is added to what makes the sum
// reach the high bit, 0x7f where it must be zero and 0x76 where it may be nine.
type shape struct {
	// words are the whole words of a text of that size, 0 where no shape is known; end is the one that it ends with.
	words []shapeWord
	end   shapeWord
	size  int
	// room is what words are in.
	room   [maxShape / 8]shapeWord
	fields [columns]field
	prices [closePrice - openPrice + 1]span
	// routes are where each value is and where it goes in a line, from the datetime on.
	routes [columns]route
	// volume says that one follows, and lengths are those of the row that was seen last, in one number.
	volume  bool
	lengths uint64
}

type shapeWord struct{ text, add uint64 }

const (
	// maxShape bounds a shape, in bytes: one byte is enough to point into it.
	maxShape = 256
	// shapeText is how much text is needed to compare it: so much that a value which a byte can point to is within.
	shapeText = maxShape + maxText
)

// route is where a value is in a row, where in a line, and where what stands before it there.
type route struct{ from, to, opening uint8 }

// span is where a price is: its digits among the sixteen bytes from its beginning, and the least that the first eight
// of them can be, because there is no zero before other digits.
type span struct {
	high, low uint64
	least     uint64
	whole     int
	at        uint8
}

// learn takes the shape of a row that fits the layout and that b begins with, as the layout has read it. It does so
// where a row has the lengths of the one that was shown before: a file in which every row has others has no shape.
func (s *shape) learn(b []byte, n int, r *row) {
	var lengths uint64
	for c, f := range r.fields[:volume] {
		lengths |= uint64(f.to-f.from)<<(8*c) | uint64(r.amounts[c].whole)<<(8*c+4)
	}
	known := lengths == s.lengths
	s.lengths = lengths
	s.size = 0
	s.volume = r.has(volume)
	if s.volume {
		n = int(r.fields[volume].from)
	}
	if !known || n < 8 || n >= maxShape {
		return
	}
	var text, add [maxShape]byte
	copy(text[:], b[:n])
	for i := range n {
		add[i] = 0x7f
	}
	for c, f := range r.fields[:volume] {
		if s.volume && f.from > r.fields[volume].from {
			return
		}
		for i := f.from; i < f.to; i++ {
			if isDigit(text[i]) {
				text[i], add[i] = '0', 0x76
			}
		}
		if column(c) >= openPrice {
			s.prices[column(c)-openPrice] = newSpan(f, r.amounts[c].whole)
		}
	}
	s.fields, s.size, s.words = r.fields, n, s.room[:0]
	word := func(i int) shapeWord {
		return shapeWord{binary.LittleEndian.Uint64(text[i:]), binary.LittleEndian.Uint64(add[i:])}
	}
	for i := 0; i < n-8; i += 8 {
		s.words = append(s.words, word(i))
	}
	s.end = word(n - 8)
	to := 0
	for c, f := range s.fields {
		if s.fields[c].kind == 0 {
			continue
		}
		opening := to
		to += openings[c].length
		s.routes[c] = route{uint8(f.from), uint8(to), uint8(opening)}
		to += int(f.to - f.from)
	}
}

// newSpan is that of a price with so many digits before the point.
func newSpan(f field, whole int) span {
	var mask [16]byte
	for i := range int(f.to - f.from) {
		if i != whole {
			mask[i] = 0x0f
		}
	}
	s := span{
		high: binary.LittleEndian.Uint64(mask[:]), low: binary.LittleEndian.Uint64(mask[8:]), whole: whole,
		at: uint8(f.from),
	}
	if whole > 1 {
		s.least = 1 << 56
	}
	return s
}

// read reads a row of this shape from the beginning of b, in which there are at least [maxRow] bytes, up to its volume
// if it has one, and says how far that is; 0 for a row of another shape.
func (s *shape) read(b []byte, r *row) int {
	if s.size == 0 {
		return 0
	}
	text := (*[shapeText]byte)(b) // of which a byte is an index that needs no check
	x := binary.LittleEndian.Uint64(text[uint8(s.size-8):]) ^ s.end.text
	wrong := x + s.end.add | x
	at := uint8(0)
	for i := range s.words {
		w := &s.words[i]
		x := binary.LittleEndian.Uint64(text[at:]) ^ w.text
		wrong |= x + w.add | x
		at += 8
	}
	if wrong&0x8080808080808080 != 0 {
		return 0
	}
	for i := range s.prices {
		p := &s.prices[i]
		high := bits.ReverseBytes64(binary.LittleEndian.Uint64(text[p.at:]) & p.high)
		if high < p.least {
			return 0
		}
		low := bits.ReverseBytes64(binary.LittleEndian.Uint64(text[int(p.at)+8:]) & p.low)
		r.amounts[int(openPrice)+i] = amount{high, low, p.whole}
	}
	r.content, r.shape = b, s
	r.fields = s.fields
	return s.size
}
