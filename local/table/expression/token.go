package expression

import (
	_ "embed"
	"strings"
	"unicode/utf8"
)

// reserved lists the words that are no attribute names in an expression, one a line; from the developer guide, appendix
// "Reserved words in DynamoDB".
//
//go:embed reserved.txt
var reserved string

func isReserved(word string) bool {
	return strings.Contains("\n"+reserved+"\n", "\n"+strings.ToUpper(word)+"\n")
}

// token is a word, #name, :value, number or sign of an expression; "" at its end.
type token string

func letter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' || c == '_' }

func digit(c byte) bool { return '0' <= c && c <= '9' }

// split cuts an expression into tokens. What fits nowhere becomes a token of its own, which no rule accepts.
func split(text string) (all []token) {
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			i++
			continue
		case c == '#' || c == ':' || letter(c) || digit(c):
			n := 1
			for i+n < len(text) && (letter(text[i+n]) || digit(text[i+n])) {
				n++
			}
			all = append(all, token(text[i:i+n]))
			i += n
		case strings.HasPrefix(text[i:], "<>") || strings.HasPrefix(text[i:], "<=") || strings.HasPrefix(text[i:], ">="):
			all = append(all, token(text[i:i+2]))
			i += 2
		default:
			_, n := utf8.DecodeRuneInString(text[i:])
			all = append(all, token(text[i:i+n]))
			i += n
		}
	}
	return all
}

// is reports whether a token is a keyword, in any case.
func (t token) is(keyword string) bool { return strings.EqualFold(string(t), keyword) }
