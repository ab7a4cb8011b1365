package objects_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/mejan/mejan/functions/pipeline/objects"
	"github.com/mejan/mejan/functions/pipeline/pipelinetest"
)

// What the fake accepts, S3 accepts: both pass the same suite.
func TestConformanceMemory(t *testing.T) {
	pipelinetest.ObjectsConformance(t, pipelinetest.NewObjects(t, nil).Endpoint("memory"))
}

func TestConformanceMoto(t *testing.T) {
	cfg := pipelinetest.Moto(t)
	if _, err := s3.NewFromConfig(cfg).CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String("moto")}); err != nil {
		t.Fatal(err)
	}
	pipelinetest.ObjectsConformance(t, pipelinetest.S3(cfg, "moto"))
	pipelinetest.UploadChecksums(t, cfg, "moto")
}

// Each answer of S3 that the functions act on becomes its sentinel, and all others none of them.
func TestErrors(t *testing.T) {
	sentinels := []error{objects.ErrNotFound, objects.ErrExists, objects.ErrChanged, objects.ErrConflict, objects.ErrDenied}
	for name, test := range map[string]struct {
		status int
		code   string
		open   error
		create error
	}{
		"missing key":    {http.StatusNotFound, "NoSuchKey", objects.ErrNotFound, objects.ErrNotFound},
		"missing bucket": {http.StatusNotFound, "NoSuchBucket", nil, nil},
		"precondition":   {http.StatusPreconditionFailed, "PreconditionFailed", objects.ErrChanged, objects.ErrExists},
		"conflict":       {http.StatusConflict, "ConditionalRequestConflict", objects.ErrConflict, objects.ErrConflict},
		"aborted":        {http.StatusConflict, "OperationAborted", objects.ErrConflict, objects.ErrConflict},
		"denied":         {http.StatusForbidden, "AccessDenied", objects.ErrDenied, objects.ErrDenied},
		"bad signature":  {http.StatusForbidden, "SignatureDoesNotMatch", nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			store := answering(t, func(w http.ResponseWriter, _ *http.Request) { fail(w, test.status, test.code) })
			_, err := store.Open(t.Context(), objects.Ref{Bucket: "b", Key: "k", ETag: "e"})
			checkSentinel(t, "open", err, test.open, sentinels)
			err = store.Create(t.Context(), objects.Ref{Bucket: "b", Key: "k"}, nil)
			checkSentinel(t, "create", err, test.create, sentinels)
		})
	}
}

func checkSentinel(t *testing.T, what string, err, want error, all []error) {
	t.Helper()
	if err == nil {
		t.Fatalf("%s: no error", what)
	}
	for _, sentinel := range all {
		if got := errors.Is(err, sentinel); got != errors.Is(sentinel, want) {
			t.Errorf("%s: error %q is %q: got %t", what, err, sentinel, got)
		}
	}
}

// Writers of a marker that overlap get a 409 from S3; asking again tells who has won, so it never reaches the caller.
func TestCreateAsksAgainAfterConflict(t *testing.T) {
	calls := 0
	store := answering(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("If-None-Match") != "*" {
			t.Errorf("If-None-Match: got %q, want *", r.Header.Get("If-None-Match"))
		}
		if calls++; calls == 1 {
			fail(w, http.StatusConflict, "ConditionalRequestConflict")
			return
		}
		fail(w, http.StatusPreconditionFailed, "PreconditionFailed")
	})
	err := store.Create(t.Context(), objects.Ref{Bucket: "b", Key: "k"}, []byte("x"))
	if !errors.Is(err, objects.ErrExists) {
		t.Errorf("got error %v, want %v", err, objects.ErrExists)
	}
	if calls != 2 {
		t.Errorf("got %d calls, want 2", calls)
	}
}

// A part that S3 refuses leaves nothing behind: the commit fails, and the abort reaches S3 although the caller is gone.
func TestUploadFailsAsOne(t *testing.T) {
	var seen []string
	store := answering(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Method == http.MethodPost && r.URL.Query().Has("uploads"):
			seen = append(seen, "create")
			_, _ = w.Write([]byte(`<InitiateMultipartUploadResult><UploadId>u1</UploadId></InitiateMultipartUploadResult>`))
		case r.Method == http.MethodPut:
			seen = append(seen, "part")
			_, _ = io.Copy(io.Discard, r.Body) // an early answer would look like a broken connection
			fail(w, http.StatusForbidden, "AccessDenied")
		case r.Method == http.MethodDelete && r.URL.Query().Get("uploadId") == "u1":
			seen = append(seen, "abort")
			w.WriteHeader(http.StatusNoContent)
		default:
			seen = append(seen, r.Method+" "+r.URL.String())
			fail(w, http.StatusBadRequest, "Unexpected")
		}
	})
	ctx, cancel := context.WithCancel(t.Context())
	u := store.Upload(ctx, objects.Ref{Bucket: "b", Key: "k"})
	if _, err := u.Write(make([]byte, objects.PartSize+1)); !errors.Is(err, objects.ErrDenied) {
		t.Errorf("write: got error %v, want %v", err, objects.ErrDenied)
	}
	if err := u.Commit(ctx); !errors.Is(err, objects.ErrDenied) {
		t.Errorf("commit: got error %v, want %v", err, objects.ErrDenied)
	}
	cancel()
	if err := u.Abort(ctx); err != nil {
		t.Errorf("abort: %v", err)
	}
	if got, want := strings.Join(seen, " "), "create part abort"; got != want {
		t.Errorf("calls: got %q, want %q", got, want)
	}
	if err := u.Commit(t.Context()); err == nil {
		t.Error("commit after the abort: no error")
	}
}

// A part, its commit and its abort each end in their own way: S3 is told the whole size, an upload that it no longer
// knows is one that was committed, and one that was committed is not aborted.
func TestUploadEnds(t *testing.T) {
	size := strconv.Itoa(objects.PartSize + 1)
	for name, test := range map[string]struct {
		complete, abort string // codes of S3, empty for success
		aborted         bool   // whether the abort has an error
		calls           string
	}{
		"committed":                 {calls: "create part part complete"},
		"committed, answer lost":    {complete: "NoSuchUpload", abort: "NoSuchUpload", calls: "create part part complete abort"},
		"not committed":             {complete: "BadDigest", calls: "create part part complete abort"},
		"neither, and it goes on":   {complete: "BadDigest", abort: "AccessDenied", aborted: true, calls: "create part part complete abort"},
		"conflict with other write": {complete: "ConditionalRequestConflict", calls: "create part part complete abort"},
	} {
		t.Run(name, func(t *testing.T) {
			var calls []string
			answer := func(w http.ResponseWriter, call, code, body string) {
				if calls = append(calls, call); code != "" {
					fail(w, http.StatusBadRequest, code)
					return
				}
				_, _ = w.Write([]byte(body))
			}
			store := answering(t, func(w http.ResponseWriter, r *http.Request) {
				switch {
				case r.Method == http.MethodPost && r.URL.Query().Has("uploads"):
					answer(w, "create", "", `<InitiateMultipartUploadResult><UploadId>u1</UploadId></InitiateMultipartUploadResult>`)
				case r.Method == http.MethodPut:
					_, _ = io.Copy(io.Discard, r.Body)
					answer(w, "part", "", "")
				case r.Method == http.MethodPost:
					if got := r.Header.Get("X-Amz-Mp-Object-Size"); got != size {
						t.Errorf("size told to S3: got %q, want %q", got, size)
					}
					answer(w, "complete", test.complete, `<CompleteMultipartUploadResult></CompleteMultipartUploadResult>`)
				default:
					answer(w, "abort", test.abort, "")
				}
			})
			u := store.Upload(t.Context(), objects.Ref{Bucket: "b", Key: "k"})
			if _, err := u.Write(make([]byte, objects.PartSize+1)); err != nil {
				t.Fatalf("write: %v", err)
			}
			err := u.Commit(t.Context())
			if (err != nil) != (test.complete != "") {
				t.Errorf("commit: got error %v", err)
			}
			if got, want := errors.Is(err, objects.ErrConflict), test.complete == "ConditionalRequestConflict"; got != want {
				t.Errorf("commit: error %v is %v: got %t", err, objects.ErrConflict, got)
			}
			if err := u.Abort(t.Context()); (err != nil) != test.aborted {
				t.Errorf("abort: got error %v", err)
			}
			if err := u.Abort(t.Context()); err != nil {
				t.Errorf("abort again: %v", err)
			}
			if got := strings.Join(calls, " "); got != test.calls {
				t.Errorf("calls: got %q, want %q", got, test.calls)
			}
		})
	}
}

// An upload that was aborted, or whose last part failed, is over: nothing of it can be written or committed any more.
func TestUploadIsOver(t *testing.T) {
	calls := 0
	store := answering(t, func(w http.ResponseWriter, r *http.Request) {
		calls++
		_, _ = io.Copy(io.Discard, r.Body)
		switch {
		case r.URL.Query().Has("uploads"):
			_, _ = w.Write([]byte(`<InitiateMultipartUploadResult><UploadId>u1</UploadId></InitiateMultipartUploadResult>`))
		case r.URL.Query().Get("partNumber") == "2":
			fail(w, http.StatusForbidden, "AccessDenied")
		}
	})
	for name, size := range map[string]int{"aborted": 1, "last part failed": objects.PartSize + 1} {
		u := store.Upload(t.Context(), objects.Ref{Bucket: "b", Key: "k"})
		if _, err := u.Write(make([]byte, size)); err != nil {
			t.Fatalf("%s: write: %v", name, err)
		}
		if size > objects.PartSize {
			if err := u.Commit(t.Context()); !errors.Is(err, objects.ErrDenied) {
				t.Errorf("%s: commit: got error %v, want %v", name, err, objects.ErrDenied)
			}
		} else if err := u.Abort(t.Context()); err != nil {
			t.Errorf("%s: abort: %v", name, err)
		}
		calls = 0
		if n, err := u.Write([]byte("more")); n != 0 || err == nil {
			t.Errorf("%s: wrote %d bytes, error %v", name, n, err)
		}
		if err := u.Commit(t.Context()); err == nil || calls != 0 {
			t.Errorf("%s: commit: no error, or %d calls to S3", name, calls)
		}
	}
}

// What fits into one part costs one call: S3 charges for each.
func TestSmallUploadIsOneCall(t *testing.T) {
	calls := 0
	store := answering(t, func(http.ResponseWriter, *http.Request) { calls++ })
	u := store.Upload(t.Context(), objects.Ref{Bucket: "b", Key: "k"})
	for range 100 {
		if _, err := u.Write([]byte("line\n")); err != nil {
			t.Fatal(err)
		}
	}
	if err := u.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if calls != 1 {
		t.Errorf("got %d calls, want 1", calls)
	}
}

func answering(t *testing.T, handler http.HandlerFunc) *objects.Store {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return objects.New(pipelinetest.Endpoint(server.URL))
}

func fail(w http.ResponseWriter, status int, code string) {
	w.WriteHeader(status)
	_, _ = w.Write([]byte(`<Error><Code>` + code + `</Code><Message>as told</Message></Error>`))
}
