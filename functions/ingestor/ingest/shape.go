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
	words [maxShape / 8]struct{ text, add uint64 }
	// count is how many words there are; last leaves out of the last one what is behind size, the length of it all.
	count, size int
	last        uint64
	fields      [columns]field
	prices      [closePrice + 1]span
	// volume says that one follows, and lengths are those of the row that was seen last, in one number.
	volume  bool
	lengths uint64
}

// maxShape bounds a shape, in bytes.
const maxShape = 256

// span is where the digits of a price are, among the sixteen bytes from its beginning.
type span struct {
	high, low uint64
	whole     int
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
	s.count = 0
	s.volume = r.has(volume)
	if s.volume {
		n = int(r.fields[volume].from)
	}
	if !known || n > maxShape {
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
			s.prices[c] = newSpan(int(f.to-f.from), r.amounts[c].whole)
		}
	}
	s.fields, s.size, s.count, s.last = r.fields, n, (n+7)/8, 0x8080808080808080
	if behind := 8*s.count - n; behind > 0 {
		s.last >>= 8 * behind
	}
	for i := range s.count {
		s.words[i].text = binary.LittleEndian.Uint64(text[8*i:])
		s.words[i].add = binary.LittleEndian.Uint64(add[8*i:])
	}
}

// newSpan is that of a price of n characters, so many of them before the point.
func newSpan(n, whole int) span {
	var mask [16]byte
	for i := range n {
		if i != whole {
			mask[i] = 0xff
		}
	}
	return span{binary.LittleEndian.Uint64(mask[:]), binary.LittleEndian.Uint64(mask[8:]), whole}
}

// read reads a row of this shape from the beginning of b, in which there are at least [maxRow] bytes, up to its volume
// if it has one, and says how far that is; 0 for a row of another shape.
func (s *shape) read(b []byte, r *row) int {
	if s.count == 0 {
		return 0
	}
	_ = b[maxShape-1]
	var wrong uint64
	words := s.words[:s.count-1]
	for i := range words {
		x := binary.LittleEndian.Uint64(b[8*i:]) ^ words[i].text
		wrong |= x + words[i].add | x
	}
	end := &s.words[s.count-1]
	x := binary.LittleEndian.Uint64(b[8*len(words):]) ^ end.text
	if wrong&0x8080808080808080|(x+end.add|x)&s.last != 0 {
		return 0
	}
	for c := openPrice; c <= closePrice; c++ {
		p, from := &s.prices[c], b[s.fields[c].from:][:16]
		high := bits.ReverseBytes64((binary.LittleEndian.Uint64(from) ^ zeros) & p.high)
		if high>>56 == 0 && p.whole > 1 {
			return 0 // a leading zero
		}
		r.amounts[c] = amount{high, bits.ReverseBytes64((binary.LittleEndian.Uint64(from[8:]) ^ zeros) & p.low), p.whole}
	}
	r.content = b
	r.fields = s.fields
	return s.size
}
