// Package ingest reads a file of market bars, checks every row and splits the good from the bad. It works from stream
// to stream in memory that does not grow with the file, knows nothing of AWS, and its output is a pure function of its
// input: the same bytes and the same run give the same bytes.
package ingest

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/mejan/mejan/functions/pipeline"
)

// Rules is the version of the checks, kept in every reject. It changes when a row may be judged otherwise than before.
const Rules = "2"

// Run is what one reading of a file goes by.
type Run struct {
	// ID, Source and Smoke are written to every refused row.
	ID     string
	Source pipeline.Source
	Smoke  bool
	// Now is when the file was first seen: bars after it are in the future. With the zero time no bar is, and none is
	// stale.
	Now time.Time
	// Limits are [pipeline.DefaultLimits] where they are zero.
	Limits pipeline.Limits
}

// Result is what was found in a file.
type Result struct {
	// Rows counts the rows. What stands in the place of a series and is refused, such as the provider's error about one
	// symbol, counts as one refused row. All zero for a file that broke.
	Rows pipeline.Rows
	// Symbols counts the symbols with a valid row.
	Symbols int
	// Bytes is the size of the file as stored, as far as it was read.
	Bytes int64
	// Reasons counts refused rows by code. A row counts once for each code that it was refused for.
	Reasons map[string]int64
	// Warnings counts findings that refused nothing, by code.
	Warnings map[string]int64
}

// Split reads r to its end and writes each valid row as a line to valid (a [pipeline.Bar]) and each refused one as a
// line to rejected (a [pipeline.Reject]), many lines at a time. Either may be nil where the lines are not wanted. A
// source that is gzip by its first bytes is decompressed; offsets then count decompressed bytes.
//
// A [*FileError] means that the file itself is to blame and nothing of it can be used: what was written must be
// dropped. The result then holds the size. Any other error comes from r or a writer, and says nothing about the file.
// Unless the file is too large, r is read to its end, so that who reads along sees the whole of it.
func Split(r io.Reader, run Run, valid, rejected io.Writer) (Result, error) {
	return split(r, run, valid, rejected, standard, true)
}

// split is [Split] by a table of checks. Unless quick is set, the strict decoder reads every row.
func split(r io.Reader, run Run, valid, rejected io.Writer, checks *table, quick bool) (Result, error) {
	if run.Limits == (pipeline.Limits{}) {
		run.Limits = pipeline.DefaultLimits()
	}
	src := newSource(r, run.Limits)
	j := newJudge(run, checks, valid, rejected)
	d := newDocument(src, run.Limits, j)
	d.quick = quick
	err := d.read()
	if err == nil && j.rows.Raw == 0 {
		err = noSeries("there is a series, but no rows in it")
	}
	if err == nil {
		err = j.close()
	}
	var broken *FileError
	if err != nil && !errors.As(err, &broken) {
		return Result{}, err
	}
	if broken == nil || broken.Code != TooLarge {
		if err := src.drain(); err != nil {
			return Result{}, fmt.Errorf("read to the end: %w", err)
		}
	}
	result := j.result()
	if broken != nil {
		result = Result{Reasons: map[string]int64{broken.Code: 1}}
	}
	result.Bytes = src.stored.n
	return result, err
}
