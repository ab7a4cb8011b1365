package ingest

import (
	"bytes"
	"encoding/binary"

	"github.com/go-json-experiment/json/jsontext"
)

// layout is how a file spells its rows, learned from one of them: which members come in which order, and every byte
// around the values. Programs that write JSON spell all rows alike, so that a row need not be parsed: its bytes are
// compared with the layout, and only values are read. The bytes that were compared are those of a row that the strict
// decoder has taken, and what is let through between them is digits, a point, or printable ASCII between quotes, so
// that a row that fits is one the decoder would take, and with the same content.
//
// A value that is odd in any way makes the row not fit, which costs time and nothing else.
type layout struct {
	slots []slot
	// end goes from the last value to the row's closing brace, between from there to the next row's opening one.
	end, between literal
	known        bool
	shape        shape
	// shown is how a reject shows what stands around the values, if it knows of all of them.
	shown []byte
	shows bool
}

// slot is a member: what stands before its value, quote included, and which column it is.
type slot struct {
	before literal
	column column
	kind   jsontext.Kind
	// shown is where in the layout's shown what stands before its value ends.
	shown int
}

const (
	maxSlots = 16
	// maxRow is how many bytes a row that fits can have, with what stands before it: each slot has a literal and a text,
	// and two more of each are looked at.
	maxRow = (maxSlots + 3) * (maxLiteral + maxText)
	// maxText bounds a value, in bytes.
	maxText = 32
)

// literal is text that must stand somewhere, compared in words of eight bytes; mask leaves out what is behind its end.
type literal struct {
	words, masks [maxLiteral / 8]uint64
	length       int
}

const maxLiteral = 48

func newLiteral(text []byte) (literal, bool) {
	if len(text) > maxLiteral {
		return literal{}, false
	}
	var padded, mask [maxLiteral]byte
	copy(padded[:], text)
	for i := range text {
		mask[i] = 0xff
	}
	l := literal{length: len(text)}
	for i := range l.words {
		l.words[i] = binary.LittleEndian.Uint64(padded[8*i:])
		l.masks[i] = binary.LittleEndian.Uint64(mask[8*i:])
	}
	return l, true
}

// matches reports whether b begins with the literal.
func (l *literal) matches(b *[maxLiteral]byte) bool {
	if (binary.LittleEndian.Uint64(b[:])^l.words[0])&l.masks[0] != 0 {
		return false
	}
	for i := 1; 8*i < l.length; i++ {
		if (binary.LittleEndian.Uint64(b[8*i:])^l.words[i])&l.masks[i] != 0 {
			return false
		}
	}
	return true
}

// learn takes the layout of a row that the strict decoder has taken, and of what stands before the next one. A row that
// has values which no row that fits can have is not learned from.
func (l *layout) learn(raw, between []byte) {
	l.known = false
	l.shape.size = 0
	l.slots = l.slots[:0]
	l.shown, l.shows = append(l.shown[:0], '"'), true
	rest, inside := raw, byte(0)
	var ok bool
	for {
		s, after, more := nextSlot(rest)
		if !more {
			break
		}
		if s.before.length == 0 || len(l.slots) == maxSlots {
			return
		}
		l.shown, _ = appendShown(l.shown, rest[:s.before.length], inside)
		s.shown, l.shows = len(l.shown), l.shows && s.column != unknown
		l.slots = append(l.slots, s)
		rest, inside = after, 0
		if s.kind == '"' {
			inside = 1
		}
	}
	l.shown, _ = appendShown(l.shown, rest, inside)
	l.shown = append(l.shown, '"')
	if l.end, ok = newLiteral(rest); !ok {
		return
	}
	if l.between, ok = newLiteral(between); ok {
		l.known = len(l.slots) > 0
	}
}

// show appends, as a JSON string, what [appendRaw] makes of a row of the layout. The values have nothing to be escaped.
func (l *layout) show(line []byte, r *row) []byte {
	from := 0
	for k := range l.slots {
		s := &l.slots[k]
		line = append(append(line, l.shown[from:s.shown]...), r.text(s.column)...)
		from = s.shown
	}
	return append(line, l.shown[from:]...)
}

// nextSlot reads a member from where the value before it ended. Its literal is empty where it cannot be one of a
// layout.
func nextSlot(rest []byte) (s slot, after []byte, more bool) {
	open := bytes.IndexByte(rest, '"')
	if len(rest) > 0 && rest[0] == '"' { // the quote that closes a value
		if open = bytes.IndexByte(rest[1:], '"'); open >= 0 {
			open++
		}
	}
	if open < 0 {
		return slot{}, nil, false
	}
	n, _, _ := extent(rest[open:])
	name := rest[open : open+n]
	value := open + n
	for value < len(rest) && bytes.IndexByte([]byte(" \t\r\n:"), rest[value]) >= 0 {
		value++
	}
	n, _, _ = extent(rest[value:])
	raw := jsontext.Value(rest[value : value+n])
	if !simpleString(name) {
		return slot{}, nil, true
	}
	s = slot{column: columnOf(name[1 : len(name)-1]), kind: raw.Kind()}
	switch {
	case s.kind == '"' && simpleString(raw):
		s.before, _ = newLiteral(rest[:value+1])
		return s, rest[value+n-1:], true
	case s.kind == '0' && s.column != unknown && s.column != datetime:
		s.before, _ = newLiteral(rest[:value])
		return s, rest[value+n:], true
	default:
		return slot{}, nil, true
	}
}

// read reads the row behind what stands between rows, slot by slot, from the beginning of b, in which there are at
// least [maxRow] bytes, and says how far the row goes; 0 for one that does not fit. A row with a string that is not
// what is wanted of its column fits as well, and is not exact.
func (l *layout) read(b *[maxRow]byte, r *row, dated int) int {
	r.content, r.exact = b[:], true
	if !l.between.matches((*[maxLiteral]byte)(b[:])) {
		return 0
	}
	i := l.between.length
	for k := range l.slots {
		s := &l.slots[k]
		if !s.before.matches((*[maxLiteral]byte)(b[i:])) {
			return 0
		}
		i += s.before.length
		n := 0
		switch s.column {
		case datetime:
			var ok bool
			if r.when, ok = l.shape.month.parse((*[maxText]byte)(b[i:]), dated); ok {
				n = dated
			}
		case unknown:
		default:
			n = r.amounts[s.column].read((*[maxAmount + 1]byte)(b[i:]))
		}
		if s.kind == '"' && (n == 0 || b[i+n] != '"') {
			r.exact = r.exact && s.column == unknown
			n = plainText(b[i : i+maxText])
		}
		if n < 0 || n == 0 && s.kind != '"' {
			return 0
		}
		if s.column != unknown {
			r.fields[s.column] = field{s.kind, int32(i), int32(i + n)}
		}
		i += n
	}
	if !l.end.matches((*[maxLiteral]byte)(b[i:])) {
		return 0
	}
	return i + l.end.length
}

// plainText counts the bytes before a quote, all of them printable ASCII that is no escape; -1 where there are others,
// or no quote.
func plainText(b []byte) int {
	for i, c := range b {
		if c == '"' {
			return i
		}
		if c < ' ' || c > '~' || c == '\\' {
			break
		}
	}
	return -1
}
