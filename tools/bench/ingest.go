package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/mejan/mejan/tools/bench/generate"
)

// The peers that must be beaten by a factor of CPU time, on the largest file.
var ingestTargets = []target{
	{peer: "Python", times: 40},
	{peer: "Go encoding/json", times: 15},
	{peer: "DuckDB, lines, 1 thread", times: 10},
	{peer: "C++ simdjson", times: 3},
	{peer: "plain copy", times: 2.5, less: true},
}

// ingestPeak bounds mejan's memory, whatever the size of the file.
const ingestPeak = 16 << 20

// ingest compares programs that check files of bars.
func (b *bench) ingest(ctx context.Context) error {
	sizes, err := parseSizes(b.sizes)
	if err != nil {
		return err
	}
	readers, err := b.ready(ctx, b.readers())
	if err != nil {
		return err
	}
	var largest table
	var peak int64
	for _, size := range sizes {
		t, err := b.compare(ctx, readers, size)
		if err != nil {
			return err
		}
		if err := t.print(b.out); err != nil {
			return err
		}
		largest, peak = t, max(peak, t.of(mejan).cost.Peak)
	}
	if err := largest.judge(b.out, ingestTargets, peak, ingestPeak); err != nil {
		return err
	}
	return b.forms(ctx)
}

// compare runs the readers that can take a batch of that size.
func (b *bench) compare(ctx context.Context, readers []reader, size byteSize) (table, error) {
	of, err := makeBatch(b.dir, size)
	if err != nil {
		return table{}, err
	}
	able := slices.DeleteFunc(slices.Clone(readers), func(r reader) bool { return r.most != 0 && size > r.most })
	t := table{title: fmt.Sprintf("Ingestion of %s, %d rows", size, of.spaced.Rows.Raw), subject: mejan}
	t.lines, err = b.race(ctx, able, of)
	return t, err
}

// race runs each reader on a batch, one after the other and all of them again, so that whatever else the machine does
// meets all alike.
func (b *bench) race(ctx context.Context, readers []reader, of batch) ([]line, error) {
	lines := make([]line, len(readers))
	for range b.repeat {
		for i, r := range readers {
			cost, err := b.read(ctx, r, of)
			if err != nil {
				return nil, err
			}
			// Rates are in bytes of one form for all, so that they compare rows.
			lines[i] = line{name: r.name, bytes: of.spaced.Bytes, rows: of.spaced.Rows.Raw, cost: lines[i].cost.Best(cost)}
		}
	}
	return lines, nil
}

// ready builds the readers whose needs are installed, and names the others.
func (b *bench) ready(ctx context.Context, all []reader) ([]reader, error) {
	if err := b.buildTool(ctx, "launch", "launch"); err != nil {
		return nil, err
	}
	var found []reader
	for _, r := range all {
		if install := b.installed(ctx, r.need); install != "" {
			fmt.Fprintf(b.out, "skipped: %s is not installed: %s\n", r.name, install)
			continue
		}
		if err := r.prepare(ctx); err != nil {
			return nil, err
		}
		found = append(found, r)
	}
	return found, nil
}

// sameRows compares what a reader counted with what was generated.
func sameRows(r reader, printed []byte, want generate.Rows) error {
	if r.mute {
		return nil
	}
	var counted struct {
		generate.Rows
		// Whole is where mejan has them.
		Whole generate.Rows `json:"rows"`
	}
	if err := json.Unmarshal(printed, &counted); err != nil {
		return fmt.Errorf("%s printed %q: %w", r.name, printed, err)
	}
	if counted.Rows != want && counted.Whole != want {
		return fmt.Errorf("%s counted otherwise than the generator: %s, want %+v", r.name, printed, want)
	}
	return nil
}
