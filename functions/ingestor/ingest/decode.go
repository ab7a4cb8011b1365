package ingest

import (
	"bytes"

	"github.com/go-json-experiment/json/jsontext"
)

// begin is where the value that is read next begins. The decoder must have looked at its kind.
func (s *scanner) begin() int64 {
	buffered := s.dec.UnreadBuffer()
	return s.dec.InputOffset() + int64(len(buffered)-len(bytes.TrimLeft(buffered, " \t\r\n:,")))
}

// at is the place of the value that was read last.
func (s *scanner) at(offset int64, raw jsontext.Value) place {
	return place{pointer: s.dec.StackPointer, offset: offset, raw: raw}
}

// token reads one token.
func (s *scanner) token() (jsontext.Token, error) {
	s.src.consumed = s.dec.InputOffset()
	t, err := s.dec.ReadToken()
	return t, s.broken(err)
}

// value reads a value whole, and where it begins. It is valid until the decoder is used again.
func (s *scanner) value() (jsontext.Value, int64, error) {
	s.src.consumed = s.dec.InputOffset()
	raw, err := s.dec.ReadValue()
	return raw, s.dec.InputOffset() - int64(len(raw)), s.broken(err)
}

// skip reads a value of any size, token by token.
func (s *scanner) skip() error {
	for depth := s.dec.StackDepth(); ; {
		if _, err := s.token(); err != nil {
			return err
		}
		if s.dec.StackDepth() <= depth {
			return nil
		}
	}
}

// each calls set for every member of an object that was read whole. The value is valid during the call only.
func (s *scanner) each(object jsontext.Value, set func(name string, value jsontext.Value)) error {
	s.fields.Reset(bytes.NewReader(object))
	if _, err := s.fields.ReadToken(); err != nil {
		return err
	}
	for s.fields.PeekKind() != '}' {
		name, err := s.fields.ReadToken()
		if err != nil {
			return err
		}
		key := name.String()
		value, err := s.fields.ReadValue()
		if err != nil {
			return err
		}
		set(key, value)
	}
	return nil
}

// broken says what an error of the decoder means: the stream broke, or the document.
func (s *scanner) broken(err error) error {
	switch {
	case err == nil:
		return nil
	case s.src.err != nil:
		return s.src.err
	default:
		return malformed(err, s.src.read)
	}
}

// end reads what follows the document, which may be white space.
func (s *scanner) end() error {
	offset := s.dec.InputOffset()
	_, err := s.dec.ReadToken()
	switch {
	case ended(err):
		return nil
	case err == nil:
		return &FileError{Code: MalformedJSON, Offset: offset, Detail: "something follows the document"}
	default:
		return s.broken(err)
	}
}
