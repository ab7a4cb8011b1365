package ingest

import (
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
)

// values reads the rows of a series, from the opening bracket, which stands here.
func (d *document) values(of *series) error {
	d.found++
	of.values = true
	d.judge.begin(of)
	d.pos++
	at := location{path: &d.path}
	for first := true; ; first = false {
		switch c := d.space(); {
		case c == ']':
			d.pos++
			d.judge.end(of)
			return nil
		case c == ',' && !first:
			d.pos++
			d.space()
		case !first || c == ',' || c == 0:
			return d.unexpected("a row or the end of the rows is due")
		}
		if err := d.slow(of, &at); err != nil {
			return err
		}
		if err := d.fast(of, &at); err != nil {
			return err
		}
	}
}

// slow reads one row of any kind, and learns how it is spelled if it is a good one.
func (d *document) slow(of *series, at *location) error {
	raw, whole, err := d.value(len(d.path.steps) + 1)
	if err != nil {
		return err
	}
	at.offset, at.raw, at.layout = d.offset()-int64(len(raw)), raw, nil
	if err := d.decode(raw, whole); err != nil {
		d.path.push(strconv.FormatInt(at.index, 10))
		return d.broken(err, at.offset, d.offset())
	}
	good, err := d.judge.row(of, at, &d.row)
	if good {
		d.layout.learn(raw, d.between())
	}
	at.index++
	return err
}

// between is what stands between a row that has just been read and the next, if that can be seen: white space and one
// comma. Both braces are left out.
func (d *document) between() []byte {
	commas := 0
	for i, c := range d.unread()[:min(maxLiteral, d.end-d.pos)] {
		switch c {
		case ' ', '\n', '\t', '\r':
		case ',':
			commas++
		case '{':
			if commas != 1 {
				return nil
			}
			return d.unread()[:i]
		default:
			return nil
		}
	}
	return nil
}

// fast reads rows that are spelled as the layout has it, each with what stands before it, for as long as they come.
func (d *document) fast(of *series, at *location) error {
	l, r := &d.layout, &d.row
	if !l.known || l.between.length == 0 || !d.quick {
		return nil
	}
	*r = row{kind: '{'}
	for d.ahead(maxRow) {
		rows, n := d.judge.stretch(of, &l.shape, d.unread())
		at.index += int64(rows)
		d.pos += n
		if len(d.unread()) < maxRow {
			continue
		}
		b := (*[maxRow]byte)(d.unread())
		if n = l.read(b, r, of.dated); n == 0 {
			return nil
		}
		at.offset = d.offset() + int64(l.between.length)
		at.raw, at.layout = b[l.between.length:n], l
		good, err := d.judge.row(of, at, r)
		if err != nil {
			return err
		}
		if good && r.exact {
			l.shape.learn(b, n, r, l)
		}
		at.index++
		d.pos += n
	}
	return nil
}

// decode has the strict decoder read a row.
func (d *document) decode(raw jsontext.Value, whole bool) error {
	d.row = row{kind: raw.Kind(), content: d.texts[:0]}
	defer func() { d.texts = d.row.content[:0] }()
	if !whole || d.row.kind != '{' {
		return d.syntax(raw)
	}
	d.strict(raw)
	if _, err := d.decoder.ReadToken(); err != nil {
		return err
	}
	for d.decoder.PeekKind() != '}' {
		name, err := d.decoder.ReadValue()
		if err != nil {
			return err
		}
		c := columnOf(name[1 : len(name)-1])
		if !simpleString(name) {
			c = columnOf([]byte(text(name)))
		}
		value, err := d.decoder.ReadValue()
		if err != nil {
			return err
		}
		if c != unknown {
			d.row.set(c, value)
		}
	}
	_, err := d.decoder.ReadToken()
	return err
}
