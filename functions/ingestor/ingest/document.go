package ingest

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/mejan/mejan/functions/pipeline"
)

// document reads the structure of a file, and hands rows and refusals to the judge in the order of the file. It takes a
// single series
//
//	{"meta": {…}, "values": [{…}, …], "status": "ok"}
//
// a batch, an object of these under their symbols, and the answer to POST /batch, which has them in `data`, under the
// ids of the requests, bare or as `response`. Each may be an error instead:
//
//	{"code": 404, "message": "…", "status": "error"}
//
// The structure is read here, byte by byte; each value in it (a row, a header, whatever is skipped) is bounded and
// decoded by the strict decoder, unless it is a row that looks like the one before.
type document struct {
	*window
	decoder *jsontext.Decoder
	scratch *bytes.Buffer
	judge   *judge
	// quick lets rows be read by the layout of the row before.
	quick  bool
	layout layout
	row    row
	// texts is room for the content of rows that the strict decoder reads.
	texts []byte
	path  path
	// found counts what was recognised: series, and errors about one symbol.
	found int
}

// place says what members of an object may be.
type place int

const (
	// top is the document: its members are entries of a batch, but for those of a series.
	top place = iota
	// batch is the `data` of POST /batch: its members are entries under the ids of requests.
	batch
	// entry is a series or an error.
	entry
)

func newDocument(src io.Reader, limits pipeline.Limits, j *judge) *document {
	scratch := new(bytes.Buffer)
	return &document{window: newWindow(src, limits), scratch: scratch, decoder: jsontext.NewDecoder(scratch), judge: j}
}

// read reads the whole file.
func (d *document) read() error {
	if err := d.start(); err != nil {
		return err
	}
	whole := &series{}
	if err := d.object(whole, top); err != nil {
		return err
	}
	if d.space(); d.pos < d.end {
		return d.malformed("something follows the document")
	} else if !ended(d.err) {
		return d.err
	}
	switch {
	case d.found == 0 && whole.isError():
		return &FileError{Code: ProviderError, Detail: whole.errorText()}
	case d.found == 0:
		return noSeries("neither a series nor a batch of them")
	case whole.isError():
		return d.refuseError(whole)
	default:
		return nil
	}
}

// start looks at how the file begins, and stops before the opening brace.
func (d *document) start() error {
	d.ahead(len(byteOrder))
	switch begin := string(d.unread()[:min(len(byteOrder), d.end-d.pos)]); {
	case begin == byteOrder:
		return d.malformed("a byte order mark; JSON is exchanged without one")
	case strings.HasPrefix(begin, "\xff\xfe"), strings.HasPrefix(begin, "\xfe\xff"),
		len(begin) > 1 && (begin[0] == 0) != (begin[1] == 0):
		return d.malformed("UTF-16 or UTF-32; JSON is exchanged as UTF-8")
	}
	switch c := d.space(); {
	case c == '{':
		return nil
	case c != 0 && strings.IndexByte(`["-0123456789tfn`, c) >= 0:
		return noSeries(kindName(jsontext.Value{c}.Kind()) + ", not a series nor a batch of them")
	default:
		_, err := d.decoded()
		return err
	}
}

// byteOrder is the mark that some programs put before UTF-8.
const byteOrder = "\xef\xbb\xbf"

func noSeries(detail string) *FileError { return &FileError{Code: NoSeries, Detail: detail} }

// object reads an object, from its opening brace, which stands here.
func (d *document) object(of *series, where place) error {
	if int64(len(d.path.steps)) >= d.limits.Depth {
		return d.tooDeep()
	}
	of.offset = d.offset()
	d.pos++
	var names names
	for first := true; ; first = false {
		switch c := d.space(); {
		case c == '}':
			d.pos++
			return nil
		case c == ',' && !first:
			d.pos++
			d.space()
		case !first || c != '"':
			return d.unexpected("a name or the end of an object is due")
		}
		at := d.offset()
		name, err := d.name()
		if err != nil {
			return err
		}
		d.path.push(name)
		if !names.add(name) {
			return &FileError{
				Code: MalformedJSON, Pointer: d.path.pointer(""), Offset: at, Detail: "duplicate object member name",
			}
		}
		if names.size > d.limits.Value {
			return &FileError{
				Code: TooLarge, Offset: at, Detail: fmt.Sprintf("names of more than %d bytes in one object", d.limits.Value),
			}
		}
		if d.space() != ':' {
			return d.unexpected("a colon is due")
		}
		d.pos++
		if err := d.member(of, name, where); err != nil {
			return err
		}
		d.path.pop()
	}
}

// member reads the value of a member.
func (d *document) member(of *series, name string, where place) error {
	switch kind := d.space(); {
	case kind == '[' && name == "values":
		return d.values(of)
	case kind == '{' && (name == "meta" || name == "values"):
		return d.nested(of, name)
	case kind == '{' && name == "response" && where == entry:
		inner := &series{key: of.key}
		of.inner = true
		return d.entry(inner)
	case kind == '{' && name == "data" && where == top:
		return d.data(of)
	case kind == '{' && where != entry:
		return d.entry(&series{key: name, requested: where == top})
	}
	offset := d.offset()
	raw, err := d.decoded()
	if err != nil {
		return err
	}
	switch {
	case of.keep(name, raw):
		return nil
	case name == "values":
		d.found++
		of.values = true
		return d.judge.refuse(of, d.at(offset, raw), pipeline.Reason{
			Code: FieldType, Field: name, Detail: kindName(raw.Kind()) + ", not an array",
		})
	case where != entry:
		return d.judge.refuse(&series{key: name}, d.at(offset, raw), pipeline.Reason{
			Code: NoSeries, Detail: kindName(raw.Kind()) + ", not a series",
		})
	default:
		return nil
	}
}

// nested reads what a series has under `meta`. A batch may also have a series there: that of a symbol of that name.
func (d *document) nested(of *series, name string) error {
	inner := &series{key: name}
	if err := d.object(inner, entry); err != nil {
		return err
	}
	switch {
	case inner.values:
		return nil
	case name == "meta":
		of.describe(inner)
		return nil
	default:
		d.found++
		of.values = true
		return d.judge.refuse(of, d.at(inner.offset, inner.other()), pipeline.Reason{
			Code: FieldType, Field: name, Detail: "an object, not an array",
		})
	}
}

// data reads the entries of POST /batch. A series of that name in a batch of the other kind is one as well.
func (d *document) data(of *series) error {
	inner := &series{key: "data"}
	before := d.found
	if err := d.object(inner, batch); err != nil {
		return err
	}
	if d.found > before || of.isError() {
		return nil
	}
	return d.leave(inner)
}

// entry reads what a batch has under a name.
func (d *document) entry(of *series) error {
	if err := d.object(of, entry); err != nil {
		return err
	}
	return d.leave(of)
}

// leave says what an object was that had no rows.
func (d *document) leave(of *series) error {
	switch {
	case of.values || of.inner:
		return nil
	case of.isError():
		d.found++
		return d.refuseError(of)
	default:
		return d.judge.refuse(of, d.at(of.offset, of.other()), pipeline.Reason{
			Code: NoSeries, Detail: "neither values nor an error",
		})
	}
}

func (d *document) refuseError(of *series) error {
	return d.judge.refuse(of, d.at(of.offset, of.other()), pipeline.Reason{Code: ProviderError, Detail: of.errorText()})
}

// at is the place of a value of the path.
func (d *document) at(offset int64, raw []byte) location {
	return location{path: &d.path, index: -1, offset: offset, raw: raw}
}
