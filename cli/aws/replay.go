package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/mejan/mejan/cli/command"
	"github.com/mejan/mejan/cli/files"
	"github.com/mejan/mejan/cli/replay"
	"github.com/mejan/mejan/functions/ingestor/ingest"
	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/functions/pipeline/objects"
	"github.com/mejan/mejan/functions/pipeline/smoke"
)

func replayCommand() *cobra.Command {
	var r replaying
	c := &cobra.Command{
		Use:   "replay REJECTS",
		Short: "Try refused rows again by today's rules, and put what passes through the pipeline, once",
		Long: `replay reads lines of rejects/, from s3://BUCKET/rejects/… or a local file, and tries each row in them again by
today's rules. What passes is put as one object,

    ` + pipeline.ReplayKey("NAME.jsonl", ingest.Rules) + `

so that the pipeline takes it as a run of its own, under the correlation id of the first one where its register still
says it. The replay of a smoke test is a smoke test. The object is created only where there is none: replayed a second
time, nothing happens. Credentials and region are those of the AWS SDKs; they need to read the bucket and to write under
inputs/replay/.

Not tried again are rows that an earlier row of their file made superfluous (DUPLICATE_BAR) or contradicted
(CONFLICTING_BAR), rows longer than what a line keeps, and lines that are about no row: whole files, and errors of the
provider.

A local file without --to gives the batch of what passes on stdout, or in --out. Rows that are refused still are
a result and no failure.`,
		Example: "  mejan replay s3://mejan-dev-data/rejects/2018/02/12/20180212T101500Z-0f343b0931ab.jsonl\n" +
			"  mejan replay rejects.jsonl --dry-run --json\n  mejan replay rejects.jsonl --to mejan-dev-data",
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			r.stdout, r.stderr = c.OutOrStdout(), c.ErrOrStderr()
			if err := r.aim(args[0]); err != nil {
				return command.Misused(c, err)
			}
			return r.run(c.Context())
		},
	}
	c.Flags().StringVar(&r.to, "to", "", "put what passes into this bucket (default that of REJECTS)")
	c.Flags().StringVar(&r.out, "out", "", "write what passes to this file instead; - is stdout")
	c.Flags().BoolVar(&r.dryRun, "dry-run", false, "say what would happen, and put or write nothing")
	c.Flags().BoolVar(&r.json, "json", false, "print the counts as JSON")
	return c
}

// replaying is one call of replay.
type replaying struct {
	// to is a bucket; out is a file, where what passes is not put into a bucket.
	to, out        string
	dryRun, json   bool
	stdout, stderr io.Writer
	// report is where the counts for people go.
	report io.Writer

	// from is what is read: a file, by its name as the key, where there is no bucket.
	from objects.Ref
	// target is where what passes is put; without a bucket it is written.
	target objects.Ref
	store  store
	// output takes what passes where it is not put; nil in a dry run.
	output *files.Output
	// readings counts how often the lines were opened.
	readings int
}

// store is the bucket.
type store interface {
	Open(ctx context.Context, r objects.Ref) (*objects.Object, error)
	CreateFrom(ctx context.Context, r objects.Ref, body io.ReadSeeker, metadata map[string]string) error
}

// aim finds out from the command line what is read and where it goes.
func (r *replaying) aim(name string) error {
	var err error
	if r.from, err = parseSource(name); err != nil {
		return err
	}
	if r.out != "" && r.to != "" {
		return errors.New("--out and --to are two places: give one")
	}
	if r.out == "" && (r.to != "" || r.from.Bucket != "") {
		r.target = objects.Ref{Bucket: r.to, Key: pipeline.ReplayKey(filepath.ToSlash(r.from.Key), ingest.Rules)}
		if r.to == "" {
			r.target.Bucket = r.from.Bucket
		}
	} else {
		r.out = cmp.Or(r.out, files.Standard)
	}
	var outputs []files.Target
	if !r.dryRun {
		outputs = append(outputs, files.Target{Flag: "--out", Name: r.out})
	}
	r.report = r.stdout
	if files.TakesStdout(r.stdout, outputs...) {
		r.report = r.stderr
	}
	if r.json {
		outputs = append(outputs, files.Target{Flag: "--json", Name: files.Standard})
	}
	var inputs []string
	if r.from.Bucket == "" {
		inputs = []string{name}
	}
	return files.Check(r.stdout, inputs, outputs...)
}

func (r *replaying) run(ctx context.Context) error {
	if err := r.connect(ctx); err != nil {
		return err
	}
	if !r.dryRun {
		var err error
		if r.output, err = files.Create(ctx, r.stdout, r.out); err != nil {
			return err
		}
		defer r.output.Drop()
	}
	// What passes lies in a file until all of it is known: it may be longer than what fits into memory.
	spool, err := os.CreateTemp("", "mejan-replay-*")
	if err != nil {
		return fmt.Errorf("file for what passes: %w", err)
	}
	defer func() {
		_ = spool.Close()
		_ = os.Remove(spool.Name())
	}()
	batch := bufio.NewWriterSize(spool, copySize)
	result, err := replay.Rebuild(func() (io.ReadCloser, error) { return r.open(ctx) }, time.Now(), batch)
	if err != nil {
		return fmt.Errorf("%s: %w", r.name(), err)
	}
	if result.Smoke && result.Passed > 0 {
		// The rows may also have been refused in a real run. Its replay must not find the bytes of this one.
		if _, err := batch.Write(smoke.Blank([]byte(result.RunID))); err != nil {
			return fmt.Errorf("file for what passes: %w", err)
		}
	}
	if err := batch.Flush(); err != nil {
		return fmt.Errorf("file for what passes: %w", err)
	}
	end := unchanged
	if result.Passed > 0 {
		if end, err = r.deliver(ctx, result, spool); err != nil {
			return err
		}
	}
	return r.print(result, end)
}

// copySize is how much is written at a time, in bytes.
const copySize = 256 << 10

// name is what is read, for people.
func (r *replaying) name() string {
	if r.from.Bucket != "" {
		return r.from.String()
	}
	return r.from.Key
}
