// Package ingest reads a file of market bars, checks every row and splits the good from the bad. It works from stream
// to stream in memory that does not grow with the file, knows nothing of AWS, and its output is a pure function of its
// input: the same bytes and the same run give the same bytes.
package ingest

import (
	"errors"
	"fmt"
	"io"

	"github.com/mejan/mejan/functions/pipeline"
)

// Rules is the version of the checks, kept in every reject. It changes when a row may be judged otherwise than before.
const Rules = "1"

// Run is what all lines of one file have in common.
type Run struct {
	ID     string
	Source pipeline.Source
}

// Result is what was found in a file.
type Result struct {
	// Rows counts the rows. What stands in the place of a series and is refused, such as the provider's error about one
	// symbol, counts as one refused row. All zero for a file that broke.
	Rows pipeline.Rows
	// Symbols counts the symbols with a valid row.
	Symbols int
	// SHA256 is of the file as stored, in hexadecimal; Bytes its size.
	SHA256 string
	Bytes  int64
	// Reasons counts refused rows by code. A row counts once for each code that it was refused for.
	Reasons map[string]int64
}

// Split reads r to its end and writes each valid row as a line to valid (a [pipeline.Bar]) and each refused one as a
// line to rejected (a [pipeline.Reject]). A source that is gzip by its first bytes is decompressed; offsets then
// count decompressed bytes.
//
// A [*FileError] means that the file itself is to blame and nothing of it can be used: what was written must be
// dropped. The result then holds size and hash. Any other error comes from r or a writer, and says nothing about the
// file.
func Split(r io.Reader, run Run, valid, rejected io.Writer) (Result, error) {
	src := newSource(r)
	s := newSplitter(run, valid, rejected)
	err := newScanner(src, s).document()
	if err == nil && s.result.Rows.Raw == 0 {
		err = &FileError{Code: NoSeries, Detail: "there is a series, but no rows in it"}
	}

	var broken *FileError
	if err != nil && !errors.As(err, &broken) {
		return Result{}, err
	}
	if err := src.drain(); err != nil {
		return Result{}, fmt.Errorf("read to the end: %w", err)
	}
	result := s.result
	if broken != nil {
		result = Result{Reasons: map[string]int64{broken.Code: 1}}
	}
	result.SHA256, result.Bytes = src.stored.sum(), src.stored.n
	return result, err
}
