package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/registry"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/mejan/mejan/platform/images"
)

// storyRegistry is a registry that notices a push, and refuses it in one of these modes: forbidden; unauthorized, which
// wants a login.
type storyRegistry struct {
	address string
	mode    string
	inner   http.Handler

	mu    sync.Mutex
	count int
	wrote []string
}

// motoToken is the password for the registry in the token that moto gives for ECR.
const motoToken = "123456789012-auth-token"

func newRegistry(ts *testscript.TestScript, mode string) *storyRegistry {
	r := &storyRegistry{mode: mode, inner: registry.New(registry.Logger(log.New(io.Discard, "", 0)))}
	server := httptest.NewServer(r)
	ts.Defer(server.Close)
	r.address = strings.TrimPrefix(server.URL, "http://")
	return r
}

func (r *storyRegistry) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	if req.Method == http.MethodPut || req.Method == http.MethodPatch {
		r.mu.Lock()
		r.wrote = append(r.wrote, req.Method+" "+req.URL.Path)
		r.mu.Unlock()
	}
	upload := req.Method == http.MethodPost && strings.Contains(req.URL.Path, "/blobs/uploads/")
	_, password, _ := req.BasicAuth()
	switch {
	case r.mode == "forbidden" && upload:
		http.Error(w, `{"errors":[{"code":"DENIED","message":"not you"}]}`, http.StatusForbidden)
		return
	case r.mode == "unauthorized" && password != motoToken:
		w.Header().Set("WWW-Authenticate", `Basic realm="story"`)
		http.Error(w, `{"errors":[{"code":"UNAUTHORIZED","message":"log in"}]}`, http.StatusUnauthorized)
		return
	case strings.Contains(req.URL.Path, "/notifier/manifests/"):
		r.mu.Lock()
		r.count++
		r.mu.Unlock()
	}
	r.inner.ServeHTTP(w, req)
}

// pushed reports whether an image of the last function came.
func (r *storyRegistry) pushed() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.count > 0
}

// written lists what was written since it was last asked.
func (r *storyRegistry) written() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	wrote := r.wrote
	r.wrote = nil
	return wrote
}

// images is a prefix in this registry, whatever the host by which images were pushed.
func (r *storyRegistry) images(ts *testscript.TestScript, repo string) *images.Registry {
	_, prefix, _ := strings.Cut(repo, "/")
	registry, err := images.NewRegistry(r.address+"/"+prefix, motoLogin{})
	ts.Check(err)
	return registry
}

// motoLogin is the login that moto's ECR gives.
type motoLogin struct{}

func (motoLogin) Resolve(authn.Resource) (authn.Authenticator, error) {
	return &authn.Basic{Username: "AWS", Password: motoToken}, nil
}

// internet makes the registry stand for ECR: programs of the story reach it through a proxy, whose certificate they trust.
func internet(ts *testscript.TestScript, _ bool, _ []string) {
	certificate, root := issue(ts, "*.dkr.ecr.us-east-1.amazonaws.com", "*.dkr.ecr.eu-west-1.amazonaws.com")
	server := httptest.NewUnstartedServer(of(ts).registry)
	server.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}}
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	ts.Defer(server.Close)
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.Method != http.MethodConnect {
			http.Error(w, "only CONNECT", http.StatusMethodNotAllowed)
			return
		}
		tunnel(w, server.Listener.Addr().String())
	}))
	ts.Defer(proxy.Close)
	path := ts.MkAbs("root.pem")
	ts.Check(os.WriteFile(path, root, 0o600))
	ts.Setenv("HTTPS_PROXY", proxy.URL)
	ts.Setenv("SSL_CERT_FILE", path)
}

func tunnel(w http.ResponseWriter, address string) {
	to, err := net.Dial("tcp", address)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	w.WriteHeader(http.StatusOK)
	from, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		to.Close()
		return
	}
	go func() { defer to.Close(); _, _ = io.Copy(to, buffered) }()
	go func() { defer from.Close(); _, _ = io.Copy(from, to) }()
}

// issue makes a certificate for hosts that vouches for itself.
func issue(ts *testscript.TestScript, hosts ...string) (tls.Certificate, []byte) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	ts.Check(err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: hosts, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	ts.Check(err)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key},
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}
