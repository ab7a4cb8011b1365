package generate_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/mejan/mejan/tools/bench/generate"
)

// Promise: the exchange is closed on its holidays, where they fall on weekends as well, and open on their neighbours.
func TestSessions(t *testing.T) {
	all := generate.Sessions(time.Date(2026, time.December, 31, 0, 0, 0, 0, time.UTC), 7000)
	for _, closed := range []string{
		"2001-09-11", "2004-06-11", "2007-01-02", "2012-10-29", "2012-10-30", "2018-12-05", "2025-01-09",
		"2012-01-02", "2023-01-02", "2024-01-15", "2024-02-19", "2024-03-29", "2019-04-19", "2008-03-21", "2024-05-27",
		"2022-06-20", "2023-06-19", "2015-07-03", "2021-07-05", "2026-07-03", "2024-09-02", "2024-11-28", "2010-12-24",
		"2022-12-26", "2024-12-25", "2024-03-30",
	} {
		if slices.Contains(all, closed) {
			t.Errorf("%s is no session", closed)
		}
	}
	for _, open := range []string{"2010-12-31", "2021-12-31", "2021-06-18", "2024-11-29", "2024-01-08", "2024-04-01", "2024-07-03"} {
		if !slices.Contains(all, open) {
			t.Errorf("%s is a session", open)
		}
	}
	// The exchange had 252 sessions in 2024 and 251 in 2022.
	for year, want := range map[string]int{"2024": 252, "2022": 251, "2018": 251, "2012": 250} {
		got := 0
		for _, session := range all {
			if session[:4] == year {
				got++
			}
		}
		if got != want {
			t.Errorf("%s: %d sessions, want %d", year, got, want)
		}
	}
}

// Promise: every layout holds the same document, and the rows that are counted.
func TestBatch(t *testing.T) {
	var want any
	for name, style := range map[string]generate.Style{
		"spaced": generate.Spaced, "indented": generate.Indented, "compact": generate.Compact,
	} {
		var out bytes.Buffer
		symbols, rows, err := generate.Batch(&out, style, 0, 2)
		if err != nil || symbols != 2 || rows.Raw != 10_000 || rows.Valid+rows.Invalid != rows.Raw || rows.Invalid < 50 {
			t.Fatalf("%s: %d symbols, rows %+v, %v", name, symbols, rows, err)
		}
		var got any
		if err := json.Unmarshal(out.Bytes(), &got); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if want == nil {
			want = got
		}
		a, _ := json.Marshal(got)
		b, _ := json.Marshal(want)
		if !bytes.Equal(a, b) {
			t.Errorf("%s holds another document", name)
		}
	}
}

// Promise: as many symbols are made as fit.
func TestBatchSize(t *testing.T) {
	const size = 5_000_000
	var out bytes.Buffer
	symbols, _, err := generate.Batch(&out, generate.Spaced, size, 0)
	if err != nil || symbols < 2 || out.Len() > size || out.Len()+out.Len()/symbols < size {
		t.Errorf("%d symbols in %d bytes, %v", symbols, out.Len(), err)
	}
}

// Promise: the lines are the batch's rows, one by one.
func TestLines(t *testing.T) {
	var out, again bytes.Buffer
	rows, err := generate.Lines(&out, 2)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := generate.Lines(&again, 2); err != nil || sha256.Sum256(out.Bytes()) != sha256.Sum256(again.Bytes()) {
		t.Errorf("made twice, it differs, or %v", err)
	}
	_, batch, err := generate.Batch(io.Discard, generate.Spaced, 0, 2)
	if err != nil || rows != batch || bytes.Count(out.Bytes(), []byte("\n")) != int(rows.Raw) {
		t.Errorf("rows %+v in %d lines, batch %+v, %v", rows, bytes.Count(out.Bytes(), []byte("\n")), batch, err)
	}
	for line := range bytes.Lines(out.Bytes()) {
		if !json.Valid(line) {
			t.Fatalf("%s", line)
		}
	}
}

// Promise: processed rows have the members of those that the ingestor writes, in its order, so that the analysis of them
// is the analysis of real ones.
func TestProcessed(t *testing.T) {
	var out bytes.Buffer
	if _, err := generate.Processed(&out, 1, 1); err != nil {
		t.Fatal(err)
	}
	golden, err := os.ReadFile("../../../functions/ingestor/ingest/testdata/split/batch.valid.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	real, _, _ := bytes.Cut(golden, []byte("\n"))
	optional := map[string]bool{"timezone": true, "warnings": true, "mic_code": true, "type": true}
	if got, want := members(t, out.Bytes(), optional), members(t, real, optional); !slices.Equal(got, want) {
		t.Errorf("members: got %q, want %q", got, want)
	}
}

// members lists the names and the schema of a row, those left out that not each row has.
func members(t *testing.T, row []byte, without map[string]bool) (names []string) {
	d := json.NewDecoder(bytes.NewReader(row))
	d.UseNumber()
	for {
		name, err := d.Token()
		if err != nil || name == json.Delim('}') {
			return names
		}
		if name == json.Delim('{') {
			continue
		}
		value, err := d.Token()
		if err != nil {
			t.Fatal(err)
		}
		text := name.(string)
		if text == "schema" {
			text += fmt.Sprint(value)
		}
		if !without[text] {
			names = append(names, text)
		}
	}
}

// Promise: a whole file is taken as it is; one that was cut short is made anew.
func TestMake(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x")
	made := 0
	write := func(out io.Writer) (int, generate.Rows, error) {
		made++
		_, err := io.WriteString(out, "rows")
		return 3, generate.Rows{Raw: 1}, err
	}
	for _, cut := range []bool{false, false, true} {
		if cut {
			if err := os.Truncate(path, 2); err != nil {
				t.Fatal(err)
			}
		}
		file, err := generate.Make(path, write)
		if err != nil || file.Bytes != 4 || file.Symbols != 3 || file.Rows.Raw != 1 || file.Path != path {
			t.Fatalf("cut %t: %+v, %v", cut, file, err)
		}
	}
	if made != 2 {
		t.Errorf("made %d times, want 2", made)
	}
}
