package command

import (
	"strings"
	"unicode"
)

// Printable makes text from a file fit for a terminal: what could move the cursor or turn the direction is replaced.
func Printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return unicode.ReplacementChar
	}, text)
}
