package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"github.com/mejan/mejan/tools/bench/generate"
	"github.com/mejan/mejan/tools/bench/measure"
)

// mejan is the name of the subject among the peers.
const mejan = "mejan validate"

// reader is a program that reads a batch, checks each row, and writes valid and refused ones.
type reader struct {
	name string
	// need is what must be installed, beside Go.
	need string
	// prepare builds it.
	prepare func(context.Context) error
	// reads is the form of the batch that it takes.
	reads func(batch) generate.File
	// args is the command that reads in and writes valid rows to processed and refused ones to rejects.
	args func(in, processed, rejects string) []string
	// mute marks one that does not count rows.
	mute bool
	// most is the largest size that it is tried on, where there is a limit.
	most byteSize
	// env is added to the environment.
	env []string
	// cores are those that it may use, where they are not those of all.
	cores string
}

func spaced(b batch) generate.File { return b.spaced }

func lines(b batch) generate.File { return b.lines }

func (b *bench) readers() []reader {
	program := func(before ...string) func(in, processed, rejects string) []string {
		return func(in, processed, rejects string) []string {
			return append(append([]string{}, before...), in, processed, rejects)
		}
	}
	tool := func(name, folder string) func(context.Context) error {
		return func(ctx context.Context) error { return b.buildTool(ctx, name, folder) }
	}
	none := func(context.Context) error { return nil }
	duckdb := func(form string, threads int) func(in, processed, rejects string) []string {
		return program("node", b.peer("duckdb/ingest.mjs"), b.node(), form, strconv.Itoa(threads))
	}
	return []reader{
		{
			name: mejan, prepare: b.buildMejan, reads: spaced,
			args: func(in, processed, rejects string) []string {
				return []string{b.program("mejan"), "validate", in, "--processed", processed, "--rejects", rejects, "--json"}
			},
		},
		{
			name: "plain copy", prepare: tool("copy", "peer/copy"), reads: spaced, mute: true,
			args: func(in, processed, _ string) []string { return []string{b.program("copy"), in, processed} },
		},
		{
			name: "C++ simdjson", need: "simdjson", prepare: b.buildSimdjson, reads: spaced,
			args: program(b.program("simdjson")),
			// Half of its time would go into pages of 4 KiB.
			env: []string{"GLIBC_TUNABLES=glibc.malloc.hugetlb=1"},
		},
		{
			name: "DuckDB, lines, 1 thread", need: "duckdb", prepare: none, reads: lines, args: duckdb("lines", 1),
		},
		{
			name: "DuckDB, lines, 2 threads", need: "duckdb", prepare: none, reads: lines, args: duckdb("lines", 2),
			cores: "0,1",
		},
		{
			name: "DuckDB, map, 1 thread", need: "duckdb", prepare: none, reads: spaced, args: duckdb("map", 1),
		},
		{
			name: "DuckDB, map, 2 threads", need: "duckdb", prepare: none, reads: spaced, args: duckdb("map", 2),
			cores: "0,1",
		},
		{
			name: "Go encoding/json", prepare: tool("encodingjson", "peer/encodingjson/ingest"), reads: spaced,
			args: program(b.program("encodingjson")),
		},
		{
			name: "Python", need: "python", prepare: none, reads: spaced,
			args: program("python3", b.peer("python/ingest.py")),
		},
		{
			name: "jq", need: "jq", prepare: none, reads: spaced, args: program("sh", b.peer("jq/ingest.sh")), most: 100e6,
		},
	}
}

func (b *bench) buildSimdjson(ctx context.Context) error {
	return b.build(ctx, b.dir, "g++", "-O3", "-march=native", "-std=c++17", "-o", b.program("simdjson"),
		b.peer("simdjson/ingest.cpp"), "-lsimdjson")
}

// read measures a reader on a batch once. It must count as the generator did.
func (b *bench) read(ctx context.Context, r reader, of batch) (measure.Cost, error) {
	processed, rejects := filepath.Join(b.dir, "processed.jsonl"), filepath.Join(b.dir, "rejects.jsonl")
	p := measure.Program{
		Args: r.args(r.reads(of).Path, processed, rejects), Cores: r.cores, Outputs: []string{processed, rejects},
		Env: r.env,
	}
	fmt.Fprintf(os.Stderr, "%s: %s …\n", filepath.Base(r.reads(of).Path), r.name)
	cost, printed, err := b.meter.Turn(ctx, p)
	if err := errors.Join(err, p.Clear()); err != nil {
		return cost, err
	}
	return cost, sameRows(r, printed, r.reads(of).Rows)
}
