package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"text/tabwriter"

	"github.com/mejan/mejan/tools/bench/generate"
	"github.com/mejan/mejan/tools/bench/measure"
)

const (
	// preview is the name of the subject among the analysts.
	preview = "mejan preview"
	// analysisSymbols is as many as all exchanges of the United States list together, with analysisBars of each.
	analysisSymbols = 8000
	analysisBars    = 250
	// analysisPeak bounds mejan's memory.
	analysisPeak = 96 << 20
)

var analysisTargets = []target{
	{peer: "Python", times: 25},
	{peer: "Go encoding/json", times: 15},
	{peer: "DuckDB, 1 thread", times: 10},
}

// analyst is a program that reads rows of processed/ and prints an analysis as JSON.
type analyst struct {
	name    string
	need    string
	prepare func(context.Context) error
	args    func(in string) []string
	// lacks are figures that it does not compute.
	lacks []string
}

func (b *bench) analysts() []analyst {
	none := func(context.Context) error { return nil }
	return []analyst{
		{
			name: preview, prepare: b.buildMejan,
			args: func(in string) []string { return []string{b.program("mejan"), "preview", in, "--json"} },
		},
		{
			name: "DuckDB, 1 thread", need: "duckdb", prepare: none, lacks: []string{"rsi_14"},
			args: func(in string) []string { return []string{"node", b.peer("duckdb/analysis.mjs"), b.node(), "1", in} },
		},
		{
			name: "Go encoding/json",
			prepare: func(ctx context.Context) error {
				return b.buildTool(ctx, "encodingjson-analysis", "peer/encodingjson/analysis")
			},
			args: func(in string) []string { return []string{b.program("encodingjson-analysis"), in} },
		},
		{
			name: "Python", need: "python", prepare: none,
			args: func(in string) []string { return []string{"python3", b.peer("python/analysis.py"), in} },
		},
	}
}

// analysis compares programs that analyse a whole exchange.
func (b *bench) analysis(ctx context.Context) error {
	if err := b.buildTool(ctx, "launch", "launch"); err != nil {
		return err
	}
	var ready []analyst
	for _, a := range b.analysts() {
		if install := b.installed(ctx, a.need); install != "" {
			fmt.Fprintf(b.out, "skipped: %s is not installed: %s\n", a.name, install)
			continue
		}
		if err := a.prepare(ctx); err != nil {
			return err
		}
		ready = append(ready, a)
	}
	t, err := b.analyse(ctx, ready, analysisSymbols)
	if err != nil {
		return err
	}
	if err := t.print(b.out); err != nil {
		return err
	}
	if err := t.judge(b.out, analysisTargets, t.of(preview).cost.Peak, analysisPeak); err != nil {
		return err
	}
	half, err := b.analyse(ctx, ready[:1], analysisSymbols/2)
	if err != nil {
		return err
	}
	twice, err := b.analyse(ctx, ready[:1], analysisSymbols*2)
	if err != nil {
		return err
	}
	return printGrowth(b.out, []line{half.of(preview), t.of(preview), twice.of(preview)})
}

// analyse runs each program on the rows of that many symbols, one after the other and all of them again. All must find
// the same figures.
func (b *bench) analyse(ctx context.Context, programs []analyst, symbols int) (table, error) {
	path := filepath.Join(b.dir, fmt.Sprintf("processed-%d.jsonl", symbols))
	file, err := generate.Make(path, func(out io.Writer) (int, generate.Rows, error) {
		rows, err := generate.Processed(out, symbols, analysisBars)
		return symbols, rows, err
	})
	if err != nil {
		return table{}, err
	}
	t := table{
		title: fmt.Sprintf("Analysis of %d symbols, %d rows", symbols, file.Rows.Raw), subject: preview,
		lines: make([]line, len(programs)),
	}
	for range b.repeat {
		var first findings
		for i, a := range programs {
			fmt.Fprintf(os.Stderr, "%s: %s …\n", filepath.Base(path), a.name)
			cost, printed, err := b.meter.Turn(ctx, measure.Program{Args: a.args(path)})
			if err != nil {
				return table{}, err
			}
			t.lines[i] = line{name: a.name, bytes: file.Bytes, rows: file.Rows.Raw, cost: t.lines[i].cost.Best(cost)}
			found, err := parseFindings(printed)
			if err != nil {
				return table{}, fmt.Errorf("%s: %w", a.name, err)
			}
			if i == 0 {
				first = found
			}
			if err := first.agree(found, a.lacks); err != nil {
				return table{}, fmt.Errorf("%s and %s disagree: %w", programs[0].name, a.name, err)
			}
		}
	}
	return t, nil
}

// printGrowth shows whether time grows as the rows do.
func printGrowth(out io.Writer, lines []line) error {
	columns := tabwriter.NewWriter(out, 0, 0, 3, ' ', tabwriter.AlignRight)
	fmt.Fprintf(columns, "\n%s, rows\tCPU s\tCPU ns a row\tpeak MiB\t\n", preview)
	for _, l := range lines {
		fmt.Fprintf(columns, "%d\t%.2f\t%.0f\t%.1f\t\n", l.rows, l.cost.CPU().Seconds(),
			l.perRow(), mebibytes(l.cost.Peak))
	}
	return columns.Flush()
}
