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
	// buf ends with a whole line. Up to limit there is room for a quick one.
	buf   []byte
	limit int
	// found is what the last line warns of. The line is bare up to there, if that is anything.
	found warnings
	bare  int
}

// outputSize is how much of an output is written at a time, in bytes: whole pages, which cost a file system less.
const outputSize = 128 << 10

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

// bar writes the line of a valid row: a pipeline.Bar, its numbers spelled as the file spells them. That of a row of a
// shape is put together in pieces that fit into a register: what is copied beyond the end of a text is overwritten by
// the next. A byte is enough to point into the line, and needs no check.
func (l *lines) bar(s *series, r *row) error {
	if len(l.buf) >= l.limit || r.shape == nil || r.shape.line >= s.quick {
		return l.anyBar(s, r)
	}
	l.found = 0
	line := (*[quickRoom]byte)(l.buf[len(l.buf):cap(l.buf)])
	s.head.put((*[quickText]byte)(line[:]))
	n := len(s.head.text)
	n += r.shape.put((*[quickText]byte)(line[uint8(n):]), r)
	s.tail.put((*[quickText]byte)(line[uint8(n):]))
	l.buf = l.buf[:len(l.buf)+n+len(s.tail.text)]
	return nil
}

// anyBar does it for any row, and at any time: it writes out what was gathered, and makes room.
func (l *lines) anyBar(s *series, r *row) error {
	if err := l.spill(); err != nil {
		return err
	}
	l.found = 0
	l.buf = append(slices.Grow(l.buf, quickRoom), s.head.text...)
	l.buf = append(l.buf, r.text(datetime)...)
	for c := openPrice; c < columns; c++ {
		if r.has(c) {
			l.buf = append(append(l.buf, openings[c]...), r.text(c)...)
		}
	}
	l.buf = append(l.buf, s.tail.text...)
	l.limit = min(outputSize, cap(l.buf)-quickRoom)
	return nil
}

const (
	// maxQuick bounds a line, in bytes.
	maxQuick = 256
	// quickText is what has to be there to write as far as a byte can point, quickRoom to do so wherever one points.
	quickText = maxQuick + maxFixed
	quickRoom = maxQuick + quickText
)

// fixed is a text that all lines of a series have in common.
type fixed struct {
	text []byte
	// room begins with the text, as far as it goes.
	room [maxFixed]byte
}

// maxFixed bounds a text that is copied by put, in bytes.
const maxFixed = 96

func newFixed(text []byte) fixed {
	f := fixed{text: text}
	copy(f.room[:], text)
	return f
}

// put writes the text and more, so that nobody has to count.
func (f *fixed) put(line *[quickText]byte) {
	*(*[16]byte)(line[0:]) = *(*[16]byte)(f.room[0:])
	*(*[16]byte)(line[16:]) = *(*[16]byte)(f.room[16:])
	*(*[16]byte)(line[32:]) = *(*[16]byte)(f.room[32:])
	*(*[16]byte)(line[48:]) = *(*[16]byte)(f.room[48:])
	*(*[16]byte)(line[64:]) = *(*[16]byte)(f.room[64:])
	*(*[16]byte)(line[80:]) = *(*[16]byte)(f.room[80:])
}

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
	l.buf = append(appendWarnings(line, l.found), lineEnd...)
}

const lineEnd = "}\n"

func appendWarnings(line []byte, found warnings) []byte {
	var codes []string
	for i := range catalogue {
		if found&(1<<i) != 0 {
			codes = append(codes, catalogue[i].Code)
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

// barHead is a line up to the datetime's value, barTail what follows the volume, if there are no warnings.
func barHead(meta pipeline.SeriesMeta) []byte {
	head := appendMember([]byte("{"), "symbol", meta.Symbol)
	head = appendMember(head, "interval", meta.Interval)
	return append(head, `,"datetime":"`...)
}

func barTail(meta pipeline.SeriesMeta, dated int) []byte {
	tail := appendOptional(nil, "currency", currency(meta))
	tail = appendOptional(tail, "exchange", meta.Exchange)
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

// rejectHead is what every line of a run about something refused begins with.
func rejectHead(run Run) []byte {
	head := appendMember([]byte("{"), "run_id", run.ID)
	head = appendOptional(append(head, `,"source":{`...), "bucket", run.Source.Bucket)
	head = appendMember(head, "key", run.Source.Key)
	head = appendMember(head, "etag", run.Source.ETag)
	head = appendOptional(head, "version_id", run.Source.VersionID)
	return append(strconv.AppendInt(append(head, `,"size":`...), run.Source.Size, 10), '}')
}

// appendFindings ends such a line, break included: it is a [pipeline.Reject] as encoding/json spells it, but that `<`,
// `>` and `&` stay as they are, for people to read.
func appendFindings(line []byte, found *findings) []byte {
	for i, f := range found.all {
		line = appendReason(line, i == 0, catalogue[f.check].Code, f.field, found.detail(i))
	}
	return appendRules(line)
}

// appendRules ends the reasons, and the line.
func appendRules(line []byte) []byte { return append(line, `],"rules":"`+Rules+"\"}\n"...) }

// appendReason appends a reason to those before. Codes and fields are names of ours, which need no escapes.
func appendReason[T ~string | ~[]byte](line []byte, first bool, code, field string, detail T) []byte {
	if first {
		line = append(line, `,"reasons":[{"code":"`...)
	} else {
		line = append(line, `,{"code":"`...)
	}
	line = append(line, code...)
	if field != "" {
		line = append(append(line, `","field":"`...), field...)
	}
	return append(appendString(append(line, `","detail":`...), detail), '}')
}

func appendMeta(line []byte, meta pipeline.SeriesMeta) []byte {
	for _, field := range metaFields(&meta) {
		line = appendOptional(line, field.name, *field.to)
	}
	return append(line, '}')
}

// appendRaw appends, as a JSON string, a value in one line, without the white space between its parts, cut to what a
// reject may hold.
func appendRaw(line, raw []byte) []byte {
	if quoted, ok := appendPlain(line, raw); ok {
		return quoted
	}
	var compact []byte
	for i := 0; i < len(raw) && len(compact) <= pipeline.MaxRaw; i++ {
		switch raw[i] {
		case ' ', '\n', '\t', '\r':
		case '"':
			end := min(stringEnd(raw, i+1)+1, len(raw))
			compact = append(compact, raw[i:end]...)
			i = end - 1
		default:
			compact = append(compact, raw[i])
		}
	}
	return appendString(line, cut(compact, pipeline.MaxRaw))
}

// appendPlain does it in one pass for what needs no cut, and has no characters but printable ASCII and no escapes.
func appendPlain(line, raw []byte) (quoted []byte, ok bool) {
	if len(raw) > pipeline.MaxRaw {
		return line, false
	}
	quoted, ok = appendShown(append(line, '"'), raw, 0)
	return append(quoted, '"'), ok
}

// appendShown appends a part of a value as it is shown within a JSON string: quotes escaped, and without the white
// space outside of strings; inside is one where the part begins inside of one. It reports whether there is nothing else
// to be escaped. It has no branch, which nobody could foretell.
func appendShown(line, part []byte, inside byte) (shown []byte, ok bool) {
	shown = slices.Grow(line, 2*len(part)+1)
	to := shown[len(line):cap(shown)]
	n, all := 0, byte(0)
	for _, c := range part {
		is := spellings[c]
		to[n] = '\\' // stays before a quote
		n += int(is & isQuote)
		to[n] = c
		n += int(1 &^ (is >> 1 &^ inside)) // but for white space outside of strings
		inside ^= is & isQuote
		all |= is
	}
	return shown[:len(line)+n], all&isSpecial == 0
}

const (
	isQuote = 1 << iota
	isSpace
	isSpecial
)

// spellings are what bytes are to a reader of JSON.
var spellings = func() (is [256]byte) {
	for c := range is {
		if c < ' ' || c > '~' || c == '\\' {
			is[c] = isSpecial
		}
	}
	is['"'] = isQuote
	for _, c := range " \n\t\r" {
		is[c] = isSpace
	}
	return is
}()
