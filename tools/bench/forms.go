package main

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/mejan/mejan/tools/bench/generate"
	"github.com/mejan/mejan/tools/bench/measure"
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
	if err := b.buildTools(ctx, "peer/inflate"); err != nil {
		return err
	}
	subject := b.readers()[0]
	costs := map[string]measure.Cost{}
	for _, layout := range []struct {
		name string
		file generate.File
	}{{"compact", of.compact}, {"spaced", of.spaced}, {"indented", of.indented}} {
		subject.reads = func(batch) generate.File { return layout.file }
		cost, printed, err := b.read(ctx, subject, of)
		if err != nil {
			return err
		}
		if err := sameRows(subject, printed, layout.file.Rows); err != nil {
			return err
		}
		costs[layout.name] = cost
	}
	zipped := of.gzipped.Path
	validate := measure.Program{Args: []string{b.program("mejan"), "validate", zipped, "--json"}}
	validated, printed, err := b.meter.Best(ctx, validate)
	if err != nil {
		return err
	}
	if err := sameRows(subject, printed, of.gzipped.Rows); err != nil {
		return err
	}
	inflated, _, err := b.meter.Best(ctx, measure.Program{Args: []string{b.program("inflate"), zipped}})
	if err != nil {
		return err
	}
	if err := printLayouts(b.out, costs, of.spaced.Rows.Raw); err != nil {
		return err
	}
	return printGzip(b.out, line{cost: validated, bytes: of.spaced.Bytes}, line{cost: inflated, bytes: of.spaced.Bytes})
}

func printLayouts(out io.Writer, costs map[string]measure.Cost, rows int64) error {
	columns := tabwriter.NewWriter(out, 0, 0, 3, ' ', tabwriter.AlignRight)
	fmt.Fprintf(columns, "\nmejan, by layout\tns of CPU a row\tof compact\twanted\t\t\n")
	for _, layout := range []string{"compact", "spaced", "indented"} {
		times := float64(costs[layout].CPU) / float64(costs["compact"].CPU)
		fmt.Fprintf(columns, "%s\t%.0f\t%.2f×\t≤ %.1f×\t%s\t\n", layout,
			float64(costs[layout].CPU.Nanoseconds())/float64(rows), times, layoutLimit, verdict(times <= layoutLimit))
	}
	return columns.Flush()
}

func printGzip(out io.Writer, validated, inflated line) error {
	columns := tabwriter.NewWriter(out, 0, 0, 3, ' ', tabwriter.AlignRight)
	fmt.Fprintf(columns, "\ngzip, without outputs\tMB/s, inflated\tof inflation\twanted\t\t\n")
	share := validated.rate() / inflated.rate()
	fmt.Fprintf(columns, "bare inflation\t%.0f\t\t\t\t\n", inflated.rate())
	fmt.Fprintf(columns, "mejan validate\t%.0f\t%.2f×\t≥ %.1f×\t%s\t\n", validated.rate(), share, inflateShare,
		verdict(share >= inflateShare))
	return columns.Flush()
}
