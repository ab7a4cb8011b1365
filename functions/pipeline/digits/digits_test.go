package digits_test

import (
	"fmt"
	"testing"

	"github.com/mejan/mejan/functions/pipeline/digits"
)

// What a word says of a text is what its bytes say one by one, whatever follows the digits.
func FuzzWord(f *testing.F) {
	for _, text := range []string{
		"", "0", "7,", "12:", "99/", "123.", "1234}", "56789", "000001", "1234567\n", "12345678", "99999999", "123456789",
		"1\xff23", "12\x8a\x30", "1\xb0", "\x80", "3\x003", "5\xba\xb99",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		text = append(text, "\xff\xff\xff\xff\xff\xff\xff\xff"...)[:8]
		count, number := 0, uint64(0)
		for count < 8 && '0' <= text[count] && text[count] <= '9' {
			number = 10*number + uint64(text[count]-'0')
			count++
		}
		word := digits.Load(text)
		if got := word.Count(); got != count {
			t.Fatalf("%q begins with %d digits, got %d", text, count, got)
		}
		if count == 0 {
			return
		}
		if got := word.Number(count); got != number {
			t.Errorf("%q is %d, got %d", text[:count], number, got)
		}
	})
}

// Every count of digits, and every digit in every place.
func TestNumber(t *testing.T) {
	for n := 1; n <= 8; n++ {
		for at := range n {
			for digit := range 10 {
				text := []byte("11111111,,,,,,,,")[8-n:]
				text[at] = '0' + byte(digit)
				word, want := digits.Load(text), string(text[:n])
				if got := fmt.Sprintf("%0*d", n, word.Number(word.Count())); got != want {
					t.Errorf("got %s, want %s", got, want)
				}
			}
		}
	}
}
