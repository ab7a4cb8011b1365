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
			{"timezone", "America/New_York"},
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
