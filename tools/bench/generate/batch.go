package generate

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

const (
	seed = 20180207
	// barsOfSymbol is the most that the provider sends of a symbol at once.
	barsOfSymbol = 5000
	// oneFaultIn is how many rows there are to a bad one.
	oneFaultIn = 100
)

// Rows counts what was made.
type Rows struct {
	Raw     int64 `json:"raw"`
	Valid   int64 `json:"valid"`
	Invalid int64 `json:"invalid"`
}

// Style is how a document is laid out.
type Style struct {
	colon string
	// between separates two values that stand on one line; broken puts each on its own line, indented by two.
	between string
	broken  bool
}

// Layouts of JSON that occur: json.dumps of Python with and without indent=2, and what a program sends to a program.
var (
	Spaced   = Style{colon: ": ", between: ", "}
	Indented = Style{colon: ": ", between: ",", broken: true}
	Compact  = Style{colon: ":", between: ","}
)

// Batch writes a document as Twelve Data answers for many symbols: as many of them as fit into size, or symbols where
// that is not zero. It returns how many there are.
func Batch(out io.Writer, style Style, size int64, symbols int) (int, Rows, error) {
	d := document{out: bufio.NewWriterSize(out, 1<<20), style: style}
	m := newMarket()
	d.begin('{')
	n := 0
	for ; d.err == nil && (n < symbols || symbols == 0 && (n == 0 || d.written+d.written/int64(n) <= size)); n++ {
		d.name(symbolOf(n))
		d.begin('{')
		d.name("meta")
		d.begin('{')
		for _, f := range metaOf(n) {
			d.name(f[0])
			d.value(quote(f[1]))
		}
		d.end('}')
		d.name("values")
		d.begin('[')
		m.each(n, func(r *row) {
			d.item()
			d.begin('{')
			for c, value := range r {
				if value != "" {
					d.name(names[c])
					d.value(value)
				}
			}
			d.end('}')
		})
		d.end(']')
		d.name("status")
		d.value(`"ok"`)
		d.end('}')
	}
	d.end('}')
	d.text("\n")
	if d.err == nil {
		d.err = d.out.Flush()
	}
	return n, m.rows, d.err
}

func symbolOf(n int) string { return fmt.Sprintf("S%04d", n) }

func metaOf(n int) [][2]string {
	return [][2]string{
		{"symbol", symbolOf(n)},
		{"interval", "1day"},
		{"currency", "USD"},
		{"exchange_timezone", "America/New_York"},
		{"exchange", "NASDAQ"},
		{"mic_code", "XNGS"},
		{"type", "Common Stock"},
	}
}

// market makes the rows of all symbols, good and bad.
type market struct {
	sessions []string
	faults   []fault
	rows     Rows
}

func newMarket() *market {
	return &market{sessions: Sessions(lastDay, barsOfSymbol), faults: faults()}
}

// each makes the rows of the nth symbol.
func (m *market) each(n int, write func(*row)) {
	w := newWalker(seed, uint64(n))
	for _, session := range m.sessions {
		r := w.next(session)
		m.rows.Raw++
		if w.random.IntN(oneFaultIn) == 0 {
			m.faults[m.rows.Invalid%int64(len(m.faults))].apply(&r)
			m.rows.Invalid++
		} else {
			m.rows.Valid++
		}
		write(&r)
	}
}

// document writes JSON in a style.
type document struct {
	out     *bufio.Writer
	style   Style
	depth   int
	filled  bool // whether something stands before the next value of the innermost object or array
	written int64
	err     error
}

func (d *document) begin(bracket byte) {
	d.text(string(bracket))
	d.depth++
	d.filled = false
}

func (d *document) end(bracket byte) {
	d.depth--
	d.line()
	d.text(string(bracket))
	d.filled = true
}

// item makes ready for the next value of an array.
func (d *document) item() {
	if d.filled {
		d.text(d.style.between)
	}
	d.line()
	d.filled = true
}

func (d *document) name(name string) {
	d.item()
	d.text(`"`)
	d.text(name)
	d.text(`"`)
	d.text(d.style.colon)
}

// value writes the value of a name.
func (d *document) value(text string) {
	d.text(text)
	d.filled = true
}

// line breaks the line, where the style does that.
func (d *document) line() {
	if d.style.broken {
		d.text("\n")
		d.text(strings.Repeat("  ", d.depth))
	}
}

func (d *document) text(text string) {
	if d.err == nil {
		_, d.err = d.out.WriteString(text)
		d.written += int64(len(text))
	}
}
