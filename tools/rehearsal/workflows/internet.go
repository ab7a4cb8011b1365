package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/cgi" //nolint:gosec // the hole that gosec warns of was closed in Go 1.6.3
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/go-containerregistry/pkg/registry"
)

// Hosts that answer on loopback. A connection to any other one goes out.
const (
	registryHosts = ".dkr.ecr.us-east-1.amazonaws.com"
	apiHost       = "api.github.com"
	gitHost       = "github.com"
)

// startInternet starts a proxy by which programs reach a registry in place of ECR, and an imitation of GitHub, with a
// certificate that they are told to trust.
func (w *world) startInternet(ctx context.Context) error {
	certificate, root, err := issue("*"+registryHosts, apiHost, gitHost)
	if err != nil {
		return err
	}
	repositories, err := w.gitBackend(ctx)
	if err != nil {
		return err
	}
	images := registry.New(registry.Logger(log.New(io.Discard, "", 0)))
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(rw http.ResponseWriter, req *http.Request) {
		switch req.Host {
		case apiHost:
			w.github.ServeHTTP(rw, req)
		case gitHost:
			repositories.ServeHTTP(rw, req)
		default:
			images.ServeHTTP(rw, req)
		}
	}))
	server.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	proxy := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, req *http.Request) {
		if req.Method != http.MethodConnect {
			http.Error(rw, "only CONNECT", http.StatusMethodNotAllowed)
			return
		}
		address := req.Host
		host, _, _ := strings.Cut(address, ":")
		if host == apiHost || host == gitHost || strings.HasSuffix(host, registryHosts) {
			address = server.Listener.Addr().String()
		}
		tunnel(req.Context(), rw, address)
	}))
	w.closers = append(w.closers, server.Close, proxy.Close)
	w.proxy, w.certificates = proxy.URL, filepath.Join(w.scratch, "certificates.pem")
	// SSL_CERT_FILE takes the place of the system's certificates, which hosts outside have.
	bundles := []string{os.Getenv("SSL_CERT_FILE"), "/etc/ssl/certs/ca-certificates.crt", "/etc/ssl/cert.pem"}
	for _, bundle := range bundles {
		if text, err := os.ReadFile(bundle); err == nil {
			root = append(root, text...)
			break
		}
	}
	return os.WriteFile(w.certificates, root, 0o600)
}

// gitBackend serves the repository by git's own program for it.
func (w *world) gitBackend(ctx context.Context) (http.Handler, error) {
	folder, err := git(ctx, w.scratch, "--exec-path")
	if err != nil {
		return nil, err
	}
	return &cgi.Handler{
		Path: filepath.Join(folder, "git-http-backend"), Root: "/",
		Env:    []string{"GIT_PROJECT_ROOT=" + filepath.Join(w.scratch, "github"), "GIT_HTTP_EXPORT_ALL=1"},
		Stderr: io.Discard, Logger: log.New(io.Discard, "", 0),
	}, nil
}

// tunnel connects the two ends of a connection.
func tunnel(ctx context.Context, rw http.ResponseWriter, address string) {
	to, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		http.Error(rw, err.Error(), http.StatusBadGateway)
		return
	}
	rw.WriteHeader(http.StatusOK)
	from, buffered, err := http.NewResponseController(rw).Hijack()
	if err != nil {
		_ = to.Close()
		return
	}
	pour := func(into io.WriteCloser, source io.Reader) {
		_, _ = io.Copy(into, source) // an end that has gone ends the tunnel
		_ = into.Close()
	}
	go pour(to, buffered)
	go pour(from, to)
}

// issue makes a certificate for hosts that vouches for itself.
func issue(hosts ...string) (tls.Certificate, []byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: hosts, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
	}
	der, wrong := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key},
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), errors.Join(err, wrong)
}
