package ingest

import (
	"hash/fnv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/mejan/mejan/functions/pipeline"
)

// column is a field of a row.
type column int

const (
	datetime column = iota
	openPrice
	highPrice
	lowPrice
	closePrice
	volume
	columns
	// unknown is a member that no line has.
	unknown = columns
)

// columnNames are the fields' names, in the file and in a line.
var columnNames = [columns]string{"datetime", "open", "high", "low", "close", "volume"}

// field is a row's value: its kind, 0 where the row has none, and where in the row's text its content is: a string's,
// or the digits of a number.
type field struct {
	kind     jsontext.Kind
	from, to int32
}

func (f *field) length() int { return int(f.to - f.from) }

// row is a row as the file has it.
type row struct {
	kind   jsontext.Kind
	fields [columns]field
	// content is what the fields refer to, with [maxText] bytes behind each of them. It is valid until the window moves
	// on.
	content []byte
	// shape is the one that the row has, if it is known to have one.
	shape *shape
	// amounts are the numbers, and when the time that the datetime stands for. Of a row that is exact all of them are
	// there; one that is not has a flaw, or numbers of more digits than an amount holds.
	amounts [columns]amount
	when    moment
	exact   bool
	// decimals are the numbers of a row that is examined, of whatever value; empty where there is none.
	decimals [columns]pipeline.Decimal
}

func (r *row) has(c column) bool { return r.fields[c].kind != 0 }

func (r *row) text(c column) []byte { return r.content[r.fields[c].from:r.fields[c].to] }

// spell sets the decimals, which share one string.
func (r *row) spell() {
	var text [columns * maxNumber]byte
	var ends [columns + 1]int
	for c := range columns {
		n := ends[c]
		if isNumeric(r, c) && len(r.text(c)) <= maxNumber {
			n += copy(text[n:], r.text(c))
		}
		ends[c+1] = n
	}
	all := pipeline.Decimal(text[:ends[columns]])
	for c := range columns {
		r.decimals[c] = ""
		if d := all[ends[c]:ends[c+1]]; d.Valid() {
			r.decimals[c] = d
		}
	}
}

// set takes a value that the strict decoder has taken.
func (r *row) set(c column, value jsontext.Value) {
	from := len(r.content)
	switch {
	case value.Kind() != '"':
		r.content = append(r.content, value...)
	case simpleString(value):
		r.content = append(r.content, value[1:len(value)-1]...)
	default:
		r.content, _ = jsontext.AppendUnquote(r.content, value) // cannot fail: the decoder has checked it
	}
	r.fields[c] = field{value.Kind(), int32(from), int32(len(r.content))}
	var room [maxText]byte
	r.content = append(r.content, room[:]...)
}

// columnOf finds a column by its name, and unknown for another name.
func columnOf(name []byte) column {
	for c, known := range columnNames {
		if string(name) == known {
			return column(c)
		}
	}
	return unknown
}

// measure computes what a row's text stands for. It has to be a row without flaws.
func (r *row) measure(dated int) {
	r.when, r.exact = parseMoment(r.text(datetime), dated)
	for c := openPrice; c < columns; c++ {
		if !r.has(c) {
			continue
		}
		var ok bool
		if r.amounts[c], ok = parseAmount(r.text(c)); !ok {
			r.exact = false
			r.amounts[c] = amount{high: fingerprint(r.text(c))}
		}
	}
}

// fingerprint stands for a number that no amount holds where bars are told apart (FNV-1a).
func fingerprint(text []byte) uint64 {
	hash := fnv.New64a()
	_, _ = hash.Write(text) // never fails
	return hash.Sum64()
}

// says fills the kind of a value into a sentence.
func says(format string, kind jsontext.Kind) string {
	return strings.Replace(format, "%s", kindName(kind), 1)
}

func kindName(kind jsontext.Kind) string {
	switch kind {
	case 'n':
		return "null"
	case 't', 'f':
		return "a boolean"
	case '"':
		return "a string"
	case '0':
		return "a number"
	case '{':
		return "an object"
	case '[':
		return "an array"
	default:
		return "nothing"
	}
}

// text is a string's content, or how anything else is spelled.
func text(value jsontext.Value) string {
	if value.Kind() != '"' {
		return string(value)
	}
	if simpleString(value) {
		return string(value[1 : len(value)-1])
	}
	unquoted, err := jsontext.AppendUnquote(nil, value)
	if err != nil {
		return string(value) // cannot be: the decoder has checked it
	}
	return string(unquoted)
}
