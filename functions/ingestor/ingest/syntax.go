package ingest

import (
	"bytes"
	"errors"
	"io"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
)

// name reads a member's name.
func (d *document) name() (string, error) {
	if d.space() != '"' {
		return "", d.unexpected("a name is due")
	}
	raw, err := d.decoded()
	if err != nil {
		return "", err
	}
	return text(raw), nil
}

// decoded takes the value that stands here and makes sure that it is JSON. It is valid until the window moves on.
func (d *document) decoded() (jsontext.Value, error) {
	raw, whole, err := d.value(len(d.path.steps))
	if err != nil || whole && simpleString(raw) {
		return raw, err
	}
	if err := d.syntax(raw); err != nil {
		return nil, d.broken(err, d.offset()-int64(len(raw)), d.offset())
	}
	return raw, nil
}

// simpleString reports whether raw is a string that is spelled as what it says, in printable ASCII.
func simpleString(raw []byte) bool {
	return len(raw) >= 2 && raw[0] == '"' && plainText(raw[1:]) == len(raw)-2
}

// strict has the strict decoder begin a value. A buffer is read where it is and all at once: what is said of a
// character does not depend on where a piece ends.
func (d *document) strict(raw jsontext.Value) {
	*d.scratch = *bytes.NewBuffer(raw)
	d.decoder.Reset(d.scratch)
}

// syntax has the strict decoder read a value.
func (d *document) syntax(raw jsontext.Value) error {
	d.strict(raw)
	if _, err := d.decoder.ReadValue(); err != nil {
		return err
	}
	if n := d.decoder.InputOffset(); n < int64(len(raw)) {
		return &jsontext.SyntacticError{ByteOffset: n, Err: errFollows}
	}
	return nil
}

var errFollows = errors.New("something follows the value")

// broken says what the strict decoder has against a value from begin to end. Its text must depend on the content alone.
func (d *document) broken(err error, begin, end int64) error {
	e := &FileError{Code: MalformedJSON, Pointer: d.path.pointer(""), Offset: end, Detail: "unexpected end of the file"}
	var syntactic *jsontext.SyntacticError
	if !errors.As(err, &syntactic) {
		return e // io.EOF: there was nothing
	}
	e.Offset, e.Pointer = begin+syntactic.ByteOffset, d.path.pointer(syntactic.JSONPointer)
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		e.Detail = syntactic.Err.Error()
	}
	return e
}

// unexpected complains about the byte that stands here, or about that there is none.
func (d *document) unexpected(due string) error {
	if d.pos < d.end {
		return d.malformed("invalid character " + strconv.QuoteRune(rune(d.buf[d.pos])) + " where " + due)
	}
	if !ended(d.err) {
		return d.err
	}
	return d.malformed("unexpected end of the file")
}

func (d *document) malformed(detail string) error {
	return &FileError{Code: MalformedJSON, Pointer: d.path.pointer(""), Offset: d.offset(), Detail: detail}
}
