package ingest

import (
	"errors"
	"fmt"
	"io"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/mejan/mejan/functions/pipeline"
)

// Codes of what a whole file may be refused for. [NoSeries] and [ProviderError] may also befall one symbol of it.
const (
	// MalformedJSON is a file that breaks the grammar (RFC 8259), repeats a name, or is not UTF-8.
	MalformedJSON = "MALFORMED_JSON"
	// MalformedGzip is a file that cannot be decompressed.
	MalformedGzip = "MALFORMED_GZIP"
	// TooLarge is a value, or a compressed file, beyond all measure.
	TooLarge = "TOO_LARGE"
	// NoSeries is JSON in which no series of bars can be found.
	NoSeries = "NO_SERIES"
	// ProviderError is what the provider answers instead of data.
	ProviderError = "PROVIDER_ERROR"
)

// FileError says why nothing of a file can be used. The same bytes always give the same one.
type FileError struct {
	Code string
	// Pointer is the JSON pointer of the value that the file broke in, empty for the file itself.
	Pointer string
	// Offset is the byte where it broke.
	Offset int64
	Detail string
}

func (e *FileError) Error() string {
	return fmt.Sprintf("%s at byte %d: %s", e.Code, e.Offset, e.Detail)
}

// Line is the one line of `rejects/` that says why a file was refused, line break included.
func (run Run) Line(e *FileError) []byte {
	return rejectLine(pipeline.Reject{
		RunID: run.ID, Source: run.Source, Pointer: e.Pointer, Offset: e.Offset,
		Reasons: []pipeline.Reason{{Code: e.Code, Detail: e.Detail}},
		Rules:   Rules,
	})
}

// malformed turns the decoder's complaint about a file of which size bytes have been read into a FileError. Its text
// must depend on the input alone.
func malformed(err error, size int64) *FileError {
	e := &FileError{Code: MalformedJSON, Offset: size, Detail: "unexpected end of the file"}
	var syntactic *jsontext.SyntacticError
	if !errors.As(err, &syntactic) {
		return e // io.EOF: there was no document
	}
	e.Offset, e.Pointer = syntactic.ByteOffset, string(syntactic.JSONPointer)
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		e.Detail = syntactic.Err.Error()
	}
	return e
}
