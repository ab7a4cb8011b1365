package ingest

import (
	"encoding/binary"
	"math/bits"
)

// shape is a layout with a length for each value, taken from the row before: prices of one series have the same number
// of digits from bar to bar, nearly always. Then it is known of each byte up to the volume, whose length does vary,
// what it must be, or that it must be a digit, and a row is compared in words of eight bytes.
type shape struct {
	// size is how much text is compared with the words, 0 where no shape is known; row is how long a row is without the
	// digits of a volume.
	size  uint8
	row   int
	words []eightWords
	// room is what words are in.
	room [maxShape / wordsText]eightWords
	// date is where a datetime is, dated how long it is.
	date  uint8
	dated int
	month month
	// Prices have whole digits before the point, all of them. least is what the digits of the lowest begin with at least:
	// it is not zero, nor is its first digit, where others follow before the point.
	prices [closePrice - openPrice + 1]span
	whole  int
	least  uint64
	// routes are the ways of the values behind the datetime into a line.
	routes [columns - openPrice]route
	// line is how long a line is from the datetime to the last value, the digits of a volume left out.
	line int
	// volume says that one follows, and behind is what stands behind it.
	volume bool
	behind literal
	// lengths are those of the row that was seen last, in one number.
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

// span is where a price is: its digits among the sixteen bytes from its beginning.
type span struct {
	high, low uint64
	at        uint8
}

// learn takes the shape of a row that fits the layout and that b begins with, as the layout has read it. It does so
// where a row has the lengths of the one that was shown before, so that one odd row is not what all others are held
// against. A row has no shape if its prices differ in how many digits they have before the point, or if something
// follows the volume, because what is behind it is all that is left of a row.
func (p *shape) learn(b *[maxRow]byte, n int, r *row, l *layout) {
	var lengths uint64
	whole := r.amounts[openPrice].whole
	for c, f := range r.fields[:volume] {
		lengths |= uint64(f.to-f.from)<<(8*c) | uint64(r.amounts[c].whole)<<(8*c+4)
		if column(c) >= openPrice && r.amounts[c].whole != whole {
			return
		}
	}
	again := lengths == p.lengths
	p.lengths = lengths
	if !again || p.size > 0 && p.fits((*[shapeText]byte)(b[:])) {
		return
	}
	p.size = 0
	p.volume = r.has(volume)
	if p.volume {
		n = int(r.fields[volume].from)
	}
	if n >= maxShape || p.volume && l.slots[len(l.slots)-1].column != volume {
		return
	}
	p.behind = l.end
	p.whole, p.least = whole, 1
	if whole > 1 {
		p.least = 1 << 56
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
			p.prices[column(c)-openPrice] = newSpan(f, whole)
		}
	}
	p.size, p.row, p.words = uint8(n), n, p.room[:0]
	if p.volume {
		p.row += p.behind.length
	}
	p.date, p.dated = uint8(r.fields[datetime].from), r.fields[datetime].length()
	for i := 0; i < n; i += wordsText {
		p.words = append(p.words, newEightWords(b[i:], mask[i:]))
	}
	at := p.dated
	for c := openPrice; c < columns && r.has(c); c++ {
		to := &p.routes[c-openPrice]
		*to = route{at: uint8(at), from: uint8(r.fields[c].from), to: uint8(at + len(openings[c]))}
		copy(to.opening[:], openings[c])
		at = int(to.to)
		if c != volume {
			at += r.fields[c].length()
		}
	}
	p.line = at
}

// put writes the line of a row of this shape whose volume has so many digits, and says how long it is. It is put
// together in pieces that fit into a register: what is copied beyond the end of a text is overwritten by the next.
// Indices of one byte need no check.
func (p *shape) put(room *[quickRoom]byte, s *series, text *[shapeText]byte, digits int) int {
	*(*[maxHead]byte)(room[:]) = *(*[maxHead]byte)(s.head[:maxHead])
	line := (*[quickText]byte)(room[uint8(len(s.head)):])
	from := text[p.date:]
	*(*[16]byte)(line[:]) = *(*[16]byte)(from)
	*(*[8]byte)(line[16:]) = *(*[8]byte)(from[16:])
	// Spelled out, because a loop spends as much on itself.
	p.routes[0].put(line, text)
	p.routes[1].put(line, text)
	p.routes[2].put(line, text)
	p.routes[3].put(line, text)
	if p.volume {
		p.routes[4].put(line, text)
	}
	n := p.line + digits
	*(*[maxTail]byte)(line[uint8(n):]) = *(*[maxTail]byte)(s.tail[:maxTail])
	return len(s.head) + n + len(s.tail)
}

// newSpan is that of a price with so many digits before the point.
func newSpan(f field, whole int) span {
	var mask [16]byte
	for i := range int(f.to - f.from) {
		if i != whole {
			mask[i] = 0x0f
		}
	}
	return span{binary.LittleEndian.Uint64(mask[:]), binary.LittleEndian.Uint64(mask[8:]), uint8(f.from)}
}

// read reads a price, and adds bits of [notDigits] to wrong where it is none: six more than a digit is less than
// sixteen.
func (p *span) read(text *[shapeText]byte, wrong uint64) (sixteen, uint64) {
	high := binary.LittleEndian.Uint64(text[p.at:]) & p.high
	low := binary.LittleEndian.Uint64(text[int(p.at)+8:]) & p.low
	return sixteen{bits.ReverseBytes64(high), bits.ReverseBytes64(low)},
		wrong | (high + 0x0606060606060606) | (low + 0x0606060606060606)
}

const notDigits = 0x1010101010101010

// fits reports whether text is of the shape, as far as the words say it.
func (p *shape) fits(text *[shapeText]byte) bool {
	wrong, at := uint64(0), uint8(0)
	words := p.words
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
