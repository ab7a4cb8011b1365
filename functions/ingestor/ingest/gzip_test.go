package ingest_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mejan/mejan/functions/ingestor/ingest"
)

// A compressed file is the file that it unfolds to: the same rows, or the same fault at the same byte. One that does not
// unfold, to somebody else's reader, is refused for that, and no input takes more than its measure.
func FuzzGzip(f *testing.F) {
	for _, name := range []string{"batch", "rows", "single"} {
		body := gzipped(f, readFile(f, "testdata/split/"+name+".json"))
		f.Add(body)
		f.Add(body[:len(body)/2])
		f.Add(append(bytes.Clone(body), body...))
		f.Add(append(bytes.Clone(body), "behind"...))
	}
	f.Add([]byte("\x1f\x8b"))
	f.Add([]byte("\x1f\x8b\x08"))
	f.Fuzz(func(t *testing.T, body []byte) {
		got := split(t, "inputs/x.json.gz", body)
		if !bytes.HasPrefix(body, []byte("\x1f\x8b")) {
			return
		}
		plain, err := unzip(body)
		if err != nil {
			// What was unfolded before may have been enough to refuse the file.
			fileError(t, got.err)
			return
		}
		if bytes.HasPrefix(plain, []byte("\x1f\x8b")) || len(plain) > 1<<20 {
			return
		}
		want := split(t, "inputs/x.json.gz", plain)
		want.result.Bytes = int64(len(body))
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(outcome{}), cmp.Comparer(sameFault)); diff != "" {
			t.Errorf("(-plain +compressed):\n%s", diff)
		}
	})
}

func sameFault(a, b error) bool {
	var x, y *ingest.FileError
	if errors.As(a, &x) && errors.As(b, &y) {
		return *x == *y
	}
	return a == nil && b == nil
}

// unzip unfolds a file part by part with the standard library, which lets bits of a header pass that must be zero (RFC
// 1952, 2.3.1.2).
func unzip(body []byte) ([]byte, error) {
	from := bufio.NewReader(bytes.NewReader(body))
	var part gzip.Reader
	var whole bytes.Buffer
	for {
		switch head, _ := from.Peek(4); {
		case len(head) == 0:
			return whole.Bytes(), nil
		case len(head) == 4 && head[3]>>5 != 0:
			return nil, gzip.ErrHeader
		}
		if err := part.Reset(from); err != nil {
			return nil, err
		}
		part.Multistream(false)
		if _, err := io.Copy(&whole, io.LimitReader(&part, 64<<20)); err != nil {
			return nil, err
		}
	}
}
