package generate

import (
	"bufio"
	"io"
)

// Lines writes the rows of that many symbols as JSON Lines: each as it is in Batch, after what meta says of its symbol.
func Lines(out io.Writer, symbols int) (Rows, error) {
	d := document{out: bufio.NewWriterSize(out, 1<<20), style: Spaced}
	m := newMarket()
	for n := range symbols {
		meta := [][2]string{
			{"symbol", symbolOf(n)},
			{"interval", "1day"},
			{"currency", "USD"},
			{"exchange", "NASDAQ"},
		}
		m.each(n, func(r *row) {
			d.begin('{')
			for _, f := range meta {
				d.name(f[0])
				d.value(quote(f[1]))
			}
			for c, value := range r {
				if value != "" {
					d.name(names[c])
					d.value(value)
				}
			}
			d.end('}')
			d.text("\n")
		})
	}
	if d.err == nil {
		d.err = d.out.Flush()
	}
	return m.rows, d.err
}

// Processed writes rows as the ingestor does, that many of each symbol and all of them valid.
func Processed(out io.Writer, symbols, bars int) (Rows, error) {
	d := document{out: bufio.NewWriterSize(out, 1<<20), style: Compact}
	sessions := Sessions(lastDay, bars)
	for n := range symbols {
		w := newWalker(seed, uint64(n))
		for _, session := range sessions {
			r := w.next(session)
			d.begin('{')
			d.name("schema")
			d.value("2")
			for _, f := range [][2]string{
				{"symbol", symbolOf(n)},
				{"mic_code", "XNGS"},
				{"exchange", "NASDAQ"},
				{"interval", "1day"},
				{"currency", "USD"},
				{"type", "Common Stock"},
			} {
				d.name(f[0])
				d.value(quote(f[1]))
			}
			for c, value := range r {
				d.name(names[c])
				if c != datetime {
					value = value[1 : len(value)-1] // a number
				}
				d.value(value)
			}
			d.end('}')
			d.text("\n")
		}
	}
	if d.err == nil {
		d.err = d.out.Flush()
	}
	rows := int64(symbols) * int64(bars)
	return Rows{Raw: rows, Valid: rows}, d.err
}
