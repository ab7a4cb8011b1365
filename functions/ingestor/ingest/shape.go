package ingest

import (
	"encoding/binary"
	"math/bits"
)

// shape is a layout with a length for each value, taken from the row before: prices of one series have the same number
// of digits from bar to bar, nearly always. Then it is known of each byte up to the volume, whose length does vary,
// what it must be, or that it must be a digit, and a row is compared in words of eight bytes.
type shape struct {
	// size is how much text is compared with the words, 0 where no shape is known.
	size  int
	words []eightWords
	// room is what words are in.
	room   [maxShape / wordsText]eightWords
	fields [columns]field
	// dated is how long a datetime is.
	dated  int
	month  month
	prices [closePrice - openPrice + 1]span
	// routes are the ways of the values behind the datetime into a line.
	routes [columns - openPrice]route
	// line is how long a line is from the datetime to the last value, the digits of a volume left out.
	line int
	// volume says that one follows, behind is what stands behind it, and lengths are those of the row that was seen last,
	// in one number.
	volume  bool
	behind  literal
	lengths uint64
}

// eightWords are what eight words of a text must be, where mask has bits.
type eightWords [8]struct{ text, mask uint64 }

// wordsText is how much text they are compared with, in bytes.
const wordsText = 8 * 8

func newEightWords(text, mask []byte) (w eightWords) {
	for i := range w {
		w[i].text, w[i].mask = binary.LittleEndian.Uint64(text[8*i:]), binary.LittleEndian.Uint64(mask[8*i:])
	}
	return w
}

const (
	// maxShape bounds a shape, in bytes: one byte is enough to point into it.
	maxShape = 256
	// shapeText is how much text is needed to compare it: so much that words which a byte can point to are within.
	shapeText = maxShape + wordsText
)

// route is where a value is in a row, where in a line, and what stands before it there.
type route struct {
	opening      [16]byte
	at, from, to uint8
}

func (p *route) put(line *[quickText]byte, text *[shapeText]byte) {
	*(*[16]byte)(line[p.at:]) = p.opening
	*(*[16]byte)(line[p.to:]) = *(*[16]byte)(text[p.from:])
}

// span is where a price is: its digits among the sixteen bytes from its beginning, and a one where the first must not
// be zero, because others follow before the point.
type span struct {
	high, low uint64
	first     uint64
	whole     int
	at        uint8
}

// learn takes the shape of a row that fits the layout and that b begins with, as the layout has read it. It does so
// where a row has the lengths of the one that was shown before: a file in which every row has others has no shape; nor
// has one in which something follows the volume, because what is behind it is all that is left of a row.
func (s *shape) learn(b *[maxRow]byte, n int, r *row, l *layout) {
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
	s.behind = l.end
	if !known || n >= maxShape || s.volume && l.slots[len(l.slots)-1].column != volume {
		return
	}
	var mask [maxShape]byte
	for i := range n {
		mask[i] = 0xff
	}
	for c, f := range r.fields[:volume] {
		price := column(c) >= openPrice
		for i := f.from; i < f.to; i++ {
			switch {
			case !price:
				mask[i] = 0 // the month looks at all of it
			case isDigit(b[i]):
				mask[i] = 0xf0 // span.read looks at the rest
			}
		}
		if price {
			s.prices[column(c)-openPrice] = newSpan(f, r.amounts[c].whole)
		}
	}
	s.fields, s.size, s.words = r.fields, n, s.room[:0]
	s.dated = r.fields[datetime].length()
	s.fields[volume].to = s.fields[volume].from
	for i := 0; i < n; i += wordsText {
		s.words = append(s.words, newEightWords(b[i:], mask[i:]))
	}
	at := s.dated
	for c := openPrice; c < columns && r.has(c); c++ {
		p := &s.routes[c-openPrice]
		*p = route{at: uint8(at), from: uint8(s.fields[c].from), to: uint8(at + len(openings[c]))}
		copy(p.opening[:], openings[c])
		at = int(p.to) + s.fields[c].length()
	}
	s.line = at
}

// put writes the values of a row of this shape, each behind its name, and says how long that is: what is copied beyond
// the end of a value is overwritten by what comes next. Indices of one byte need no check.
func (s *shape) put(line *[quickText]byte, r *row) int {
	text := (*[shapeText]byte)(r.content)
	from := text[uint8(s.fields[datetime].from):]
	*(*[16]byte)(line[:]) = *(*[16]byte)(from)
	*(*[8]byte)(line[16:]) = *(*[8]byte)(from[16:])
	// Spelled out, because a loop spends as much on itself.
	s.routes[0].put(line, text)
	s.routes[1].put(line, text)
	s.routes[2].put(line, text)
	s.routes[3].put(line, text)
	if s.volume {
		s.routes[4].put(line, text)
	}
	return s.line + r.fields[volume].length()
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
		s.first = 1
	}
	return s
}

// read reads a price. The result has bits of [notDigits] where it is none: six more than a digit is less than sixteen,
// and one less than a first digit that is zero is nothing but ones.
func (p *span) read(text *[shapeText]byte, a *amount) uint64 {
	high := binary.LittleEndian.Uint64(text[p.at:]) & p.high
	low := binary.LittleEndian.Uint64(text[int(p.at)+8:]) & p.low
	a.high, a.low = bits.ReverseBytes64(high), bits.ReverseBytes64(low)
	return (high + 0x0606060606060606) | (low + 0x0606060606060606) | (high - p.first)
}

const notDigits = 0x1010101010101010

// fits reports whether text is of the shape, as far as the words say it.
func (s *shape) fits(text *[shapeText]byte) bool {
	wrong, at := uint64(0), uint8(0)
	words := s.words
	for i := range words {
		w, t := &words[i], (*[wordsText]byte)(text[at:])
		wrong |= (binary.LittleEndian.Uint64(t[0:])^w[0].text)&w[0].mask |
			(binary.LittleEndian.Uint64(t[8:])^w[1].text)&w[1].mask |
			(binary.LittleEndian.Uint64(t[16:])^w[2].text)&w[2].mask |
			(binary.LittleEndian.Uint64(t[24:])^w[3].text)&w[3].mask |
			(binary.LittleEndian.Uint64(t[32:])^w[4].text)&w[4].mask |
			(binary.LittleEndian.Uint64(t[40:])^w[5].text)&w[5].mask |
			(binary.LittleEndian.Uint64(t[48:])^w[6].text)&w[6].mask |
			(binary.LittleEndian.Uint64(t[56:])^w[7].text)&w[7].mask
		at += wordsText
	}
	return wrong == 0
}

// read reads a row of this shape from the beginning of b, and says how far it goes; 0 for a row of another shape. What
// the shape says of every row is left as it is in a row that was of the same shape before.
func (s *shape) read(b *[maxRow]byte, r *row, dated int) int {
	text := (*[shapeText]byte)(b[:]) // of which a byte is an index that needs no check
	if s.size == 0 || s.dated != dated || !s.fits(text) {
		return 0
	}
	r.content = b[:]
	if r.shape != s {
		s.describe(r)
	}
	// Spelled out, because a loop spends as much on itself.
	wrong := s.prices[0].read(text, &r.amounts[openPrice]) |
		s.prices[1].read(text, &r.amounts[highPrice]) |
		s.prices[2].read(text, &r.amounts[lowPrice]) |
		s.prices[3].read(text, &r.amounts[closePrice])
	if wrong&notDigits != 0 {
		return 0
	}
	date := (*[maxText]byte)(text[uint8(s.fields[datetime].from):])
	when, ok := s.month.day(date)
	if !ok || dated != dateText {
		when, ok = s.month.parse(date, dated)
	}
	r.when = when
	switch {
	case !ok:
		return 0
	case !s.volume:
		return s.size
	}
	n := r.amounts[volume].read((*[maxAmount + 1]byte)(text[uint8(s.size):]))
	end := int(uint8(s.size)) + n&maxAmount // which is all ones, and says that end needs no check
	r.fields[volume].to = int32(end)
	if n == 0 || !s.behind.matches((*[maxLiteral]byte)(text[end:])) {
		return 0
	}
	return end + s.behind.length
}

// describe tells a row what it has of the shape.
func (s *shape) describe(r *row) {
	r.shape, r.fields, r.exact = s, s.fields, true
	for i := range s.prices {
		r.amounts[int(openPrice)+i].whole = s.prices[i].whole
	}
}
