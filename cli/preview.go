package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/mejan/mejan/cli/command"
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
rows that the ingestor has written. --html and --text write the two parts of the mail; --json prints the analysis as it
would be stored.

No model is asked: the sentences are the generated ones.`,
		Example: "  mejan preview bars.json\n  mejan preview bars.json.gz --html mail.html\n" +
			"  mejan preview rows.jsonl --json",
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			p.stdout, p.stderr = c.OutOrStdout(), c.ErrOrStderr()
			return p.run(args[0])
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
}

// previewRun names a run that is none.
const previewRun = "preview"

func (p *preview) run(name string) error {
	analysis, event, err := p.analyze(name)
	if err != nil {
		return err
	}
	item, err := analyze.Fit(analysis.Item(event, time.Now().Truncate(time.Second)), io.Discard)
	if err != nil {
		return err
	}
	item.ExecutiveSummary = narrate.Plain(item)
	item.Narration = pipeline.Narration{Source: pipeline.ByTemplate, Fallback: "a preview asks no model"}
	if err := p.write(item); err != nil {
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
	return newSheet(p.stdout, coloured(p.stdout, os.LookupEnv)).show(analysis, item)
}

// analyze reads a file and computes, and says what an announcement of it would.
func (p *preview) analyze(name string) (analyze.Analysis, pipeline.IngestorCompleted, error) {
	event := pipeline.IngestorCompleted{
		Schema: pipeline.Schema, RunID: previewRun, CorrelationID: previewRun,
		Filename: filepath.Base(name), Source: pipeline.Source{Key: name},
	}
	fail := func(err error) (analyze.Analysis, pipeline.IngestorCompleted, error) {
		return analyze.Analysis{}, event, err
	}
	file, err := os.Open(name)
	if err != nil {
		return fail(fmt.Errorf("input file: %w", err))
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return fail(fmt.Errorf("input file: %w", err))
	}
	if info.IsDir() {
		return fail(fmt.Errorf("input file %q: not a file", name))
	}
	event.Source.Size = info.Size()
	progress := command.NewMeter(p.stderr, "read "+name, info.Size())
	defer progress.Done()
	var tape *analyze.Tape
	if pipeline.IsRows(name) {
		tape, err = analyze.Read(progress.Reader(file))
		if err == nil {
			event.RawCount, event.ValidCount = tape.Rows, tape.Rows
		}
	} else {
		tape, err = split(progress.Reader(file), &event)
	}
	switch {
	case err != nil:
		return fail(fmt.Errorf("%s cannot be used: %w", name, err))
	case tape.Rows == 0:
		return fail(fmt.Errorf("%s cannot be used: it has no valid row", name))
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

// write writes the parts of the mail that were asked for.
func (p *preview) write(item pipeline.Item) error {
	if p.html == "" && p.text == "" {
		return nil
	}
	mail, err := report.Render(item)
	if err != nil {
		return err
	}
	if err := writePart(p.html, mail.HTML); err != nil {
		return err
	}
	return writePart(p.text, mail.Text)
}

func writePart(name, text string) error {
	file, err := newOutput(name)
	if err != nil {
		return err
	}
	defer file.drop()
	if _, err := io.WriteString(file, text); err != nil {
		return fmt.Errorf("output file: %w", err)
	}
	return file.commit()
}
