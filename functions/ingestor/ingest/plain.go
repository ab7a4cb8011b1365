package ingest

import (
	"bytes"
	"slices"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/mejan/mejan/functions/pipeline"
)

// plain reads a row that is spelled plainly: an object of strings, numbers, true, false and null, with no characters
// but printable ASCII, no escapes and no exponents, in which no name comes twice. It says no to all others, for the
// strict decoder to look at.
func (r *row) plain(raw []byte) bool {
	if len(raw) == 0 || raw[0] != '{' {
		return false
	}
	*r = row{kind: '{', content: raw}
	var room [maxSlots][]byte
	others := room[:0] // names that are no columns
	rest := space(raw[1:])
	for first := true; len(rest) > 0; first = false {
		switch {
		case rest[0] == '}' && first:
			return len(rest) == 1
		case rest[0] != '"':
			return false
		}
		n := plainText(rest[1:])
		if n < 0 {
			return false
		}
		name := rest[1 : 1+n]
		if rest = space(rest[n+2:]); len(rest) == 0 || rest[0] != ':' {
			return false
		}
		rest = space(rest[1:])
		kind, quote, n := plainValue(rest)
		if kind == 0 {
			return false
		}
		from := len(raw) - len(rest) + quote
		rest = space(rest[n+2*quote:])
		switch c := columnOf(name); {
		case c != unknown && !r.has(c):
			r.fields[c] = field{kind, int32(from), int32(from + n)}
		case c != unknown || len(others) == maxSlots || contains(others, name):
			return false
		default:
			others = append(others, name)
		}
		switch {
		case len(rest) == 0:
			return false
		case rest[0] == '}':
			return len(rest) == 1
		case rest[0] != ',':
			return false
		}
		rest = space(rest[1:])
	}
	return false
}

// plainValue looks at the value that text begins with: its kind, whether it has a quote around it, and how long it is
// without; of kind 0 is all that is not plain.
func plainValue(text []byte) (kind jsontext.Kind, quote, n int) {
	if len(text) == 0 {
		return 0, 0, 0
	}
	if text[0] == '"' {
		if n = plainText(text[1:]); n < 0 {
			return 0, 0, 0
		}
		return '"', 1, n
	}
	n, _ = scalarExtent(text)
	switch word := string(text[:n]); word {
	case "null", "true", "false":
		return jsontext.Kind(word[0]), 0, n
	default:
		if len(word) <= maxNumber && pipeline.Decimal(word).Valid() {
			return '0', 0, n
		}
		return 0, 0, 0
	}
}

// space skips white space.
func space(text []byte) []byte {
	for len(text) > 0 && (text[0] == ' ' || text[0] == '\n' || text[0] == '\t' || text[0] == '\r') {
		text = text[1:]
	}
	return text
}

func contains(names [][]byte, name []byte) bool {
	return slices.ContainsFunc(names, func(other []byte) bool { return bytes.Equal(other, name) })
}
