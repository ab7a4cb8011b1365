package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"runtime/debug"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/mejan/mejan/cli/command"
	"github.com/mejan/mejan/functions/ingestor/ingest"
	"github.com/mejan/mejan/functions/pipeline"
)

func validateCommand() *cobra.Command {
	var v validation
	c := &cobra.Command{
		Use:   "validate FILE",
		Short: "Check a file as the ingestor would, without any cloud",
		Long: `validate reads a file of bars, .json or .json.gz, from stream to stream, and says what the ingestor would say
of it: how many rows are valid, what the others would be refused for, and what is odd. --processed and --rejects write
the rows as the ingestor does; an existing file is replaced once the whole input has been read, and left alone where the
input cannot be used.

Refused rows are a result and no failure; --strict makes them one. A file that cannot be used fails, and the reason
says at which byte.`,
		Example: "  mejan validate bars.json\n" +
			"  mejan validate bars.json.gz --processed good.jsonl --rejects bad.jsonl --json",
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			limits, err := pipeline.ParseLimits(v.limits)
			if err != nil {
				return command.Misused(c, err)
			}
			v.run.Limits = limits
			v.stdout, v.stderr = c.OutOrStdout(), c.ErrOrStderr()
			return v.validate(args[0])
		},
	}
	c.Flags().StringVar(&v.processed, "processed", "", "write the valid rows to this file, as JSON Lines")
	c.Flags().StringVar(&v.rejects, "rejects", "", "write the refused rows to this file, as JSON Lines")
	c.Flags().BoolVar(&v.json, "json", false, "print the result as JSON")
	c.Flags().BoolVar(&v.strict, "strict", false, "exit with 1 where a row is refused")
	c.Flags().StringVar(&v.limits, "limits", "", "bounds, such as object=2GiB,value=64KiB,depth=16,ratio=100")
	return c
}

type validation struct {
	processed, rejects, limits string
	json, strict               bool
	run                        ingest.Run
	stdout, stderr             io.Writer
}

// smallHeap keeps the heap within some megabytes: what a file needs does not grow with it, and nothing of it is garbage
// for long.
const smallHeap = 10 << 20

func (v *validation) validate(name string) error {
	debug.SetGCPercent(400)
	debug.SetMemoryLimit(smallHeap)
	begun := time.Now()
	input, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("input file: %w", err)
	}
	defer input.Close()
	info, err := input.Stat()
	if err != nil {
		return fmt.Errorf("input file: %w", err)
	}
	if info.IsDir() {
		return fmt.Errorf("input file %q: not a file", name)
	}
	valid, err := newOutput(v.processed)
	if err != nil {
		return err
	}
	defer valid.drop()
	rejected, err := newOutput(v.rejects)
	if err != nil {
		return err
	}
	defer rejected.drop()

	v.run.Now = begun
	v.run.Source = pipeline.Source{Key: name, Size: info.Size()}
	progress := command.NewMeter(v.stderr, "check "+name, info.Size())
	result, err := ingest.Split(progress.Reader(input), v.run, valid.Writer, rejected.Writer)
	progress.Done()
	var broken *ingest.FileError
	if err != nil && !errors.As(err, &broken) {
		return err
	}
	if broken == nil {
		if err := cmp.Or(valid.commit(), rejected.commit()); err != nil {
			return err
		}
	}
	if err := v.print(result, broken, time.Since(begun)); err != nil {
		return err
	}
	switch {
	case broken != nil:
		return fmt.Errorf("%s cannot be used: %w", name, broken)
	case v.strict && result.Rows.Invalid > 0:
		return fmt.Errorf("%s: %d of %d rows refused", name, result.Rows.Invalid, result.Rows.Raw)
	default:
		return nil
	}
}

// verdict is what --json prints.
type verdict struct {
	Rows     pipeline.Rows    `json:"rows"`
	Symbols  int              `json:"symbols"`
	Bytes    int64            `json:"bytes"`
	Seconds  float64          `json:"seconds"`
	Reasons  map[string]int64 `json:"reasons"`
	Warnings map[string]int64 `json:"warnings"`
	Error    *fileFault       `json:"error"`
}

type fileFault struct {
	Code   string `json:"code"`
	Offset int64  `json:"offset"`
	Detail string `json:"detail"`
}

func (v *validation) print(result ingest.Result, broken *ingest.FileError, took time.Duration) error {
	said := verdict{
		Rows: result.Rows, Symbols: result.Symbols, Bytes: result.Bytes, Seconds: took.Seconds(),
		Reasons: map[string]int64{}, Warnings: map[string]int64{},
	}
	maps.Copy(said.Reasons, result.Reasons)
	maps.Copy(said.Warnings, result.Warnings)
	if broken != nil {
		said.Error = &fileFault{broken.Code, broken.Offset, broken.Detail}
	}
	if v.json {
		encoder := json.NewEncoder(v.stdout)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(said); err != nil {
			return fmt.Errorf("write result: %w", err)
		}
		return nil
	}
	if said.Error == nil { // otherwise the command's error says it
		return said.tell(v.stdout)
	}
	return nil
}

// tell says it to a person.
func (said verdict) tell(w io.Writer) error {
	rate := ""
	if said.Seconds >= 1 {
		rate = fmt.Sprintf(", %.0f MB/s", float64(said.Bytes)/1e6/said.Seconds)
	}
	_, err := fmt.Fprintf(w, "%d rows of %d symbols: %d valid, %d refused (%.2f %%)\n%d bytes in %.2f s%s\n",
		said.Rows.Raw, said.Symbols, said.Rows.Valid, said.Rows.Invalid, said.Rows.RejectedPercentage(),
		said.Bytes, said.Seconds, rate)
	for _, group := range []struct {
		title  string
		counts map[string]int64
	}{{"Refused for", said.Reasons}, {"Odd, and kept", said.Warnings}} {
		if len(group.counts) == 0 {
			continue
		}
		fmt.Fprintf(w, "\n%s\n", group.title)
		// The most frequent first.
		codes := slices.SortedFunc(maps.Keys(group.counts), func(a, b string) int {
			return cmp.Or(cmp.Compare(group.counts[b], group.counts[a]), cmp.Compare(a, b))
		})
		for _, code := range codes {
			_, err = fmt.Fprintf(w, "  %-20s %10d\n", code, group.counts[code])
		}
	}
	return err
}
