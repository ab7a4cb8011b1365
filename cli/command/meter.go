package command

import (
	"fmt"
	"io"
	"time"
)

// Meter tells how far the reading of something long has come. What takes less than a second is not told of.
type Meter struct {
	w     io.Writer
	what  string
	size  int64
	read  int64
	begun time.Time
	next  time.Time
	told  bool
}

// NewMeter begins to measure; size is in bytes, 0 where it is not known.
func NewMeter(w io.Writer, what string, size int64) *Meter {
	now := time.Now()
	return &Meter{w: w, what: what, size: size, begun: now, next: now.Add(time.Second)}
}

// Reader gives what r gives, and counts it.
func (m *Meter) Reader(r io.Reader) io.Reader { return meterReader{r, m} }

type meterReader struct {
	io.Reader
	meter *Meter
}

func (r meterReader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	r.meter.add(n)
	return n, err
}

func (m *Meter) add(n int) {
	m.read += int64(n)
	now := time.Now()
	if now.Before(m.next) {
		return
	}
	m.next = now.Add(time.Second)
	m.told = true
	rate := float64(m.read) / 1e6 / now.Sub(m.begun).Seconds()
	if m.size > 0 {
		fmt.Fprintf(m.w, "%s: %3.0f %%, %.0f MB/s\n", m.what, 100*float64(m.read)/float64(m.size), rate)
	} else {
		fmt.Fprintf(m.w, "%s: %.0f MB, %.0f MB/s\n", m.what, float64(m.read)/1e6, rate)
	}
}

// Done says that it is over, if anything was said before.
func (m *Meter) Done() {
	if m.told {
		fmt.Fprintf(m.w, "%s: done after %.1f s\n", m.what, time.Since(m.begun).Seconds())
	}
}
