package replay

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/mejan/mejan/functions/ingestor/ingest"
	"github.com/mejan/mejan/functions/pipeline"
)

// maxLine bounds a line, in bytes. The ingestor writes less than a tenth of that.
const maxLine = 1 << 20

// Skip is why a line cannot be tried again, in words that follow its number; empty for one that can.
type Skip string

// Why a line cannot be tried again.
const (
	// NoRow is a whole file that was refused, or what stood in place of a series.
	NoRow Skip = "no row, but a file or what stood in place of a series"
	// Duplicate is a row that said what an earlier row of its file had said, which was taken.
	Duplicate Skip = "the same as a row that was taken"
	// Conflict is a row that said other than an earlier row of its file, which was taken.
	Conflict Skip = "other than a row of the same time that was taken"
	// NoSeries is a row of which nothing says which series it is of: lines of rules 1 do not.
	NoSeries Skip = "without its series"
	// Cut is a row, or a name in its meta, that is longer than what a line keeps.
	Cut Skip = "cut, because it is longer than what a line keeps"
)

// lines reads `rejects/`.
type lines struct {
	scanner *bufio.Scanner
	n       int64
}

func newLines(r io.Reader) *lines {
	scanner := bufio.NewScanner(r)
	scanner.Buffer(nil, maxLine)
	return &lines{scanner: scanner}
}

// next gives a line, and why it cannot be tried again. The error is io.EOF itself at the end.
func (l *lines) next() (pipeline.Reject, Skip, error) {
	var reject pipeline.Reject
	if !l.scanner.Scan() {
		if err := l.scanner.Err(); err != nil {
			return reject, "", fmt.Errorf("line %d: %w", l.n+1, err)
		}
		return reject, "", io.EOF
	}
	l.n++
	err := json.Unmarshal(l.scanner.Bytes(), &reject)
	if err == nil && len(reject.Reasons) == 0 {
		err = errNoReason
	}
	if err != nil {
		return reject, "", fmt.Errorf("line %d is none of rejects/: %w", l.n, err)
	}
	return reject, skip(reject), nil
}

var errNoReason = errors.New("it names no reason")

// skip says why a line cannot be tried again.
func skip(r pipeline.Reject) Skip {
	switch {
	case r.Raw == "" || !isRow(r.Pointer):
		return NoRow
	case refusedFor(r, ingest.DuplicateBar):
		return Duplicate
	case refusedFor(r, ingest.ConflictingBar):
		return Conflict
	case r.Series == nil || r.Series.Symbol == "":
		return NoSeries
	case !jsontext.Value(r.Raw).IsValid() || metaCut(r):
		return Cut
	default:
		return ""
	}
}

// isRow reports whether a pointer is that of a row, such as `/AAPL/values/3`.
func isRow(pointer string) bool {
	at := strings.LastIndexByte(pointer, '/')
	if at < 0 || !strings.HasSuffix(pointer[:at], "/values") {
		return false
	}
	index := pointer[at+1:]
	return index != "" && strings.Trim(index, "0123456789") == ""
}

func refusedFor(r pipeline.Reject, code string) bool {
	return slices.ContainsFunc(r.Reasons, func(why pipeline.Reason) bool { return why.Code == code })
}

// metaCut reports whether what the line says of the series is not all that the file said: a name that was refused for
// its length would pass once it is cut.
func metaCut(r pipeline.Reject) bool {
	return slices.ContainsFunc(r.Reasons, func(why pipeline.Reason) bool {
		return why.Code == ingest.FieldTooLong && !slices.Contains(numbers, why.Field)
	})
}

// numbers are the fields of a row that may be too long.
var numbers = []string{"open", "high", "low", "close", "volume"}
