package ingest

import (
	"fmt"
	"io"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/mejan/mejan/functions/pipeline"
)

// lines is an output, gathered into large writes.
type lines struct {
	to   io.Writer
	what string
	// buf ends with a whole line. Up to outputSize there is room for a quick one.
	buf   []byte
	table *table
	// found is what the last line warns of. The line is bare up to there, if that is anything.
	found warnings
	bare  int
}

// outputSize is how much of an output is written at a time, in bytes: whole pages, which cost a file system less.
const outputSize = 128 << 10

func newLines(to io.Writer, what string, checks *table) lines {
	return lines{to: to, what: what, table: checks, buf: make([]byte, 0, outputSize+quickRoom)}
}

// spill writes what was gathered, as far as it is whole blocks of outputSize.
func (l *lines) spill() error {
	if len(l.buf) < outputSize {
		return nil
	}
	return l.write(len(l.buf) / outputSize * outputSize)
}

// flush writes all that is left.
func (l *lines) flush() error {
	if len(l.buf) == 0 {
		return nil
	}
	return l.write(len(l.buf))
}

// write writes the first n bytes of what was gathered.
func (l *lines) write(n int) error {
	if _, err := l.to.Write(l.buf[:n]); err != nil {
		return fmt.Errorf("write %s: %w", l.what, err)
	}
	l.buf = l.buf[:copy(l.buf, l.buf[n:])]
	return nil
}

// warnings is a set of checks, by their places in the catalogue.
type warnings uint64

// bar writes the line of a valid row: a pipeline.Bar, its numbers spelled as the file spells them.
func (l *lines) bar(s *series, r *row) error {
	if err := l.spill(); err != nil {
		return err
	}
	l.found = 0
	l.buf = append(append(l.buf, s.head...), r.text(datetime)...)
	for c := openPrice; c < columns; c++ {
		if r.has(c) {
			l.buf = append(append(l.buf, openings[c]...), r.text(c)...)
		}
	}
	l.buf = append(l.buf, s.tail...)
	return nil
}

const (
	// maxHead and maxTail bound the head and the tail of a quick line, maxQuick what is between them, in bytes.
	maxHead  = 192
	maxTail  = 96
	maxQuick = 256
	// quickText is the room from the end of the head on: a byte points to the tail. quickRoom is the room for all.
	quickText = maxQuick + maxTail
	quickRoom = maxQuick + quickText
)

// padded gives a text the capacity of room bytes, so that a quick line can copy a fixed number of bytes of it. A longer
// text stays as it is.
func padded(text []byte, room int) []byte { return slices.Grow(text, max(0, room-len(text))) }

// openings are what stands before the numbers.
var openings = func() (all [columns]string) {
	for c := openPrice; c < columns; c++ {
		all[c] = `,"` + columnNames[c] + `":`
	}
	all[openPrice] = `"` + all[openPrice] // which ends the datetime
	return all
}()

// warn adds to the warnings of the line that was written last.
func (l *lines) warn(found warnings) {
	line := l.buf[:len(l.buf)-len(lineEnd)]
	if l.found != 0 {
		line = line[:l.bare]
	}
	l.bare, l.found = len(line), l.found|found
	l.buf = append(appendWarnings(line, l.table, l.found), lineEnd...)
}

const lineEnd = "}\n"

func appendWarnings(line []byte, checks *table, found warnings) []byte {
	var codes []string
	for i, check := range checks.checks {
		if found&(1<<i) != 0 {
			codes = append(codes, check.Code)
		}
	}
	slices.Sort(codes)
	line = append(line, `,"warnings":[`...)
	for i, code := range codes {
		if i > 0 {
			line = append(line, ',')
		}
		line = appendString(line, code)
	}
	return append(line, ']')
}

// barHead is a line up to the datetime's value: the schema and the series. barTail is what follows the volume, if there
// are no warnings.
func barHead(meta pipeline.SeriesMeta) []byte {
	head := strconv.AppendInt([]byte(`{"schema":`), pipeline.Schema, 10)
	head = appendMember(head, "symbol", meta.Symbol)
	head = appendOptional(head, "mic_code", meta.MICCode)
	head = appendOptional(head, "exchange", meta.Exchange)
	head = appendMember(head, "interval", meta.Interval)
	head = appendOptional(head, "currency", currency(meta))
	head = appendOptional(head, "type", meta.Type)
	return append(head, `,"datetime":"`...)
}

func barTail(meta pipeline.SeriesMeta, dated int) []byte {
	var tail []byte
	if dated != dateText {
		tail = appendOptional(tail, "timezone", meta.ExchangeTimezone)
	}
	return append(tail, lineEnd...)
}

// currency is what the prices are in. Of a pair the provider only gives the currency's name in words; its code is the
// second half of the symbol.
func currency(meta pipeline.SeriesMeta) string {
	if n := len(meta.Symbol); meta.Currency == "" && n > 4 && meta.Symbol[n-4] == '/' {
		return meta.Symbol[n-3:]
	}
	return meta.Currency
}

// appendMember appends a member to an object, after a comma where it is not the first.
func appendMember[T ~string | ~[]byte](line []byte, name string, value T) []byte {
	if n := len(line); n == 0 || line[n-1] != '{' {
		line = append(line, ',')
	}
	line = append(append(append(line, '"'), name...), `":`...)
	return appendString(line, value)
}

// appendOptional leaves out a member that is empty.
func appendOptional[T ~string | ~[]byte](line []byte, name string, value T) []byte {
	if len(value) == 0 {
		return line
	}
	return appendMember(line, name, value)
}

func appendString[T ~string | ~[]byte](line []byte, s T) []byte {
	line, err := jsontext.AppendQuote(line, s)
	if err != nil {
		panic(fmt.Sprintf("quote %q: %v", s, err)) // the decoder refuses what is not UTF-8
	}
	return line
}
