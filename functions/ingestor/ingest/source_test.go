package ingest

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"testing"

	"github.com/mejan/mejan/functions/pipeline"
)

// A compressed file of small values may unfold beyond measure too, and is stopped soon after it does.
func TestCompressionRatio(t *testing.T) {
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	zeros := make([]byte, 1<<20)
	for range 2 * freeContent / len(zeros) {
		if _, err := w.Write(zeros); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	src := newSource(&zipped, pipeline.DefaultLimits())
	n, err := io.Copy(io.Discard, src)
	var broken *FileError
	if !errors.As(err, &broken) || broken.Code != TooLarge {
		t.Errorf("got error %v, want %s", err, TooLarge)
	}
	if n > freeContent+1<<20 {
		t.Errorf("stopped after %d bytes, %d are free", n, freeContent)
	}
}
