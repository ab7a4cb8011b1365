package ingest_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/mejan/mejan/functions/ingestor/ingest"
	"github.com/mejan/mejan/functions/pipeline"
)

const row = `{"datetime":"2018-02-05","open":"10","high":"12","low":"9","close":"11"}`

// A file that cannot be used says what is wrong with it, where, and in the same words each time.
func TestFileErrors(t *testing.T) {
	series := `{"meta":{"symbol":"A","interval":"1day"},"values":[` + row + `]}`
	for name, test := range map[string]struct {
		body string
		want ingest.FileError
	}{
		"empty":         {"", ingest.FileError{Code: "MALFORMED_JSON", Offset: 0, Detail: "unexpected end of the file"}},
		"white space":   {" \n", ingest.FileError{Code: "MALFORMED_JSON", Offset: 2, Detail: "unexpected end of the file"}},
		"not JSON":      {"Symbol,Open\n", ingest.FileError{Code: "MALFORMED_JSON", Offset: 0, Detail: "invalid character 'S' at start of value"}},
		"cut off":       {series[:60], ingest.FileError{Code: "MALFORMED_JSON", Pointer: "/values/0", Offset: 60, Detail: "unexpected end of the file"}},
		"comma":         {`{"A":1,}`, ingest.FileError{Code: "MALFORMED_JSON", Offset: 7, Detail: "invalid character '}' where a name is due"}},
		"NaN":           {`{"values":[{"open":NaN}]}`, ingest.FileError{Code: "MALFORMED_JSON", Pointer: "/values/0/open", Offset: 19, Detail: "invalid character 'N' at start of value"}},
		"name twice":    {`{"values":[{"open":"1","open":"2"}]}`, ingest.FileError{Code: "MALFORMED_JSON", Pointer: "/values/0/open", Offset: 23, Detail: "duplicate object member name"}},
		"not UTF-8":     {"{\"A\":\"\xff\"}", ingest.FileError{Code: "MALFORMED_JSON", Pointer: "/A", Offset: 6, Detail: "invalid UTF-8"}},
		"two documents": {series + series, ingest.FileError{Code: "MALFORMED_JSON", Offset: int64(len(series)), Detail: "something follows the document"}},
		"two broken":    {series + " ]", ingest.FileError{Code: "MALFORMED_JSON", Offset: int64(len(series)) + 1, Detail: "something follows the document"}},
		"too large":     {`{"A":"` + strings.Repeat("x", 3<<20) + `"}`, ingest.FileError{Code: "TOO_LARGE", Offset: 5, Detail: "a value of more than 1048576 bytes"}},
		"array":         {`[` + series + `]`, ingest.FileError{Code: "NO_SERIES", Detail: "an array, not a series nor a batch of them"}},
		"string":        {`"text"`, ingest.FileError{Code: "NO_SERIES", Detail: "a string, not a series nor a batch of them"}},
		"other object":  {`{"name":"x","list":[1,2,{}],"data":{"id":{}}}`, ingest.FileError{Code: "NO_SERIES", Detail: "neither a series nor a batch of them"}},
		"empty object":  {`{}`, ingest.FileError{Code: "NO_SERIES", Detail: "neither a series nor a batch of them"}},
		"no rows":       {`{"A":{"meta":{},"values":[]}}`, ingest.FileError{Code: "NO_SERIES", Detail: "there is a series, but no rows in it"}},
		"bare error":    {`{"code":429,"message":"You have run out of API credits","status":"error"}`, ingest.FileError{Code: "PROVIDER_ERROR", Detail: "429: You have run out of API credits"}},
		"mute error":    {`{"status":"error"}`, ingest.FileError{Code: "PROVIDER_ERROR", Detail: "no message"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := split(t, "inputs/x.json", []byte(test.body))
			if diff := cmp.Diff(test.want, *fileError(t, got.err)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			want := ingest.Result{Reasons: map[string]int64{test.want.Code: 1}, Bytes: int64(len(test.body))}
			if diff := cmp.Diff(want, got.result); diff != "" {
				t.Errorf("result (-want +got):\n%s", diff)
			}
			slow := splitFrom(iotest.OneByteReader(strings.NewReader(test.body)), "inputs/x.json")
			if diff := cmp.Diff(test.want, *fileError(t, slow.err)); diff != "" {
				t.Errorf("one byte at a time (-want +got):\n%s", diff)
			}
		})
	}
}

// What is said of a broken file depends on nothing but the file: not on where the pieces end in which it is read.
func TestBrokenByOneLetter(t *testing.T) {
	for n := range 200 {
		got := splitRun(strings.NewReader(`{"meta":{"symbol":"A","interval":"1day"},"values":[{"x":"`+strings.Repeat("y", n)+
			`","open":é}]}`), ingest.Run{})
		if broken := fileError(t, got.err); broken.Detail != "invalid character 'é' at start of value" {
			t.Fatalf("%d: %s", n, broken.Detail)
		}
	}
}

// A file that ends too early is never taken for a whole one, wherever it ends.
func TestEveryPrefixIsMalformed(t *testing.T) {
	body := bytes.TrimSpace(readFile(t, "testdata/split/batch.json"))
	for n := range body {
		got := split(t, "inputs/x.json", body[:n])
		if broken := fileError(t, got.err); broken.Code != ingest.MalformedJSON || broken.Offset > int64(n) {
			t.Fatalf("first %d bytes: got %+v", n, broken)
		}
	}
}

// A connection that breaks is not the file's fault, wherever it breaks, even where both look alike.
func TestBrokenConnectionIsNoFileError(t *testing.T) {
	body := readFile(t, "testdata/split/batch.json")
	for key, content := range map[string][]byte{"inputs/x.json": body, "inputs/x.json.gz": gzipped(t, body)} {
		for n := range content {
			for _, fault := range []error{
				io.ErrUnexpectedEOF, errors.New("connection reset"), fmt.Errorf("read response: %w", io.EOF),
			} {
				r := io.MultiReader(bytes.NewReader(content[:n]), &failOnce{fault})
				got := splitFrom(r, key)
				var broken *ingest.FileError
				if errors.As(got.err, &broken) || !errors.Is(got.err, fault) {
					t.Fatalf("%s, after %d bytes: got error %v, want %v", key, n, got.err, fault)
				}
			}
		}
	}
}

// failOnce fails, and then says that there is no more.
type failOnce struct{ err error }

func (r *failOnce) Read([]byte) (int, error) {
	err := r.err
	r.err = io.EOF
	return 0, err
}

// Trouble with an output is not the file's fault either.
func TestWriterErrors(t *testing.T) {
	body := readFile(t, "testdata/split/batch.json")
	full := errors.New("disk full")
	for name, writers := range map[string][2]io.Writer{
		"valid":    {failingWriter{full}, io.Discard},
		"rejected": {io.Discard, failingWriter{full}},
	} {
		_, err := ingest.Split(bytes.NewReader(body), ingest.Run{}, writers[0], writers[1])
		if !errors.Is(err, full) {
			t.Errorf("%s: got error %v, want %v", name, err, full)
		}
	}
}

type failingWriter struct{ err error }

func (w failingWriter) Write([]byte) (int, error) { return 0, w.err }

// A compressed file that is damaged is refused like a damaged document, and one that unfolds beyond measure is stopped.
func TestCompressedFileErrors(t *testing.T) {
	body := readFile(t, "testdata/split/batch.json")
	whole := gzipped(t, body)
	flipped := bytes.Clone(whole)
	flipped[len(flipped)-5] ^= 1 // of the checksum
	bomb := gzipped(t, append([]byte(`{"A":`), bytes.Repeat([]byte(" "), 80<<20)...))
	for name, test := range map[string]struct {
		body []byte
		code string
	}{
		"empty":          {nil, "MALFORMED_JSON"},
		"header only":    {whole[:5], "MALFORMED_GZIP"},
		"cut off":        {whole[:len(whole)/2], "MALFORMED_GZIP"},
		"no checksum":    {whole[:len(whole)-8], "MALFORMED_GZIP"},
		"wrong checksum": {flipped, "MALFORMED_GZIP"},
		"garbage after":  {append(bytes.Clone(whole), "garbage"...), "MALFORMED_GZIP"},
		"broken inside":  {gzipped(t, body[:500]), "MALFORMED_JSON"},
		"bomb of space":  {bomb, "TOO_LARGE"},
	} {
		got := split(t, "inputs/x.json.gz", test.body)
		if broken := fileError(t, got.err); broken.Code != test.code {
			t.Errorf("%s: got %+v, want %s", name, broken, test.code)
		}
	}
}

// The line about a refused file is a reject like any other.
func TestFileErrorLine(t *testing.T) {
	source := pipeline.Source{Bucket: "data", Key: "inputs/a<b>.json", ETag: "00bb", Size: 3}
	line := ingest.Run{ID: "run", Source: source}.Line(&ingest.FileError{Code: "MALFORMED_JSON", Pointer: "/A", Offset: 7, Detail: "x"})
	var got pipeline.Reject
	if err := json.Unmarshal(line, &got); err != nil {
		t.Fatal(err)
	}
	want := pipeline.Reject{
		Schema: pipeline.Schema, RunID: "run", Source: source, Pointer: "/A", Offset: 7, Rules: ingest.Rules,
		Reasons: []pipeline.Reason{{Code: "MALFORMED_JSON", Detail: "x"}},
	}
	if diff := cmp.Diff(want, got); diff != "" || bytes.Count(line, []byte("\n")) != 1 {
		t.Errorf("%s(-want +got):\n%s", line, diff)
	}
}
