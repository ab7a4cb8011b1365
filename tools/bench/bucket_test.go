package main

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Promise: what the ingestor meets is as it is with S3: a part of an object can be read, a version asked for, and a
// marker is created once.
func TestBucket(t *testing.T) {
	dir := t.TempDir()
	input, authority := filepath.Join(dir, "input"), filepath.Join(dir, "authority.pem")
	if err := os.WriteFile(input, []byte("0123456789"), 0o644); err != nil {
		t.Fatal(err)
	}
	certificate, err := issue(authority)
	if err != nil {
		t.Fatal(err)
	}
	b, err := openBucket(t.Context(), input, certificate)
	if err != nil {
		t.Fatal(err)
	}
	defer b.close()
	text, err := os.ReadFile(authority)
	if err != nil {
		t.Fatal(err)
	}
	trusted := x509.NewCertPool()
	trusted.AppendCertsFromPEM(text)
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trusted}}}
	const marker = "/bench/processed/hashes/0"
	for _, call := range []struct {
		method, path, header, value, body string
		status                            int
		want                              string
	}{
		{http.MethodGet, "/bench/inputs/bars.json", "If-Match", `"` + inputETag + `"`, "", 200, "0123456789"},
		{http.MethodGet, "/bench/inputs/bars.json", "Range", "bytes=2-4", "", 206, "234"},
		{http.MethodGet, "/bench/inputs/bars.json", "If-Match", `"other"`, "", 412, ""},
		{http.MethodPut, marker, "If-None-Match", "*", "first", 200, ""},
		{http.MethodPut, marker, "If-None-Match", "*", "second", 412, "<Code>PreconditionFailed</Code>"},
		{http.MethodGet, marker, "", "", "", 200, "first"},
		{http.MethodPut, marker, "", "", "third", 200, ""},
		{http.MethodGet, marker, "", "", "", 200, "third"},
		{http.MethodPost, "/bench/processed/x.jsonl?uploads", "", "", "", 200, "<UploadId>"},
		{http.MethodPut, "/bench/processed/x.jsonl?partNumber=1&uploadId=1", "", "", "rows", 200, ""},
		{http.MethodPost, "/bench/processed/x.jsonl?uploadId=1", "", "", "<X/>", 200, "<ETag>"},
		{http.MethodDelete, "/bench/processed/x.jsonl?uploadId=1", "", "", "", 204, ""},
		{http.MethodPost, "/", "X-Amz-Target", "AWSEvents.PutEvents", `{"Entries":[{"Detail":"{}"}]}`, 200, `"FailedEntryCount":0`},
	} {
		r, err := http.NewRequestWithContext(t.Context(), call.method, "https://"+b.address+call.path, strings.NewReader(call.body))
		if err != nil {
			t.Fatal(err)
		}
		if call.header != "" {
			r.Header.Set(call.header, call.value)
		}
		answer, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil || answer.StatusCode != call.status || !strings.Contains(string(body), call.want) {
			t.Errorf("%s %s: %d %q, %v; want %d %q", call.method, call.path, answer.StatusCode, body, err, call.status, call.want)
		}
	}
	if detail := <-b.announced; detail != "{}" {
		t.Errorf("announced %q", detail)
	}
}
