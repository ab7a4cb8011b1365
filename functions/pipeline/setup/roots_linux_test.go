package setup_test

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/functions/pipeline/objects"
	"github.com/mejan/mejan/functions/pipeline/setup"
)

// asksByTLS makes this test binary a function that asks S3 once and prints whom it trusts. A process reads the roots of
// its system once, so each case needs a process of its own.
const asksByTLS = "MEJAN_TEST_ASKS_BY_TLS"

func TestMain(m *testing.M) {
	if os.Getenv(asksByTLS) == "" {
		os.Exit(m.Run())
	}
	if err := askByTLS(context.Background(), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// Promise: a function in an image without files trusts the roots of AWS. A system with roots keeps its own, and
// AWS_CA_BUNDLE counts in both.
func TestRoots(t *testing.T) {
	s3 := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "<Error><Code>NoSuchKey</Code></Error>", http.StatusNotFound)
	}))
	s3.Config.ErrorLog = log.New(io.Discard, "", 0)
	s3.StartTLS()
	t.Cleanup(s3.Close)
	folder := t.TempDir()
	private := filepath.Join(folder, "private.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s3.Certificate().Raw})
	if err := os.WriteFile(private, text, 0o600); err != nil {
		t.Fatal(err)
	}
	missing := filepath.Join(folder, "missing")
	for _, tt := range []struct{ name, system, bundle, want string }{
		{"no roots", missing, "", "trusts AWS: true, the server: false"},
		{"an empty file of roots", os.DevNull, "", "trusts AWS: true, the server: false"},
		{"the system's roots", private, "", "trusts AWS: false, the server: true"},
		{"no roots and a bundle", missing, private, "trusts AWS: true, the server: true"},
		{"the system's roots and a bundle", "../roots/amazon.pem", private, "trusts AWS: true, the server: true"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			function := exec.CommandContext(t.Context(), os.Args[0])
			function.Env = []string{
				asksByTLS + "=1", "SSL_CERT_FILE=" + tt.system, "SSL_CERT_DIR=" + missing, "AWS_CA_BUNDLE=" + tt.bundle,
				"AWS_ENDPOINT_URL=" + s3.URL, "AWS_ACCESS_KEY_ID=key", "AWS_SECRET_ACCESS_KEY=secret", "AWS_REGION=us-east-1",
				"AWS_MAX_ATTEMPTS=1",
			}
			got, err := function.CombinedOutput()
			if err != nil {
				t.Fatalf("%v: %s", err, got)
			}
			if diff := cmp.Diff(tt.want, string(got)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// askByTLS starts as the functions do, asks for an object, and prints whether the process trusts Amazon's first root and
// the server that it asked.
func askByTLS(ctx context.Context, stdout io.Writer) error {
	process := setup.Start(ctx, pipeline.Ingestor, func(string) (string, bool) { return "", false }, io.Discard)
	_, err := objects.New(process.AWS).Open(ctx, objects.Ref{Bucket: "bucket", Key: "key"})
	refused := errors.As(err, new(x509.UnknownAuthorityError))
	if !refused && !errors.Is(err, objects.ErrNotFound) {
		return fmt.Errorf("ask for an object: %w", err)
	}
	text, err := os.ReadFile("../roots/amazon.pem")
	if err != nil {
		return err
	}
	block, _ := pem.Decode(text)
	root, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return err
	}
	_, untrusted := root.Verify(x509.VerifyOptions{})
	_, err = fmt.Fprintf(stdout, "trusts AWS: %t, the server: %t", untrusted == nil, !refused)
	return err
}
