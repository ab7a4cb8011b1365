// Package digits reads decimal digits eight bytes at a time. Bars are mostly digits.
package digits

import (
	"encoding/binary"
	"math/bits"
)

// Word is eight bytes of text, the first one at the low end, with '0' taken from each: a digit is its own value.
type Word uint64

// Load takes a word from the beginning of a text of at least eight bytes.
func Load(text []byte) Word { return Word(binary.LittleEndian.Uint64(text) ^ 0x3030303030303030) }

// Count says with how many digits a word begins, 0 to 8.
//
// A digit is less than ten, and 0x76 more than that has no high bit. Only a byte from 0x8a on carries into the next
// one, so that all is right up to the first byte that is no digit.
func (w Word) Count() int {
	return bits.TrailingZeros64(uint64((w+0x7676767676767676|w)&0x8080808080808080)) >> 3
}

// Number is the number that the first n digits of a word spell, n from 1 to 8. It adds up neighbours: digits to pairs,
// pairs to fours, fours to eight.
func (w Word) Number(n int) uint64 {
	w <<= uint(64-8*n) & 63 // zeros before the first
	w = w&0x00ff00ff00ff00ff*10 + w>>8&0x00ff00ff00ff00ff
	w = w&0x0000ffff0000ffff*100 + w>>16&0x0000ffff0000ffff
	return uint64(w&0x00000000ffffffff*10_000 + w>>32)
}
