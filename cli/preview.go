package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/mejan/mejan/cli/command"
	"github.com/mejan/mejan/cli/files"
	"github.com/mejan/mejan/functions/analyzer/analyze"
	"github.com/mejan/mejan/functions/analyzer/narrate"
	"github.com/mejan/mejan/functions/ingestor/ingest"
	"github.com/mejan/mejan/functions/notifier/report"
	"github.com/mejan/mejan/functions/pipeline"
)

func previewCommand() *cobra.Command {
	var p preview
	c := &cobra.Command{
		Use:   "preview FILE",
		Short: "Show what a file would give, without any cloud",
		Long: `preview reads a file of bars as the ingestor would, .json or .json.gz, computes what the analyzer would, and
shows it: the market, each symbol, what stands out, the quality of the data. A file that ends in .jsonl is taken for
rows that the ingestor has written; one named - is standard input. --html and --text write the two parts of the mail;
the name - is standard output. --json prints the analysis as it would be stored.

No model is asked: the sentences are the generated ones.`,
		Example: "  mejan preview bars.json\n  mejan preview bars.json.gz --html mail.html\n" +
			"  mejan preview rows.jsonl --json",
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			p.stdout, p.stderr = c.OutOrStdout(), c.ErrOrStderr()
			if err := p.check(args[0]); err != nil {
				return command.Misused(c, err)
			}
			return p.run(c.Context(), args[0])
		},
	}
	c.Flags().StringVar(&p.html, "html", "", "write the mail's HTML part to this file")
	c.Flags().StringVar(&p.text, "text", "", "write the mail's text part to this file")
	c.Flags().BoolVar(&p.json, "json", false, "print the analysis as it would be stored, as JSON")
	return c
}

type preview struct {
	html, text     string
	json           bool
	stdout, stderr io.Writer
	// report is where the analysis for people goes.
	report io.Writer
}

// previewRun stands for the name of a run.
const previewRun = "preview"

// check understands the command line. It has no effect.
func (p *preview) check(name string) error {
	outputs := []files.Target{{Flag: "--html", Name: p.html}, {Flag: "--text", Name: p.text}}
	p.report = p.stdout
	if files.TakesStdout(p.stdout, outputs...) {
		p.report = p.stderr
	}
	if p.json {
		outputs = append(outputs, files.Target{Flag: "--json", Name: files.Standard})
	}
	return files.Check(p.stdout, []string{name}, outputs...)
}

func (p *preview) run(ctx context.Context, name string) error {
	html, err := files.Create(ctx, p.stdout, p.html)
	if err != nil {
		return err
	}
	defer html.Drop()
	text, err := files.Create(ctx, p.stdout, p.text)
	if err != nil {
		return err
	}
	defer text.Drop()
	analysis, event, err := p.analyze(ctx, name)
	if err != nil {
		return err
	}
	item, err := analyze.Fit(analysis.Item(event, time.Now().Truncate(time.Second)), io.Discard)
	if err != nil {
		return err
	}
	item.ExecutiveSummary = narrate.Plain(item)
	item.Narration = pipeline.Narration{Source: pipeline.ByTemplate, Fallback: "a preview asks no model"}
	if err := writeMail(item, html, text); err != nil {
		return err
	}
	if p.json {
		encoder := json.NewEncoder(p.stdout)
		encoder.SetIndent("", "  ")
		if err := encoder.Encode(item); err != nil {
			return fmt.Errorf("write analysis: %w", err)
		}
		return nil
	}
	return newTerminalReport(p.report, coloured(p.report, os.LookupEnv)).show(analysis, item)
}

// analyze reads a file and computes. The event is what would announce the file.
func (p *preview) analyze(ctx context.Context, name string) (analyze.Analysis, pipeline.IngestorCompleted, error) {
	event := pipeline.IngestorCompleted{Schema: pipeline.Schema, RunID: previewRun, CorrelationID: previewRun}
	fail := func(err error) (analyze.Analysis, pipeline.IngestorCompleted, error) {
		return analyze.Analysis{}, event, err
	}
	input, err := files.OpenInput(ctx, name)
	if err != nil {
		return fail(err)
	}
	defer func() { _ = input.Close() }()
	event.Filename = filepath.Base(input.Name)
	event.Source = pipeline.Source{Key: input.Name, Size: input.Size}
	progress := command.NewMeter(p.stderr, "read "+input.Name, input.Size)
	defer progress.Done()
	start := &head{Reader: progress.Reader(input)}
	var tape *analyze.Tape
	if pipeline.IsRows(name) {
		tape, err = analyze.Read(start)
		if err == nil {
			event.RawCount, event.ValidCount = tape.Rows, tape.Rows
		}
	} else {
		tape, err = split(start, &event)
	}
	switch {
	case err != nil && ctx.Err() != nil:
		return fail(context.Cause(ctx))
	case err != nil:
		return fail(start.unusable(input.Name, err))
	case tape.Rows == 0:
		return fail(fmt.Errorf("%s cannot be used: it has no valid row; `mejan validate` names the refused ones", input.Name))
	}
	return analyze.Analyze(tape), event, nil
}

// split has the ingestor's rows read by the analyzer while they are written.
func split(file io.Reader, event *pipeline.IngestorCompleted) (*analyze.Tape, error) {
	rows, valid := io.Pipe()
	type outcome struct {
		result ingest.Result
		err    error
	}
	ended := make(chan outcome, 1)
	go func() {
		run := ingest.Run{ID: previewRun, Source: event.Source, Now: time.Now()}
		result, err := ingest.Split(file, run, valid, io.Discard)
		ended <- outcome{result, err}
		valid.CloseWithError(err)
	}()
	tape, err := analyze.Read(rows)
	rows.CloseWithError(errors.New("the rows could not be read")) // where they could not, and split goes on
	end := <-ended
	if end.err != nil && !errors.Is(err, analyze.ErrRow) {
		return nil, end.err
	}
	if err != nil {
		return nil, err
	}
	found := end.result
	event.RawCount, event.ValidCount, event.InvalidCount = found.Rows.Raw, found.Rows.Valid, found.Rows.Invalid
	event.SymbolCount, event.Reasons, event.Warnings = found.Symbols, found.Reasons, found.Warnings
	return tape, nil
}

// writeMail writes the parts of the mail that somebody asked for.
func writeMail(item pipeline.Item, html, text *files.Output) error {
	if html == nil && text == nil {
		return nil
	}
	mail, err := report.Render(item)
	if err != nil {
		return err
	}
	_, htmlErr := io.WriteString(html, mail.HTML)
	_, textErr := io.WriteString(text, mail.Text)
	if err := cmp.Or(htmlErr, textErr); err != nil {
		return err
	}
	return cmp.Or(html.Commit(), text.Commit())
}
