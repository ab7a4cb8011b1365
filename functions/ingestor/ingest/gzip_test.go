package ingest_test

import (
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

func unzip(body []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(io.LimitReader(r, 64<<20))
}
