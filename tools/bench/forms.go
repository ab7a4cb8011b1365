package main

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/mejan/mejan/tools/bench/generate"
)

const (
	// formsSize is that of the batch whose layouts are compared.
	formsSize byteSize = 100e6
	// layoutLimit is how much more a row may cost in another layout than compact, in CPU time.
	layoutLimit = 1.3
	// inflateShare is the least share of the rate of bare decompression.
	inflateShare = 0.8
)

// forms measures what the layout of a file does to mejan, and its compression.
func (b *bench) forms(ctx context.Context) error {
	of, err := makeBatch(b.dir, formsSize)
	if err != nil {
		return err
	}
	if err := of.makeForms(b.dir, formsSize); err != nil {
		return err
	}
	if err := b.buildTool(ctx, "inflate", "peer/inflate"); err != nil {
		return err
	}
	subject := b.readers()[0]
	bare := func(in, _, _ string) []string { return []string{b.program("mejan"), "validate", in, "--json"} }
	inflate := func(in, _, _ string) []string { return []string{b.program("inflate"), in} }
	gzipped := func(of batch) generate.File { return of.gzipped }
	t := table{subject: "compact"}
	t.lines, err = b.race(ctx, []reader{
		{name: "compact", reads: func(of batch) generate.File { return of.compact }, args: subject.args},
		{name: "spaced", reads: spaced, args: subject.args},
		{name: "indented", reads: func(of batch) generate.File { return of.indented }, args: subject.args},
		{name: mejan, reads: gzipped, args: bare},
		{name: "bare inflation", reads: gzipped, args: inflate, mute: true},
	}, of)
	if err != nil {
		return err
	}
	return t.printForms(b.out)
}

func (t table) printForms(out io.Writer) error {
	columns := tabwriter.NewWriter(out, 0, 0, 3, ' ', tabwriter.AlignRight)
	fmt.Fprintf(columns, "\n%s, by layout\tCPU ns a row\tof compact\twanted\t\t\n", mejan)
	for _, l := range t.lines[:3] {
		fmt.Fprintf(columns, "%s\t%.0f\t%.2f×\t≤ %.1f×\t%s\t\n", l.name,
			l.perRow(), t.times(l), layoutLimit, verdict(t.times(l) <= layoutLimit))
	}
	if err := columns.Flush(); err != nil {
		return err
	}
	columns = tabwriter.NewWriter(out, 0, 0, 3, ' ', tabwriter.AlignRight)
	fmt.Fprintf(columns, "\ngzip, without outputs\tMB/s, inflated\tof inflation\twanted\t\t\n")
	validated, inflated := t.of(mejan), t.of("bare inflation")
	share := validated.rate() / inflated.rate()
	fmt.Fprintf(columns, "%s\t%.0f\t\t\t\t\n", inflated.name, inflated.rate())
	fmt.Fprintf(columns, "%s\t%.0f\t%.2f×\t≥ %.1f×\t%s\t\n", mejan, validated.rate(), share, inflateShare,
		verdict(share >= inflateShare))
	return columns.Flush()
}
