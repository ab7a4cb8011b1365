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
	// words are those of a text of that size, which is 0 where no shape is known; end are the four that it ends with.
	words []fourWords
	end   fourWords
	size  int
	// room is what words are in.
	room   [maxShape / fourBytes]fourWords
	fields [columns]field
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

// twoWords are two words of a shape, one behind the other.
type twoWords [2]struct{ text, add uint64 }

func newTwoWords(text, add []byte) (w twoWords) {
	for i := range w {
		w[i].text, w[i].add = binary.LittleEndian.Uint64(text[8*i:]), binary.LittleEndian.Uint64(add[8*i:])
	}
	return w
}

// fourWords are four, in two pairs.
type fourWords [2]twoWords

// fourBytes is how much text they are compared with.
const fourBytes = 4 * 8

func newFourWords(text, add []byte) fourWords {
	return fourWords{newTwoWords(text, add), newTwoWords(text[16:], add[16:])}
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

// route is where a value is in a row, where in a line, and what stands before it there.
type route struct {
	opening      [16]byte
	at, from, to uint8
}

func (p *route) put(line *[quickText]byte, text *[shapeText]byte) {
	*(*[16]byte)(line[p.at:]) = p.opening
	*(*[16]byte)(line[p.to:]) = *(*[16]byte)(text[p.from:])
}

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
func (s *shape) learn(b *[maxRow]byte, n int, r *row, behind *literal) {
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
	s.behind = *behind
	if !known || n < fourBytes || n >= maxShape {
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
	s.fields[volume].to = s.fields[volume].from
	for i := 0; i < n-fourBytes; i += fourBytes {
		s.words = append(s.words, newFourWords(text[i:], add[i:]))
	}
	s.end = newFourWords(text[n-fourBytes:], add[n-fourBytes:])
	at := s.fields[datetime].length()
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
		s.least = 1 << 56
	}
	return s
}

// read reads a price, and reports false for one with a leading zero.
func (p *span) read(text *[shapeText]byte, a *amount) bool {
	a.high = bits.ReverseBytes64(binary.LittleEndian.Uint64(text[p.at:]) & p.high)
	a.low = bits.ReverseBytes64(binary.LittleEndian.Uint64(text[int(p.at)+8:]) & p.low)
	return a.high >= p.least
}

// read reads a row of this shape from the beginning of b, and says how far it goes; 0 for a row of another shape. What
// the shape says of every row is left as it is in a row that was of the same shape before.
func (s *shape) read(b *[maxRow]byte, r *row, dated int) int {
	if s.size == 0 {
		return 0
	}
	text := (*[shapeText]byte)(b[:]) // of which a byte is an index that needs no check
	at := uint8(s.size - fourBytes)
	wrong := s.end[0].compare((*[16]byte)(text[at:])) | s.end[1].compare((*[16]byte)(text[int(at)+16:]))
	at = 0
	for i := range s.words {
		w := &s.words[i]
		wrong |= w[0].compare((*[16]byte)(text[at:])) | w[1].compare((*[16]byte)(text[int(at)+16:]))
		at += fourBytes
	}
	if wrong&0x8080808080808080 != 0 {
		return 0
	}
	r.content = b[:]
	if r.shape != s {
		s.describe(r)
	}
	o := s.prices[0].read(text, &r.amounts[openPrice])
	h := s.prices[1].read(text, &r.amounts[highPrice])
	l := s.prices[2].read(text, &r.amounts[lowPrice])
	c := s.prices[3].read(text, &r.amounts[closePrice])
	if !o || !h || !l || !c {
		return 0
	}
	var ok bool
	if r.when, ok = s.month.parse((*[maxText]byte)(text[uint8(s.fields[datetime].from):]), dated); !ok {
		return 0
	}
	if s.volume {
		return s.readVolume(b, r)
	}
	return s.size
}

// describe tells a row what it has of the shape.
func (s *shape) describe(r *row) {
	r.shape, r.fields, r.exact = s, s.fields, true
	for i := range s.prices {
		r.amounts[int(openPrice)+i].whole = s.prices[i].whole
	}
}

// readVolume reads the volume, and what is behind it.
func (s *shape) readVolume(b *[maxRow]byte, r *row) int {
	var n int
	if r.amounts[volume], n = scanAmount((*[maxAmount + 1]byte)(b[uint8(s.size):])); n == 0 {
		return 0
	}
	end := s.size + n
	r.fields[volume].to = int32(end)
	if !s.behind.matches((*[maxLiteral]byte)(b[end:])) {
		return 0
	}
	return end + s.behind.length
}
