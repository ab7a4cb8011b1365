package ingest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/mejan/mejan/functions/pipeline"
)

// splitter judges what the scanner finds, counts it and writes it out.
type splitter struct {
	run             Run
	valid, rejected io.Writer
	result          Result
	symbols         map[string]struct{}
	line            []byte
}

func newSplitter(run Run, valid, rejected io.Writer) *splitter {
	return &splitter{
		run: run, valid: valid, rejected: rejected,
		result: Result{Reasons: make(map[string]int64)}, symbols: make(map[string]struct{}),
	}
}

func (s *splitter) row(of *series, at place, r *row) error {
	if wrong := check(of, r); wrong != nil {
		claimed := ""
		if r.fields[datetime].kind == '"' {
			claimed = show(r.fields[datetime].text)
		}
		return s.refuse(of.symbol, claimed, at, wrong)
	}
	s.result.Rows.Raw++
	s.result.Rows.Valid++
	if !of.counted {
		of.counted = true
		s.symbols[of.symbol] = struct{}{}
		s.result.Symbols = len(s.symbols)
	}
	s.line = appendBar(s.line[:0], of, r)
	if _, err := s.valid.Write(s.line); err != nil {
		return fmt.Errorf("write valid row: %w", err)
	}
	return nil
}

func (s *splitter) refused(symbol string, at place, why pipeline.Reason) error {
	return s.refuse(symbol, "", at, []pipeline.Reason{why})
}

func (s *splitter) refuse(symbol, datetime string, at place, wrong []pipeline.Reason) error {
	s.result.Rows.Raw++
	s.result.Rows.Invalid++
	for i, reason := range wrong {
		if !has(wrong[:i], reason.Code) {
			s.result.Reasons[reason.Code]++
		}
	}
	line := rejectLine(pipeline.Reject{
		RunID: s.run.ID, Source: s.run.Source, Pointer: string(at.pointer()), Offset: at.offset,
		Symbol: symbol, Datetime: datetime, Raw: compact(at.raw), Reasons: wrong, Rules: Rules,
	})
	if _, err := s.rejected.Write(line); err != nil {
		return fmt.Errorf("write refused row: %w", err)
	}
	return nil
}

// appendBar appends the line of a valid row: a pipeline.Bar, its numbers spelled as the file spells them.
func appendBar(line []byte, of *series, r *row) []byte {
	line = append(line, of.head...)
	line = appendString(line, r.fields[datetime].text)
	for c := openPrice; c < columns; c++ {
		if r.fields[c].kind == 0 {
			continue
		}
		line = append(append(line, `,"`...), names[c]...)
		line = append(append(line, `":`...), r.fields[c].text...)
	}
	return append(line, of.tail...)
}

// barHead is a line up to the datetime's value, barTail what follows the volume.
func barHead(s *series) []byte {
	head := appendString([]byte(`{"symbol":`), s.symbol)
	head = appendString(append(head, `,"interval":`...), s.interval)
	return append(head, `,"datetime":`...)
}

func barTail(s *series) []byte {
	var tail []byte
	for _, f := range []struct{ name, value string }{
		{"currency", s.currency}, {"exchange", s.exchange}, {"timezone", s.timezone},
	} {
		if f.value != "" {
			tail = appendString(append(tail, `,"`+f.name+`":`...), f.value)
		}
	}
	return append(tail, "}\n"...)
}

func appendString(line []byte, s string) []byte {
	line, err := jsontext.AppendQuote(line, s)
	if err != nil {
		panic(fmt.Sprintf("quote %q: %v", s, err)) // the decoder refuses what is not UTF-8
	}
	return line
}

// rejectLine is a reject as a line, break included. `<`, `>` and `&` stay as they are, for people to read.
func rejectLine(r pipeline.Reject) []byte {
	var line bytes.Buffer
	e := json.NewEncoder(&line)
	e.SetEscapeHTML(false)
	if err := e.Encode(r); err != nil {
		panic(fmt.Sprintf("encode reject: %v", err)) // strings and numbers always encode
	}
	return line.Bytes()
}

// compact is a value in one line, cut to what a reject may hold.
func compact(raw jsontext.Value) string {
	raw = raw.Clone()
	if err := raw.Compact(); err != nil {
		return "" // nil, for a value that is not kept
	}
	return string(cut(raw, pipeline.MaxRaw))
}
