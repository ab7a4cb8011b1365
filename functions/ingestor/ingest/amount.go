package ingest

import (
	"encoding/binary"
	"math/bits"
)

// amount is a decimal number from 0 on, of at most 15 characters, as its digits: a byte each, from the high end of the
// first word to the low end of the second, with a zero in place of the point and behind the end. Numbers with the same
// count of digits before the point are ordered as these words are, so that prices are compared exactly, and no digit is
// converted.
type amount struct {
	high, low uint64
	// whole counts the digits before the point. There are no leading zeros, so that more digits are a larger number.
	whole int
}

const (
	// maxAmount is how many characters an amount can have; one more has to be looked at.
	maxAmount = 15
	zeros     = 0x3030303030303030
)

// scanAmount reads a number of the grammar of [pipeline.Decimal] without a sign from the beginning of b, in which there
// are more than [maxAmount] bytes. It says how long the number's text is; 0 where there is none, or one that no amount
// can hold. What follows the number is for the caller to judge.
func scanAmount(b []byte) (a amount, n int) {
	_ = b[maxAmount]
	first, second := binary.LittleEndian.Uint64(b)^zeros, binary.LittleEndian.Uint64(b[8:])^zeros
	stop1, stop2 := notDigits(first), notDigits(second)
	whole := firstByte(stop1, stop2)
	if whole == 0 || whole > maxAmount || b[0] == '0' && whole > 1 {
		return amount{}, 0
	}
	n = whole
	if b[whole] == '.' {
		if whole < 8 {
			stop1 &= stop1 - 1
			first &^= 0xff << (8 * whole)
		} else {
			stop1, stop2 = 0, stop2&(stop2-1)
			second &^= 0xff << (8 * (whole - 8))
		}
		n = firstByte(stop1, stop2)
		if n == whole+1 || n > maxAmount {
			return amount{}, 0
		}
	}
	first, second = first&beginning[n][0], second&beginning[n][1]
	return amount{bits.ReverseBytes64(first), bits.ReverseBytes64(second), whole}, n
}

// beginning masks the first bytes of two words, by their count. A table is faster than a branch on the count, which
// nobody can foretell of volumes.
var beginning = func() (masks [maxAmount + 1][2]uint64) {
	for n := range masks {
		for i := range n {
			masks[n][i/8] |= 0xff << (8 * (i % 8))
		}
	}
	return masks
}()

// notDigits sets the high bit of each byte that is no digit, of a word from which '0' has been taken: a digit is less
// than ten there, and 0x76 more than that has no high bit. Only a byte from 0x8a on carries into the next one, so that
// all is right up to the first byte that is not ASCII.
func notDigits(word uint64) uint64 {
	const high = 0x8080808080808080
	return (word + 0x7676767676767676 | word) & high
}

// firstByte is the place of the first byte of two words that has its high bit set; 16 where none has.
func firstByte(first, second uint64) int {
	n := bits.TrailingZeros64(first) >> 3
	return n + n>>3*(bits.TrailingZeros64(second)>>3)
}

// parseAmount gives the amount that the whole of a text stands for.
func parseAmount(text []byte) (a amount, ok bool) {
	var padded [maxAmount + 1]byte
	if len(text) > maxAmount {
		return amount{}, false
	}
	copy(padded[:], text)
	a, n := scanAmount(padded[:])
	return a, n == len(text) && n > 0
}

func (a amount) isZero() bool { return a.high|a.low == 0 }

func (a amount) less(b amount) bool {
	if a.whole != b.whole {
		return a.whole < b.whole
	}
	return a.high < b.high || a.high == b.high && a.low < b.low
}

// near reports whether two numbers are less than twice each other, by a margin. It may say no of some that are.
func (a amount) near(b amount) bool {
	// Two digits are enough for most: within a tenth.
	if x, y := a.leading(), b.leading(); a.whole == b.whole && 10*x < 16*y && 10*y < 16*x {
		return true
	}
	x, y := a.scaled(), b.scaled()
	return x < y+y/2 && y < x+x/2
}

// leading is the number of the first two digits of a number from 1 on, 10 to 99, and less than 10 of any other.
func (a amount) leading() uint64 {
	second := 48
	if a.whole == 1 {
		second = 40 // behind the point
	}
	first := a.high >> 56
	if first == 0 {
		return 0
	}
	return 10*first + a.high>>second&0xff
}

// isWhole reports whether there are no digits behind the point but zeros.
func (a amount) isWhole() bool {
	if a.whole < 8 {
		return a.high<<(8*a.whole) == 0 && a.low == 0
	}
	return a.low<<(8*(a.whole-8)) == 0
}

// scaled is a number in hundred-millionths, digits beyond them cut off. It is 0 for a number of more than seven digits
// before the point.
func (a amount) scaled() uint64 {
	if a.whole > 7 {
		return 0
	}
	behind := 8 * (a.whole + 1)
	fraction := a.high<<behind | a.low>>(64-behind)
	return spelled(a.high>>(64-8*a.whole))*100_000_000 + spelled(fraction)
}

// spelled is the number that a word spells, one digit in each byte. It adds up neighbours: digits to pairs, pairs to
// fours, fours to eight.
func spelled(x uint64) uint64 {
	x = x&0x00ff00ff00ff00ff + x>>8&0x00ff00ff00ff00ff*10
	x = x&0x0000ffff0000ffff + x>>16&0x0000ffff0000ffff*100
	return x&0x00000000ffffffff + x>>32*10_000
}

func isDigit(c byte) bool { return c-'0' < 10 }
