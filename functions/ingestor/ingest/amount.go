package ingest

import (
	"math/bits"

	"github.com/mejan/mejan/functions/pipeline/digits"
)

// amount is a decimal number from 0 on, of at most 15 characters.
type amount struct {
	sixteen
	// whole counts the digits before the point. There are no leading zeros, so that more digits are a larger number.
	whole int
}

// sixteen are the characters of an amount as its digits: a byte each, from the high end of the first word to the low
// end of the second, with a zero in place of the point and behind the end. Numbers with the same count of digits before
// the point are ordered as these words are, so that prices are compared exactly, and no digit is converted.
type sixteen struct{ high, low uint64 }

// maxAmount is how many characters an amount can have; one more has to be looked at.
const maxAmount = 15

// read reads a number of the grammar of [pipeline.Decimal] without a sign from the beginning of b. It says how long the
// number's text is; 0 where there is none, or one that no amount can hold. What follows the number is for the caller to
// judge.
func (a *amount) read(b *[maxAmount + 1]byte) int {
	first, second := load(b)
	n := countDigits(first, second)
	a.whole = n
	if uint(n-1) >= maxAmount || b[0] == '0' && n > 1 {
		return 0
	}
	if b[n] == '.' {
		// A zero takes its place.
		if n < 8 {
			first &^= 0xff << (8 * n)
		} else {
			second &^= 0xff << (8 * (n - 8))
		}
		n = countDigits(first, second)
		if n == a.whole+1 || n > maxAmount {
			return 0
		}
	}
	a.sixteen = spell(first, second, n)
	return n
}

// load takes the words that a number's text is in.
func load(b *[maxAmount + 1]byte) (first, second digits.Word) {
	return digits.Load(b[:]), digits.Load(b[8:])
}

// spell takes the first n bytes of two words, which are digits.
func spell(first, second digits.Word, n int) sixteen {
	mask := &beginning[n]
	return sixteen{bits.ReverseBytes64(uint64(first) & mask[0]), bits.ReverseBytes64(uint64(second) & mask[1])}
}

// countDigits says with how many digits two words begin.
func countDigits(first, second digits.Word) int {
	n := first.Count()
	return n + n>>3*second.Count()
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

// parseAmount gives the amount that the whole of a text stands for.
func parseAmount(text []byte) (a amount, ok bool) {
	var padded [maxAmount + 1]byte
	if len(text) > maxAmount {
		return amount{}, false
	}
	copy(padded[:], text)
	n := a.read(&padded)
	return a, n == len(text) && n > 0
}

func (d sixteen) isZero() bool { return d.high|d.low == 0 }

// less compares the digits of numbers that have as many of them before the point.
func (d sixteen) less(other sixteen) bool {
	return d.high < other.high || d.high == other.high && d.low < other.low
}

// alike reports whether two numbers with so many digits before the point have the same first digit, and second digits
// that are at most eight apart, so that they are near: less than 19 to 10. Where the point stands in place of the
// second digit, the first must be two or more: less than 3 to 2.
func (d sixteen) alike(other sixteen, whole int) bool {
	apart := d.high>>48 - other.high>>48
	return apart+8 <= 16 && (whole > 1 || d.high>>57 != 0)
}

// packed is all that there is of an amount in one word: four bits for each of its fifteen digits, and for whole.
func (d sixteen) packed(whole int) uint64 { return d.high | (d.low|uint64(whole))<<4 }

func (a *amount) less(b *amount) bool {
	if a.whole != b.whole {
		return a.whole < b.whole
	}
	return a.sixteen.less(b.sixteen)
}

// atLeast reports whether a is not less than b, which their first digits say of most.
func (a *amount) atLeast(b *amount) bool {
	return a.whole == b.whole && a.high > b.high || !a.less(b)
}

// alike reports whether two numbers are of the same size and [sixteen.alike].
func (a *amount) alike(b *amount) bool {
	return a.whole == b.whole && a.sixteen.alike(b.sixteen, a.whole)
}

// near reports whether two numbers are less than twice each other, by a margin. It may say no of some that are.
func (a *amount) near(b *amount) bool {
	// Two digits are enough for most: within a tenth.
	if x, y := a.leading(), b.leading(); a.whole == b.whole && 10*x < 16*y && 10*y < 16*x {
		return true
	}
	x, y := a.scaled(), b.scaled()
	return x < y+y/2 && y < x+x/2
}

// leading is the number of the first two digits of a number from 1 on, 10 to 99, and less than 10 of any other.
func (a *amount) leading() uint64 {
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
func (a *amount) isWhole() bool {
	behind := &fractions[a.whole]
	return a.high&behind[0]|a.low&behind[1] == 0
}

// fractions masks what is behind the first digits of an amount, by their count.
var fractions = func() (masks [maxAmount + 1][2]uint64) {
	for n, first := range beginning {
		masks[n] = [2]uint64{^bits.ReverseBytes64(first[0]), ^bits.ReverseBytes64(first[1])}
	}
	return masks
}()

// scaled is a number in hundred-millionths, digits beyond them cut off. It is 0 for a number of more than seven digits
// before the point.
func (a *amount) scaled() uint64 {
	if a.whole > 7 {
		return 0
	}
	behind := 8 * (a.whole + 1)
	fraction := a.high<<behind | a.low>>(64-behind)
	return spelled(a.high>>(64-8*a.whole))*100_000_000 + spelled(fraction)
}

// spelled is the number that a word of an amount spells.
func spelled(x uint64) uint64 { return digits.Word(bits.ReverseBytes64(x)).Number(8) }

func isDigit(c byte) bool { return c-'0' < 10 }
