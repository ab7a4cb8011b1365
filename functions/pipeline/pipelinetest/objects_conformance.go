package pipelinetest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"sync"
	"testing"

	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/functions/pipeline/objects"
)

// ObjectStore is what [objects.Store] does; see there for the promises.
type ObjectStore interface {
	Open(ctx context.Context, r objects.Ref) (*objects.Object, error)
	Create(ctx context.Context, r objects.Ref, body []byte) error
	Put(ctx context.Context, r objects.Ref, body []byte) error
	Upload(ctx context.Context, r objects.Ref) objects.Upload
}

// InputStore is what [objects.Store] does for who puts an input there.
type InputStore interface {
	CreateFrom(ctx context.Context, r objects.Ref, body io.ReadSeeker, metadata map[string]string) error
}

// ObjectsEndpoint is an object store under test, on behalf of a caller who may list the bucket.
type ObjectsEndpoint struct {
	Store interface {
		ObjectStore
		InputStore
	}
	// Bucket exists and may hold objects already; the suite writes under `conformance/`.
	Bucket string
	// Seed puts an object in place as an uploader would.
	Seed func(t *testing.T, key string, body []byte, metadata map[string]string)
}

// ObjectsConformance checks what the functions rely on.
func ObjectsConformance(t *testing.T, e ObjectsEndpoint) {
	t.Run("open", e.open)
	t.Run("create", e.create)
	t.Run("create from", e.createFrom)
	t.Run("create once", e.createOnce)
	t.Run("put", e.put)
	t.Run("upload", e.upload)
	t.Run("abort", e.abort)
}

// A version is read whole or not at all, with what its uploader attached.
func (e ObjectsEndpoint) open(t *testing.T) {
	// As a person would name a file: the key must arrive as it is.
	at := e.at("open/näme with+plus %25 & more.json")
	first := []byte(`{"first": true}`)
	e.Seed(t, at.Key, first, map[string]string{pipeline.CorrelationMetadata: "upload/42:a_b.c"})

	opened := e.mustOpen(t, at)
	if opened.ETag != etag(first) {
		t.Errorf("etag: got %q, want %q, without quotes", opened.ETag, etag(first))
	}
	if opened.Size != int64(len(first)) {
		t.Errorf("size: got %d, want %d", opened.Size, len(first))
	}
	if got := opened.Metadata[pipeline.CorrelationMetadata]; got != "upload/42:a_b.c" {
		t.Errorf("metadata: got %q, in %v", got, opened.Metadata)
	}

	at.ETag = etag(first)
	if got := e.read(t, at); !bytes.Equal(got, first) {
		t.Errorf("body of the version asked for: got %q", got)
	}
	e.Seed(t, at.Key, []byte(`{"second": true}`), nil)
	_, err := e.Store.Open(t.Context(), at)
	e.is(t, "open a version that was replaced", err, objects.ErrChanged)
	_, err = e.Store.Open(t.Context(), e.at("open/missing.json"))
	e.is(t, "open a missing key", err, objects.ErrNotFound)
	missing := e.at("open/missing.json")
	missing.ETag = etag(first)
	_, err = e.Store.Open(t.Context(), missing)
	e.is(t, "open a version of a missing key", err, objects.ErrNotFound)
}

// What was created first stays.
func (e ObjectsEndpoint) create(t *testing.T) {
	at := e.at("create/marker")
	e.must(t, e.Store.Create(t.Context(), at, []byte("first")))
	e.is(t, "create again", e.Store.Create(t.Context(), at, []byte("second")), objects.ErrExists)
	if got := e.read(t, at); string(got) != "first" {
		t.Errorf("after both: got %q, want %q", got, "first")
	}
}

// An input is created whole, wherever its reader stands, with what is attached to it, and once.
func (e ObjectsEndpoint) createFrom(t *testing.T) {
	at := e.at("create/input.json")
	first := bytes.NewReader([]byte("first"))
	if _, err := first.Seek(0, io.SeekEnd); err != nil {
		t.Fatal(err)
	}
	attached := map[string]string{pipeline.CorrelationMetadata: "upload/42:a_b.c"}
	e.must(t, e.Store.CreateFrom(t.Context(), at, first, attached))
	second := bytes.NewReader([]byte("second"))
	e.is(t, "create again", e.Store.CreateFrom(t.Context(), at, second, nil), objects.ErrExists)
	opened := e.mustOpen(t, at)
	if got := opened.Metadata[pipeline.CorrelationMetadata]; got != "upload/42:a_b.c" {
		t.Errorf("metadata: got %q, in %v", got, opened.Metadata)
	}
	if got := e.read(t, at); string(got) != "first" {
		t.Errorf("after both: got %q, want %q", got, "first")
	}
}

// Of several that create at once one succeeds, all others are told that the object exists, and its body is the
// winner's.
func (e ObjectsEndpoint) createOnce(t *testing.T) {
	at := e.at("create/contended")
	const rivals = 8
	errs := make([]error, rivals)
	var wg sync.WaitGroup
	for i := range rivals {
		wg.Go(func() { errs[i] = e.Store.Create(t.Context(), at, []byte{byte('a' + i)}) })
	}
	wg.Wait()
	winner := -1
	for i, err := range errs {
		switch {
		case err == nil && winner >= 0:
			t.Errorf("rivals %d and %d both created it", winner, i)
		case err == nil:
			winner = i
		default:
			e.is(t, "create by a rival", err, objects.ErrExists)
		}
	}
	if winner < 0 {
		t.Fatal("nobody created it")
	}
	if got := e.read(t, at); string(got) != string(rune('a'+winner)) {
		t.Errorf("body: got %q, rival %d created it", got, winner)
	}
}

// A put replaces, and is seen at once.
func (e ObjectsEndpoint) put(t *testing.T) {
	at := e.at("put/marker")
	e.must(t, e.Store.Put(t.Context(), at, []byte("first")))
	e.must(t, e.Store.Put(t.Context(), at, []byte("second")))
	if got := e.read(t, at); string(got) != "second" {
		t.Errorf("got %q, want %q", got, "second")
	}
}

// An upload is invisible until it is committed, then whole, whatever its size.
func (e ObjectsEndpoint) upload(t *testing.T) {
	line := []byte("0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnop\n")
	for name, size := range map[string]int{
		"empty": 0, "small": 1000, "one part": objects.PartSize, "two and a bit": 2*objects.PartSize + 1000,
	} {
		t.Run(name, func(t *testing.T) {
			at := e.at("upload/" + name + ".jsonl")
			want := bytes.Repeat(line, size/len(line)+1)[:size]
			u := e.Store.Upload(t.Context(), at)
			for rest := want; len(rest) > 0; {
				n := min(len(rest), 1<<20+7)
				if _, err := u.Write(rest[:n]); err != nil {
					t.Fatalf("write: %v", err)
				}
				rest = rest[n:]
			}
			_, err := e.Store.Open(t.Context(), at)
			e.is(t, "open before the commit", err, objects.ErrNotFound)
			e.must(t, u.Commit(t.Context()))
			e.must(t, u.Abort(t.Context())) // has no effect any more
			if got := e.read(t, at); !bytes.Equal(got, want) {
				t.Errorf("got %d bytes, want %d, or other bytes", len(got), len(want))
			}
		})
	}
}

// What is aborted is never seen, also when the caller's time is over.
func (e ObjectsEndpoint) abort(t *testing.T) {
	for name, size := range map[string]int{"small": 1000, "two parts": 2 * objects.PartSize} {
		t.Run(name, func(t *testing.T) {
			at := e.at("abort/" + name + ".jsonl")
			u := e.Store.Upload(t.Context(), at)
			if _, err := u.Write(make([]byte, size)); err != nil {
				t.Fatalf("write: %v", err)
			}
			done, cancel := context.WithCancel(t.Context())
			cancel()
			e.must(t, u.Abort(done))
			_, err := e.Store.Open(t.Context(), at)
			e.is(t, "open after the abort", err, objects.ErrNotFound)
		})
	}
}

func (e ObjectsEndpoint) at(key string) objects.Ref {
	return objects.Ref{Bucket: e.Bucket, Key: "conformance/" + key}
}

func (e ObjectsEndpoint) mustOpen(t *testing.T, at objects.Ref) *objects.Object {
	t.Helper()
	opened, err := e.Store.Open(t.Context(), at)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() { _ = opened.Body.Close() })
	return opened
}

func (e ObjectsEndpoint) read(t *testing.T, at objects.Ref) []byte {
	t.Helper()
	got, err := io.ReadAll(e.mustOpen(t, at).Body)
	if err != nil {
		t.Fatalf("read: %v", err)
	}
	return got
}

func (e ObjectsEndpoint) must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("unexpected error: %v", err)
	}
}

func (e ObjectsEndpoint) is(t *testing.T, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: got error %v, want %v", what, err, want)
	}
}
