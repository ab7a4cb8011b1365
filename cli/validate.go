package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"

	"github.com/mejan/mejan/cli/command"
	"github.com/mejan/mejan/cli/files"
	"github.com/mejan/mejan/functions/ingestor/ingest"
	"github.com/mejan/mejan/functions/pipeline"
)

func validateCommand() *cobra.Command {
	var v validation
	c := &cobra.Command{
		Use:   "validate FILE…",
		Short: "Check files as the ingestor would, without any cloud",
		Long: `validate reads a file of bars, .json or .json.gz, from stream to stream, and says what the ingestor would say
of it: how many rows are valid, what the others would be refused for and where the first of them are, and what is odd.
A file named - is standard input.

--processed and --rejects write the rows of one file as the ingestor does; an existing file is replaced once the whole
input has been read, and left alone where the input cannot be used. The name - is standard output; the report then goes
to stderr.

Of several files, --json prints one object a line.

Refused rows are a result and no failure; --strict makes them one. A file that cannot be used fails, and the reason
says at which byte.`,
		Example: "  mejan validate bars.json\n" +
			"  mejan validate bars.json.gz --processed good.jsonl --rejects bad.jsonl --json\n" +
			"  curl … | mejan validate -",
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			v.stdout, v.stderr = c.OutOrStdout(), c.ErrOrStderr()
			if err := v.check(args); err != nil {
				return command.Misused(c, err)
			}
			return v.validate(c.Context(), args)
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
	// titled reports carry the name of their file, because there are several.
	titled         bool
	stdout, stderr io.Writer
	// report is where the verdict for people goes.
	report io.Writer
}

// smallHeap keeps the heap within some megabytes: what a file needs does not grow with it, and nothing of it is garbage
// for long.
const smallHeap = 10 << 20

// check understands the command line. It has no effect.
func (v *validation) check(names []string) (err error) {
	if v.run.Limits, err = pipeline.ParseLimits(v.limits); err != nil {
		return err
	}
	v.titled = len(names) > 1
	if v.titled && v.processed+v.rejects != "" {
		return errors.New("--processed and --rejects take the rows of one file: give one")
	}
	outputs := []files.Target{{Flag: "--processed", Name: v.processed}, {Flag: "--rejects", Name: v.rejects}}
	v.report = v.stdout
	if files.TakesStdout(v.stdout, outputs...) {
		v.report = v.stderr
	}
	if v.json {
		outputs = append(outputs, files.Target{Flag: "--json", Name: files.Standard})
	}
	return files.Check(v.stdout, names, outputs...)
}

// validate goes on with the next file where one cannot be used.
func (v *validation) validate(ctx context.Context, names []string) error {
	debug.SetGCPercent(400)
	debug.SetMemoryLimit(smallHeap)
	var failed []error
	for _, name := range names {
		failed = append(failed, v.file(ctx, name))
		if ctx.Err() != nil {
			break
		}
	}
	return errors.Join(failed...)
}

func (v *validation) file(ctx context.Context, name string) error {
	begun := time.Now()
	input, err := files.OpenInput(ctx, name)
	if err != nil {
		return err
	}
	defer func() { _ = input.Close() }()
	valid, err := files.Create(ctx, v.stdout, v.processed)
	if err != nil {
		return err
	}
	defer valid.Drop()
	rejected, err := files.Create(ctx, v.stdout, v.rejects)
	if err != nil {
		return err
	}
	defer rejected.Drop()

	v.run.Now = begun
	v.run.Source = pipeline.Source{Key: input.Name, Size: input.Size}
	progress := command.NewMeter(v.stderr, "check "+input.Name, input.Size)
	start := &head{Reader: progress.Reader(input)}
	var validRows io.Writer // nil if the rows are not asked for, which saves work
	if valid != nil {
		validRows = valid
	}
	first := &firstRefused{Writer: rejected}
	result, err := ingest.Split(start, v.run, validRows, first)
	progress.Done()
	var broken *ingest.FileError
	if err != nil && !errors.As(err, &broken) {
		return err
	}
	if broken == nil {
		if err := cmp.Or(valid.Commit(), rejected.Commit()); err != nil {
			return err
		}
	}
	found := newVerdict(input.Name, result, first.rows, time.Since(begun))
	if broken != nil {
		found.Refused = []refusedRow{}
		found.Error = &fileFault{broken.Code, broken.Offset, broken.Detail, start.hint(broken)}
	}
	if err := v.print(found); err != nil {
		return err
	}
	switch {
	case broken != nil:
		return start.unusable(input.Name, broken)
	case v.strict && result.Rows.Invalid > 0:
		return fmt.Errorf("%s: %d of %d rows refused", input.Name, result.Rows.Invalid, result.Rows.Raw)
	default:
		return nil
	}
}
