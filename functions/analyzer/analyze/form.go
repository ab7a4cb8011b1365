package analyze

import (
	"encoding/binary"

	"github.com/mejan/mejan/functions/pipeline/digits"
)

// form is how the rows around a row spell their prices, from the quote behind the datetime up to the volume, or up to
// the tail where there is none. Prices of one series mostly have as many digits as those before. Then it is known of
// each byte whether it is a digit or which other byte, and rows are compared eight bytes at a time.
type form struct {
	// length is that of the text, 0 where there is no form.
	length int
	words  []formWord
	prices [4]price
	scale  int
	volume bool
	// spelled is how the row before spelled its prices.
	spelled [4]spelling
}

// formWord is a word of a form. The difference to text, which has '0' for every digit, is added to what makes the sum
// reach the high bit: 0x76 where it may be nine and 0x7f where it must be zero.
type formWord struct {
	text, add uint64
	at        uint8
}

// price is a price of at most eight digits in a form: where it begins, how many digits it has, which bytes are before
// its point, and the least number that has as many digits and is more than zero.
type price struct {
	at     uint8
	digits int
	before digits.Word
	least  uint64
}

// spelling is where a price begins and how many digits it has before and behind its point.
type spelling struct{ at, whole, scale int }

// length is how long the price is, with its point if it has one.
func (s spelling) length() int { return s.whole + min(s.scale, 1) + s.scale }

const (
	// maxForm bounds the text of a form.
	maxForm = 128
	// formText is how much text is needed to compare it: so much that every word that a byte can point to is within.
	formText = 1<<8 + 8
)

// learn takes the form of a row, if the row before had the same: a file in which every row has another has none.
func (f *form) learn(text []byte, spelled *[4]spelling, volume bool) {
	known := f.spelled == *spelled && f.volume == volume
	f.spelled, f.volume, f.length, f.scale = *spelled, volume, 0, spelled[0].scale
	if !known || len(text) > maxForm {
		return
	}
	var same, add [maxForm]byte
	for i, c := range text {
		if same[i], add[i] = c, 0x7f; c-'0' <= 9 {
			same[i], add[i] = '0', 0x76
		}
	}
	for i, s := range spelled {
		p := price{at: uint8(s.at), digits: s.whole + s.scale, before: 1<<(8*s.whole) - 1, least: 1}
		if p.digits > 8 || s.scale != f.scale {
			return
		}
		if s.whole > 1 {
			p.least = uint64(powers[p.digits-1])
		}
		f.prices[i] = p
	}
	f.words = f.words[:0]
	for i := 0; i < len(text); i += 8 {
		i = min(i, len(text)-8)
		f.words = append(f.words, formWord{
			binary.LittleEndian.Uint64(same[i:]), binary.LittleEndian.Uint64(add[i:]), uint8(i),
		})
	}
	f.length = len(text)
}

// read reads the prices of a text that begins like this form, and reports whether it does.
func (f *form) read(text *[formText]byte) (numbers [4]uint64, ok bool) {
	var wrong uint64
	for i := range f.words {
		w := &f.words[i]
		x := binary.LittleEndian.Uint64(text[w.at:]) ^ w.text
		wrong |= x + w.add | x
	}
	if wrong&0x8080808080808080 != 0 {
		return numbers, false
	}
	for i := range f.prices {
		p := &f.prices[i]
		// The digits behind the point move up to those before it.
		word := digits.Load(text[p.at:])&p.before | digits.Load(text[int(p.at)+1:])&^p.before
		if numbers[i] = word.Number(p.digits); numbers[i] < p.least {
			return numbers, false
		}
	}
	return numbers, true
}
