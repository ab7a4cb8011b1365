package ingest

import (
	"fmt"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/mejan/mejan/functions/pipeline"
)

// maxKept bounds what is remembered of an object besides its rows.
const maxKept = 2 * pipeline.MaxRaw

// series is what the rows of one symbol have in common.
type series struct {
	// key is the symbol that a batch names it by, as it was asked for.
	key string
	// From meta. Symbol is the provider's own spelling; key takes its place where it is flaws.
	symbol, interval, currency, exchange, timezone string
	// values says that there are rows.
	values bool
	// What the provider says of an error.
	status, code, message string

	// flaws are what is wrong with every row of it.
	flaws []pipeline.Reason
	// head and tail are the parts of a line that do not change from row to row.
	head, tail []byte
	// counted says that it counts among the symbols.
	counted bool
	kept    []byte
}

// set takes a member of meta.
func (s *series) set(name string, value jsontext.Value) {
	var field *string
	switch name {
	case "symbol":
		field = &s.symbol
	case "interval":
		field = &s.interval
	case "currency":
		field = &s.currency
	case "exchange":
		field = &s.exchange
	case "exchange_timezone":
		field = &s.timezone
	default:
		return
	}
	if value.Kind() == '"' {
		*field = text(value)
	}
}

// keep takes a member that is not rows.
func (s *series) keep(name string, value jsontext.Value) {
	switch name {
	case "status":
		s.status = text(value)
	case "code":
		s.code = text(value)
	case "message":
		s.message = text(value)
	}
	if len(s.kept)+len(value) < maxKept {
		s.kept = append(append(s.kept, `,"`+name+`":`...), value...)
	}
}

// other is the object without its rows and its unknown members.
func (s *series) other() jsontext.Value {
	return jsontext.Value("{" + strings.TrimPrefix(string(s.kept), ",") + "}")
}

func (s *series) isError() bool { return s.status == "error" || (s.code != "" && s.message != "") }

func (s *series) errorText() string {
	said := show(s.message)
	if s.message == "" {
		said = "no message"
	}
	if s.code == "" {
		return said
	}
	return show(s.code) + ": " + said
}

// open fixes what the rows to come have in common.
func (s *series) open() {
	if s.symbol == "" {
		s.symbol = s.key
	}
	for _, required := range []struct{ field, value string }{{"symbol", s.symbol}, {"interval", s.interval}} {
		if required.value == "" {
			s.flaws = append(s.flaws, pipeline.Reason{
				Code: FieldMissing, Field: required.field, Detail: "no meta before the values names the " + required.field,
			})
		}
	}
	for _, named := range []struct{ field, value string }{
		{"symbol", s.symbol},
		{"interval", s.interval},
		{"currency", s.currency},
		{"exchange", s.exchange},
		{"exchange_timezone", s.timezone},
	} {
		if len(named.value) > maxName {
			s.flaws = append(s.flaws, pipeline.Reason{
				Code: FieldTooLong, Field: named.field,
				Detail: fmt.Sprintf("%d bytes, at most %d are taken", len(named.value), maxName),
			})
		}
	}
	s.head, s.tail = barHead(s), barTail(s)
}

// text is a string's content, or how anything else is spelled.
func text(value jsontext.Value) string {
	if value.Kind() != '"' {
		return string(value)
	}
	unquoted, err := jsontext.AppendUnquote(nil, value)
	if err != nil {
		return string(value) // cannot be: the decoder has checked it
	}
	return string(unquoted)
}
