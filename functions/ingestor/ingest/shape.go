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
	// words are those of a text of that size, which is 0 where no shape is known; end are the two that it ends with.
	words []twoWords
	end   twoWords
	size  int
	// room is what words are in.
	room   [maxShape / 16]twoWords
	fields [columns]field
	prices [closePrice - openPrice + 1]span
	// routes are where each value is and where it goes in a line, from the datetime on.
	routes [columns]route
	// volume says that one follows, and lengths are those of the row that was seen last, in one number.
	volume  bool
	lengths uint64
}

// twoWords are two words of a shape, one behind the other.
type twoWords [2]struct{ text, add uint64 }

func newTwoWords(text, add []byte) (w twoWords) {
	for i := range w {
		w[i].text, w[i].add = binary.LittleEndian.Uint64(text[8*i:]), binary.LittleEndian.Uint64(add[8*i:])
	}
	return w
}

// compare sets the high bit of bytes of the result where text is not of the shape.
func (w *twoWords) compare(text *[16]byte) uint64 {
	x := binary.LittleEndian.Uint64(text[:]) ^ w[0].text
	y := binary.LittleEndian.Uint64(text[8:]) ^ w[1].text
	return x + w[0].add | x | (y + w[1].add) | y
}

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
	if !known || n < 16 || n >= maxShape {
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
	for i := 0; i < n-16; i += 16 {
		s.words = append(s.words, newTwoWords(text[i:], add[i:]))
	}
	s.end = newTwoWords(text[n-16:], add[n-16:])
	to := 0
	for c, f := range s.fields {
		if f.kind == 0 {
			continue
		}
		value := to + openings[c].length
		s.routes[c] = route{from: uint8(f.from), to: uint8(value), opening: uint8(to)}
		to = value + int(f.to-f.from)
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

// read reads a price, and reports false for one with a leading zero.
func (p *span) read(text *[shapeText]byte, a *amount) bool {
	a.high = bits.ReverseBytes64(binary.LittleEndian.Uint64(text[p.at:]) & p.high)
	a.low = bits.ReverseBytes64(binary.LittleEndian.Uint64(text[int(p.at)+8:]) & p.low)
	a.whole = p.whole
	return a.high >= p.least
}

// read reads a row of this shape from the beginning of b, in which there are at least [maxRow] bytes, up to its volume
// if it has one, and says how far that is; 0 for a row of another shape.
func (s *shape) read(b []byte, r *row) int {
	if s.size == 0 {
		return 0
	}
	text := (*[shapeText]byte)(b) // of which a byte is an index that needs no check
	wrong := s.end.compare((*[16]byte)(text[uint8(s.size-16):]))
	at := uint8(0)
	for i := range s.words {
		wrong |= s.words[i].compare((*[16]byte)(text[at:]))
		at += 16
	}
	if wrong&0x8080808080808080 != 0 {
		return 0
	}
	// Spelled out, because a loop spends as much on itself.
	o := s.prices[0].read(text, &r.amounts[openPrice])
	h := s.prices[1].read(text, &r.amounts[highPrice])
	l := s.prices[2].read(text, &r.amounts[lowPrice])
	c := s.prices[3].read(text, &r.amounts[closePrice])
	if !o || !h || !l || !c {
		return 0
	}
	r.content, r.shape = b, s
	r.fields = s.fields
	return s.size
}
