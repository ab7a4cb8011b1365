// Bench measures what the pipeline costs, next to what else does the same work on this machine: the size and start-up
// of the functions, the ingestion of files, the ingestor over the network, the analysis, and a promotion.
//
// Run it at the root of the repository: `make bench`. See docs/benchmarks.md.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"

	"github.com/mejan/mejan/tools/bench/measure"
)

func main() {
	b := bench{out: os.Stdout}
	flag.StringVar(&b.root, "root", "..", "root of the repository")
	flag.StringVar(&b.only, "only", "", "parts to run, separated by commas: "+strings.Join(partNames(), ", "))
	flag.StringVar(&b.sizes, "size", "100MB,1GB", "sizes of the files that are ingested")
	flag.IntVar(&b.starts, "starts", 20, "starts of each function")
	flag.IntVar(&b.repeat, "repeat", 3, "turns of each program; the fastest run counts")
	flag.StringVar(&b.meter.Cores, "core", "1", "the core that programs are pinned to")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := b.run(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// bench is one run.
type bench struct {
	root        string
	only, sizes string
	starts      int
	repeat      int
	meter       measure.Meter
	out         io.Writer

	// dir is where files and programs are kept from run to run.
	dir string
}

type part struct {
	name string
	run  func(*bench, context.Context) error
}

func parts() []part {
	return []part{
		{"start", (*bench).start},
		{"ingest", (*bench).ingest},
		{"tls", (*bench).tls},
		{"analysis", (*bench).analysis},
		{"promote", (*bench).promote},
	}
}

func partNames() []string {
	var names []string
	for _, p := range parts() {
		names = append(names, p.name)
	}
	return names
}

// run does the parts one after the other. One that fails does not keep the rest from running.
func (b *bench) run(ctx context.Context) error {
	wanted := partNames()
	if b.only != "" {
		wanted = strings.Split(b.only, ",")
		for _, name := range wanted {
			if !slices.Contains(partNames(), name) {
				return fmt.Errorf("part %q: there are %s", name, strings.Join(partNames(), ", "))
			}
		}
	}
	var err error
	if b.root, err = filepath.Abs(b.root); err != nil {
		return err
	}
	b.dir = filepath.Join(b.root, "out", "bench")
	if err := os.MkdirAll(b.program(""), 0o755); err != nil {
		return err
	}
	b.meter.Launch = b.program("launch")
	var failed []error
	for _, p := range parts() {
		if slices.Contains(wanted, p.name) && ctx.Err() == nil {
			if err := p.run(b, ctx); err != nil {
				failed = append(failed, fmt.Errorf("%s: %w", p.name, err))
			}
		}
	}
	return errors.Join(append(failed, ctx.Err())...)
}
