package ingest

import (
	"slices"
	"strconv"

	"github.com/mejan/mejan/functions/pipeline"
)

// rejectHead is what every line of a run about something refused begins with.
func rejectHead(run Run) []byte {
	head := strconv.AppendInt([]byte(`{"schema":`), pipeline.Schema, 10)
	head = appendMember(head, "run_id", run.ID)
	head = appendOptional(append(head, `,"source":{`...), "bucket", run.Source.Bucket)
	head = appendMember(head, "key", run.Source.Key)
	head = appendMember(head, "etag", run.Source.ETag)
	head = appendOptional(head, "version_id", run.Source.VersionID)
	head = append(strconv.AppendInt(append(head, `,"size":`...), run.Source.Size, 10), '}')
	if run.Smoke {
		head = append(head, `,"smoke":true`...)
	}
	return head
}

// appendFindings ends such a line, break included: it is a [pipeline.Reject] as encoding/json spells it, but that `<`,
// `>` and `&` stay as they are, for people to read.
func appendFindings(line []byte, checks *table, found *findings) []byte {
	for i, f := range found.all {
		line = appendReason(line, i == 0, checks.checks[f.check].Code, f.field, found.detail(i))
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
