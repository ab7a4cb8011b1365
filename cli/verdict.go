package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"time"

	"github.com/mejan/mejan/cli/command"
	"github.com/mejan/mejan/functions/ingestor/ingest"
	"github.com/mejan/mejan/functions/pipeline"
)

// verdict is what `mejan validate --json` prints about a file.
type verdict struct {
	File     string           `json:"file"`
	Rows     pipeline.Rows    `json:"rows"`
	Symbols  int              `json:"symbols"`
	Bytes    int64            `json:"bytes"`
	Seconds  float64          `json:"seconds"`
	Reasons  map[string]int64 `json:"reasons"`
	Warnings map[string]int64 `json:"warnings"`
	// Refused are the first refused rows, at most [maxRefused].
	Refused []refusedRow `json:"refused"`
	Error   *fileFault   `json:"error"`
}

// fileFault is why nothing of a file can be used.
type fileFault struct {
	Code   string `json:"code"`
	Offset int64  `json:"offset"`
	Detail string `json:"detail"`
	// Hint says what the file seems to be and what to do, where its first bytes tell.
	Hint string `json:"hint,omitempty"`
}

// refusedRow is the part of a [pipeline.Reject] that leads to the row and says what is wrong with it.
type refusedRow struct {
	Pointer string            `json:"pointer"`
	Offset  int64             `json:"offset"`
	Reasons []pipeline.Reason `json:"reasons"`
}

// maxRefused is how many refused rows a verdict names.
const maxRefused = 5

// firstRefused passes lines of refused rows on, and keeps the first rows.
type firstRefused struct {
	io.Writer
	rows []refusedRow
	// begun is a line that has not ended yet.
	begun []byte
}

func (f *firstRefused) Write(p []byte) (int, error) {
	if len(f.rows) < maxRefused {
		f.begun = append(f.begun, p...)
	}
	for len(f.rows) < maxRefused {
		line, rest, ended := bytes.Cut(f.begun, []byte("\n"))
		if !ended {
			break
		}
		var row refusedRow
		if err := json.Unmarshal(line, &row); err != nil {
			return 0, fmt.Errorf("read refused row: %w", err)
		}
		f.rows, f.begun = append(f.rows, row), rest
	}
	return f.Writer.Write(p)
}

func newVerdict(name string, result ingest.Result, refused []refusedRow, took time.Duration) verdict {
	found := verdict{
		File: name, Rows: result.Rows, Symbols: result.Symbols, Bytes: result.Bytes, Seconds: took.Seconds(),
		Reasons: map[string]int64{}, Warnings: map[string]int64{}, Refused: []refusedRow{},
	}
	maps.Copy(found.Reasons, result.Reasons)
	maps.Copy(found.Warnings, result.Warnings)
	found.Refused = append(found.Refused, refused...)
	return found
}

func (v *validation) print(found verdict) error {
	if v.json {
		encoder := json.NewEncoder(v.stdout)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(found); err != nil {
			return fmt.Errorf("write result: %w", err)
		}
		return nil
	}
	if found.Error != nil {
		return nil // the command's error says it
	}
	if v.titled {
		fmt.Fprintf(v.report, "%s: ", found.File)
	}
	err := found.describe(v.report)
	if v.titled && err == nil {
		_, err = fmt.Fprintln(v.report)
	}
	return err
}

// describe writes the verdict for people.
func (v verdict) describe(w io.Writer) error {
	rate := ""
	if v.Seconds >= 1 {
		rate = fmt.Sprintf(", %.0f MB/s", float64(v.Bytes)/1e6/v.Seconds)
	}
	_, err := fmt.Fprintf(w, "%d rows of %d symbols: %d valid, %d refused (%.2f %%)\n%d bytes in %.2f s%s\n",
		v.Rows.Raw, v.Symbols, v.Rows.Valid, v.Rows.Invalid, v.Rows.RejectedPercentage(), v.Bytes, v.Seconds, rate)
	err = cmp.Or(err,
		command.List(w, "Refused", command.Findings(v.Reasons, pipeline.LevelReject)),
		command.List(w, "Odd, and kept", command.Findings(v.Warnings, pipeline.LevelWarn)))
	if len(v.Refused) == 0 {
		return err
	}
	fmt.Fprint(w, "\nFirst refused rows\n")
	for _, row := range v.Refused {
		_, err = fmt.Fprintf(w, "  %s at byte %d\n", command.Printable(row.Pointer), row.Offset)
		for _, reason := range row.Reasons {
			what := reason.Code
			if reason.Field != "" {
				what += " in " + reason.Field
			}
			_, err = fmt.Fprintf(w, "    %s: %s\n", command.Printable(what), command.Printable(reason.Detail))
		}
	}
	if more := v.Rows.Invalid - int64(len(v.Refused)); more > 0 {
		_, err = fmt.Fprintf(w, "  and %d more, which --rejects writes\n", more)
	}
	return err
}
