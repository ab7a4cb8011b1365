package ingest

import (
	"bytes"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/mejan/mejan/functions/pipeline"
)

// finds is where a scanner reports what it finds, in the order of the file. An error ends the scan.
type finds interface {
	// row is a row of a series. What place refers to is valid during the call only.
	row(s *series, at place, r *row) error
	// refused is a value that stands where a series, or its rows, should.
	refused(symbol string, at place, why pipeline.Reason) error
}

// place is a value of the file.
type place struct {
	// pointer is the value's JSON pointer. It is a function because nobody asks for that of a valid row.
	pointer func() jsontext.Pointer
	offset  int64
	// raw is the value as the file spells it; nil where it is too long to keep.
	raw jsontext.Value
}

// scanner finds the rows in a document of Twelve Data, one value at a time. It takes a single series
//
//	{"meta": {…}, "values": [{…}, …], "status": "ok"}
//
// and a batch, an object of these under their symbols, in which some may be errors
//
//	{"code": 404, "message": "…", "status": "error"}
//
// The provider sends meta before values. Rows that precede their meta have no interval, and are refused for that.
type scanner struct {
	src    *source
	dec    *jsontext.Decoder
	fields *jsontext.Decoder
	finds  finds
	// found counts what was recognised: series, and errors about one symbol.
	found int
	row   row
}

func newScanner(src *source, f finds) *scanner {
	return &scanner{src: src, dec: jsontext.NewDecoder(src), fields: jsontext.NewDecoder(bytes.NewReader(nil)), finds: f}
}

// document reads the whole file.
func (s *scanner) document() error {
	top := &series{}
	if s.dec.PeekKind() == '{' {
		if err := s.members(top, true); err != nil {
			return err
		}
	} else if err := s.skip(); err != nil {
		return err
	}
	if err := s.end(); err != nil {
		return err
	}
	switch {
	case s.found == 0 && top.isError():
		return &FileError{Code: ProviderError, Detail: top.errorText()}
	case s.found == 0:
		return &FileError{Code: NoSeries, Detail: "neither a series nor a batch of them"}
	case top.isError():
		return s.finds.refused("", s.at(0, top.other()), pipeline.Reason{Code: ProviderError, Detail: top.errorText()})
	default:
		return nil
	}
}

// members reads an object that may be a series. At the top of the document, what has another name is a batch's entry.
func (s *scanner) members(of *series, top bool) error {
	if _, err := s.token(); err != nil {
		return err
	}
	for s.dec.PeekKind() != '}' {
		name, err := s.token()
		if err != nil {
			return err
		}
		switch key := name.String(); {
		case key == "values":
			err = s.values(of)
		case key == "meta" || key == "status" || key == "code" || key == "message":
			err = s.header(of, key)
		case top:
			err = s.entry(key)
		default:
			err = s.skip()
		}
		if err != nil {
			return err
		}
	}
	_, err := s.token()
	return err
}

// entry reads what a batch has under a symbol.
func (s *scanner) entry(symbol string) error {
	if s.dec.PeekKind() != '{' {
		return s.refuse(symbol, NoSeries, "", "%s, not a series")
	}
	offset, of := s.begin(), &series{key: symbol}
	if err := s.members(of, false); err != nil {
		return err
	}
	switch {
	case of.values:
		return nil
	case of.isError():
		s.found++
		return s.finds.refused(symbol, s.at(offset, of.other()),
			pipeline.Reason{Code: ProviderError, Detail: of.errorText()})
	default:
		return s.finds.refused(symbol, s.at(offset, of.other()),
			pipeline.Reason{Code: NoSeries, Detail: "neither values nor an error"})
	}
}

// header reads what a series says about itself.
func (s *scanner) header(of *series, name string) error {
	raw, _, err := s.value()
	if err != nil {
		return err
	}
	of.keep(name, raw)
	if name != "meta" || raw.Kind() != '{' {
		return nil
	}
	return s.each(raw, func(name string, value jsontext.Value) { of.set(name, value) })
}

// values reads the rows.
func (s *scanner) values(of *series) error {
	s.found++
	of.values = true
	of.open()
	if s.dec.PeekKind() != '[' {
		return s.refuse(of.symbol, FieldType, "values", "%s, not an array")
	}
	if _, err := s.token(); err != nil {
		return err
	}
	for s.dec.PeekKind() != ']' {
		raw, offset, err := s.value()
		if err != nil {
			return err
		}
		s.row.reset(raw.Kind())
		if raw.Kind() == '{' {
			if err := s.each(raw, s.row.set); err != nil {
				return err
			}
		}
		if err := s.finds.row(of, s.at(offset, raw), &s.row); err != nil {
			return err
		}
	}
	_, err := s.token()
	return err
}

// refuse reads a value that is of the wrong kind; detail has a place for the kind.
func (s *scanner) refuse(symbol, code, field, detail string) error {
	offset, kind := s.begin(), s.dec.PeekKind()
	var raw jsontext.Value
	var err error
	if kind == '[' || kind == '{' {
		err = s.skip()
	} else {
		raw, offset, err = s.value()
	}
	if err != nil {
		return err
	}
	reason := pipeline.Reason{Code: code, Field: field, Detail: says(detail, kind)}
	return s.finds.refused(symbol, s.at(offset, raw), reason)
}
