package ingest

import (
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
)

// names are the fields' names, in the file and in a line.
var names = [columns]string{"datetime", "open", "high", "low", "close", "volume"}

// field is a row's value: its kind, 0 where the row has none, and its content: a string's, or the digits of a number.
type field struct {
	kind jsontext.Kind
	text string
}

// row is a row as the file has it, not yet checked.
type row struct {
	kind   jsontext.Kind
	fields [columns]field
}

func (r *row) reset(kind jsontext.Kind) { *r = row{kind: kind} }

// set takes a member of the row.
func (r *row) set(name string, value jsontext.Value) {
	for c, known := range names {
		if name == known {
			r.fields[c] = field{value.Kind(), text(value)}
			return
		}
	}
}

func (r *row) decimal(c column) pipeline.Decimal { return pipeline.Decimal(r.fields[c].text) }

// says fills the kind of a value into a sentence.
func says(format string, kind jsontext.Kind) string {
	kinds := map[jsontext.Kind]string{
		'n': "null", 't': "a boolean", 'f': "a boolean", '"': "a string", '0': "a number", '{': "an object", '[': "an array",
	}
	return strings.Replace(format, "%s", kinds[kind], 1)
}
