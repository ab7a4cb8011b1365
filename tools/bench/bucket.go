package main

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

// bucket answers as S3 and EventBridge do, over TLS: it has one object to be read, takes what is written, and forgets
// it, except what is small enough to be a marker.
type bucket struct {
	server  *http.Server
	address string
	input   *os.File
	// announced gets the detail of each event.
	announced chan string

	mu      sync.Mutex
	markers map[string][]byte
}

const (
	inputETag = "0c1d9ae2f0b7e8f3a1b2c3d4e5f60718"
	// largestMarker bounds what is kept, in bytes.
	largestMarker = 64 << 10
)

// openBucket serves the file at a path, by the certificate of an authority.
func openBucket(ctx context.Context, path string, certificate tls.Certificate) (*bucket, error) {
	input, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	b := &bucket{input: input, announced: make(chan string, 1), markers: map[string][]byte{}}
	handler := http.NewServeMux()
	handler.HandleFunc("POST /{$}", b.putEvents)
	handler.HandleFunc("GET /{bucket}/{key...}", b.get)
	handler.HandleFunc("PUT /{bucket}/{key...}", b.put)
	handler.HandleFunc("POST /{bucket}/{key...}", b.multipart)
	handler.HandleFunc("DELETE /{bucket}/{key...}", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNoContent)
	})
	b.server = &http.Server{
		Handler: handler, ReadHeaderTimeout: patience,
		// S3 speaks HTTP/1.1 only.
		TLSConfig: &tls.Config{
			Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"},
		},
	}
	socket, err := loopback(ctx)
	if err != nil {
		input.Close()
		return nil, err
	}
	b.address = socket.Addr().String()
	go func() { _ = b.server.ServeTLS(socket, "", "") }() // it ends by Close
	return b, nil
}

func (b *bucket) close() {
	b.server.Close()
	b.input.Close()
}

func (b *bucket) get(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	marker, found := b.markers[r.URL.Path]
	b.mu.Unlock()
	if found {
		_, _ = w.Write(marker)
		return
	}
	w.Header().Set("ETag", strconv.Quote(inputETag))
	w.Header().Set("Content-Type", "application/json")
	// A reader of its own for each request: several parts may be read at once.
	info, err := b.input.Stat()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	http.ServeContent(w, r, "", info.ModTime(), io.NewSectionReader(b.input, 0, info.Size()))
}

// put takes an object, or a part of one.
func (b *bucket) put(w http.ResponseWriter, r *http.Request) {
	head, err := io.ReadAll(io.LimitReader(r.Body, largestMarker))
	if err == nil {
		_, err = io.Copy(io.Discard, r.Body)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if strings.Contains(r.URL.Path, "/hashes/") {
		b.mu.Lock()
		defer b.mu.Unlock()
		if _, found := b.markers[r.URL.Path]; found && r.Header.Get("If-None-Match") == "*" {
			w.WriteHeader(http.StatusPreconditionFailed)
			_, _ = io.WriteString(w, `<Error><Code>PreconditionFailed</Code><Message>it exists</Message></Error>`)
			return
		}
		b.markers[r.URL.Path] = head
	}
	w.Header().Set("ETag", `"`+strings.Repeat("0", 32)+`"`)
}

// multipart begins and completes uploads.
func (b *bucket) multipart(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/xml")
	if r.URL.Query().Has("uploads") {
		_, _ = io.WriteString(w,
			`<InitiateMultipartUploadResult><UploadId>`+strconv.FormatInt(time.Now().UnixNano(), 36)+
				`</UploadId></InitiateMultipartUploadResult>`)
		return
	}
	_, _ = io.Copy(io.Discard, r.Body)
	_, _ = io.WriteString(w, `<CompleteMultipartUploadResult><ETag>"0-1"</ETag></CompleteMultipartUploadResult>`)
}

func (b *bucket) putEvents(w http.ResponseWriter, r *http.Request) {
	var sent struct{ Entries []struct{ Detail string } }
	if err := json.NewDecoder(r.Body).Decode(&sent); err != nil || len(sent.Entries) != 1 {
		http.Error(w, fmt.Sprintf("%d entries, %v", len(sent.Entries), err), http.StatusBadRequest)
		return
	}
	b.announced <- sent.Entries[0].Detail
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	_, _ = io.WriteString(w, `{"FailedEntryCount":0,"Entries":[{"EventId":"1"}]}`)
}
