package main

import (
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/mejan/mejan/tools/bench/generate"
)

// batch is one set of rows in every form that a program of the benchmark reads.
type batch struct {
	// spaced is the document as json.dumps of Python writes it. All of the rest has the same rows.
	spaced generate.File
	// lines are its rows as JSON Lines.
	lines generate.File
	// compact, indented and gzipped are made for small sizes only.
	compact, indented, gzipped generate.File
}

// makeBatch makes the forms of a batch of that many bytes that the ingestion of any size is measured on.
func makeBatch(dir string, size byteSize) (batch, error) {
	b := batch{}
	var err error
	b.spaced, err = generate.Make(path(dir, size, "json"), document(generate.Spaced, int64(size), 0))
	if err != nil {
		return b, err
	}
	b.lines, err = generate.Make(path(dir, size, "jsonl"), func(out io.Writer) (int, generate.Rows, error) {
		rows, err := generate.Lines(out, b.spaced.Symbols)
		return b.spaced.Symbols, rows, err
	})
	return b, err
}

// makeForms adds the other forms.
func (b *batch) makeForms(dir string, size byteSize) error {
	symbols := b.spaced.Symbols
	for _, form := range []struct {
		to    *generate.File
		name  string
		write func(io.Writer) (int, generate.Rows, error)
	}{
		{&b.compact, "compact.json", document(generate.Compact, 0, symbols)},
		{&b.indented, "indented.json", document(generate.Indented, 0, symbols)},
		{&b.gzipped, "json.gz", func(out io.Writer) (int, generate.Rows, error) { return compress(out, b.spaced) }},
	} {
		var err error
		if *form.to, err = generate.Make(path(dir, size, form.name), form.write); err != nil {
			return err
		}
	}
	return nil
}

func path(dir string, size byteSize, name string) string {
	return filepath.Join(dir, fmt.Sprintf("bars-%s.%s", size, name))
}

func document(style generate.Style, size int64, symbols int) func(io.Writer) (int, generate.Rows, error) {
	return func(out io.Writer) (int, generate.Rows, error) { return generate.Batch(out, style, size, symbols) }
}

func compress(out io.Writer, from generate.File) (int, generate.Rows, error) {
	in, err := os.Open(from.Path)
	if err != nil {
		return 0, generate.Rows{}, err
	}
	defer in.Close()
	zipped := gzip.NewWriter(out)
	if _, err := io.Copy(zipped, in); err != nil {
		return 0, generate.Rows{}, err
	}
	return from.Symbols, from.Rows, zipped.Close()
}
