package ingest

import (
	"hash/fnv"

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
	// content is what the fields refer to. It is valid until the window moves on.
	content []byte
	// amounts are the numbers, and when the time that the datetime stands for. Of a row that is exact all of them are
	// there; one that is not has a flaw, or numbers of more digits than an amount holds.
	amounts [columns]amount
	when    moment
	exact   bool
	// looks is what is known of a row that is examined.
	looks looks
}

// looks tells columns apart by what they have.
type looks struct {
	// missing have no value, mistyped one that can neither be a number nor a datetime, whichever is wanted.
	missing, mistyped set
	// long have too long a text for a number, wordy one that is none; numbers have one, small one that an amount holds.
	long, wordy, numbers, small set
	// dated says that the datetime stands for a time.
	dated bool
}

// set is a set of columns.
type set uint8

func (s set) has(c column) bool { return s>>c&1 != 0 }

// columns are those of the set, in order.
func (s set) columns(yield func(column) bool) {
	for c := datetime; s>>c != 0; c++ {
		if s.has(c) && !yield(c) {
			return
		}
	}
}

func (r *row) has(c column) bool { return r.fields[c].kind != 0 }

func (r *row) text(c column) []byte { return r.content[r.fields[c].from:r.fields[c].to] }

// look sees what a row has, and computes what its text stands for.
func (r *row) look(dated int) {
	l := looks{dated: r.exact}
	for c := range columns {
		bit := set(1) << c
		kind := r.fields[c].kind
		switch {
		case kind == 0:
			if c != volume {
				l.missing |= bit
			}
		case kind != '"' && (kind != '0' || c == datetime):
			l.mistyped |= bit
		case r.exact && c != datetime:
			l.numbers |= bit
			l.small |= bit
		case r.exact:
		case c == datetime:
			r.when, l.dated = parseMoment(r.text(c), dated)
		case len(r.text(c)) > maxNumber:
			l.long |= bit
		default:
			var small bool
			if r.amounts[c], small = parseAmount(r.text(c)); small {
				l.small |= bit
			}
			if small || r.decimal(c).Valid() {
				l.numbers |= bit
			} else {
				l.wordy |= bit
			}
		}
	}
	r.looks = l
}

// measure completes what the text stands for of a row without flaws.
func (r *row) measure() {
	r.exact = r.looks.small == r.looks.numbers
	for c := openPrice; c < columns; c++ {
		if r.looks.numbers.has(c) && !r.looks.small.has(c) {
			r.amounts[c] = amount{sixteen: sixteen{high: fingerprint(r.text(c))}}
		}
	}
}

// decimal is a number as its text.
func (r *row) decimal(c column) pipeline.Decimal { return pipeline.Decimal(r.text(c)) }

// sign is that of a number: -1, 0 or 1.
func (r *row) sign(c column) int {
	switch {
	case !r.looks.small.has(c):
		return r.decimal(c).Sign()
	case r.amounts[c].isZero():
		return 0
	default:
		return 1
	}
}

// below reports whether of two numbers the first is less.
func (r *row) below(a, b column) bool {
	if r.looks.small.has(a) && r.looks.small.has(b) {
		return r.amounts[a].less(&r.amounts[b])
	}
	return r.decimal(a).Compare(r.decimal(b)) < 0
}

// whole reports whether a number has no fraction.
func (r *row) whole(c column) bool {
	if r.looks.small.has(c) {
		return r.amounts[c].isWhole()
	}
	return r.decimal(c).Whole()
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

// fingerprint stands for a number that no amount holds where bars are told apart (FNV-1a).
func fingerprint(text []byte) uint64 {
	hash := fnv.New64a()
	_, _ = hash.Write(text) // never fails
	return hash.Sum64()
}

// kindName is what a sentence calls the kind of a value.
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
