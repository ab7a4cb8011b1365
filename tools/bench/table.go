package main

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/mejan/mejan/tools/bench/measure"
)

// line is one program of a table.
type line struct {
	name string
	cost measure.Cost
	// bytes and rows are what it read.
	bytes, rows int64
}

func (l line) rate() float64 { return float64(l.bytes) / 1e6 / l.cost.CPU().Seconds() }

// perRow is CPU time, in nanoseconds.
func (l line) perRow() float64 { return float64(l.cost.CPU().Nanoseconds()) / float64(l.rows) }

// table has programs that did the same work.
type table struct {
	title string
	// subject is the one that the others are compared with.
	subject string
	lines   []line
}

// of finds a program; one that did not run has no name.
func (t table) of(name string) line {
	for _, l := range t.lines {
		if l.name == name {
			return l
		}
	}
	return line{}
}

// times is how much more CPU time than the subject a program took.
func (t table) times(l line) float64 {
	return float64(l.cost.CPU()) / float64(t.of(t.subject).cost.CPU())
}

func (t table) print(out io.Writer) error {
	columns := tabwriter.NewWriter(out, 0, 0, 3, ' ', tabwriter.AlignRight)
	fmt.Fprintf(columns, "\n%s\tCPU s\tin kernel\tMB/s\tpeak MiB\tof %s\t\n", t.title, t.subject)
	for _, l := range t.lines {
		fmt.Fprintf(columns, "%s\t%.2f\t%.2f\t%.0f\t%.1f\t%.2f×\t\n",
			l.name, l.cost.CPU().Seconds(), l.cost.System.Seconds(), l.rate(), mebibytes(l.cost.Peak), t.times(l))
	}
	return columns.Flush()
}

// target is a factor between the CPU time of a peer and that of the subject: the peer takes at least that many times as
// much or, where it does less work, the subject at most that many times as much as the peer.
type target struct {
	peer  string
	times float64
	less  bool
}

// judge says which targets were reached. Missing one is no error: it depends on the machine, and a person reads it.
func (t table) judge(out io.Writer, targets []target, peak, most int64) error {
	columns := tabwriter.NewWriter(out, 0, 0, 3, ' ', tabwriter.AlignRight)
	fmt.Fprintf(columns, "\ntarget\twanted\tgot\t\t\n")
	for _, want := range targets {
		what, sign := want.peer+" of "+t.subject, "≥"
		if want.less {
			what, sign = t.subject+" of "+want.peer, "≤"
		}
		l := t.of(want.peer)
		if l.name == "" {
			fmt.Fprintf(columns, "%s\t%s %.1f×\t\tnot run\t\n", what, sign, want.times)
			continue
		}
		got, reached := t.times(l), t.times(l) >= want.times
		if want.less {
			got, reached = 1/got, 1/got <= want.times
		}
		fmt.Fprintf(columns, "%s\t%s %.1f×\t%.1f×\t%s\t\n", what, sign, want.times, got, verdict(reached))
	}
	fmt.Fprintf(columns, "peak MiB of %s\t< %.0f\t%.1f\t%s\t\n",
		t.subject, mebibytes(most), mebibytes(peak), verdict(peak < most))
	return columns.Flush()
}

func verdict(reached bool) string {
	if reached {
		return "reached"
	}
	return "MISSED"
}
