package sigstoretest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/digitorus/timestamp"
	"github.com/sigstore/sigstore-go/pkg/root"
	"github.com/sigstore/sigstore-go/pkg/testing/ca"
)

// Server is a Sigstore on loopback: a Fulcio that believes every token, a Rekor of version 2, a timestamp authority,
// and GitHub's address for tokens. Certificates are made as in sigstore-go's own tests, anew for each server.
type Server struct {
	// URL is the address of all services. The one for GitHub's tokens is URL + "/token?".
	URL string

	t testing.TB
	// caRoot vouches for Fulcio's certificate and for that of the timestamp authority.
	caRoot, fulcio, tsaIntermediate, tsa *x509.Certificate
	fulcioKey, tsaKey, logKey            *ecdsa.PrivateKey
	logID                                []byte
}

// logHost is the host whose name is in the checkpoints of the log.
const logHost = "log.example.com"

// New starts a server, and stops it when the test ends.
func New(t testing.TB) *Server {
	t.Helper()
	s := &Server{t: t, logKey: newKey(t), tsaKey: newKey(t)}
	caRoot, rootKey, err := ca.GenerateRootCa()
	s.check(err)
	s.caRoot = caRoot
	s.fulcio, s.fulcioKey, err = ca.GenerateFulcioIntermediate(caRoot, rootKey)
	s.check(err)
	var intermediateKey *ecdsa.PrivateKey
	s.tsaIntermediate, intermediateKey, err = ca.GenerateTSAIntermediate(caRoot, rootKey)
	s.check(err)
	s.tsa, err = ca.GenerateTSALeafCert(time.Now().Add(-5*time.Minute), s.tsaKey, s.tsaIntermediate, intermediateKey)
	s.check(err)
	der, err := x509.MarshalPKIXPublicKey(s.logKey.Public())
	s.check(err)
	sum := sha256.Sum256(der)
	s.logID = sum[:]

	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/v2/signingCert", s.certify)
	mux.HandleFunc("POST /api/v2/log/entries", s.addEntry)
	mux.HandleFunc("POST /api/v1/timestamp", s.stamp)
	mux.HandleFunc("GET /token", s.token)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	s.URL = server.URL
	return s
}

func (s *Server) check(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// Root is the text of the trusted root.
func (s *Server) Root() []byte { return s.rootWith(nil) }

// RootWithCertificateLog is a trusted root that also knows a log of certificates, in which those of the server are not.
func (s *Server) RootWithCertificateLog() []byte {
	return s.rootWith(map[string]*root.TransparencyLog{"log": s.log("https://certificates.example.com")})
}

func (s *Server) rootWith(certificateLogs map[string]*root.TransparencyLog) []byte {
	begin, end := time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	trusted, err := root.NewTrustedRoot(root.TrustedRootMediaType01,
		[]root.CertificateAuthority{&root.FulcioCertificateAuthority{
			URI: "https://fulcio.example.com", Root: s.caRoot, Intermediates: []*x509.Certificate{s.fulcio},
			ValidityPeriodStart: begin, ValidityPeriodEnd: end,
		}},
		certificateLogs,
		[]root.TimestampingAuthority{&root.SigstoreTimestampingAuthority{
			URI: "https://tsa.example.com", Root: s.caRoot, Intermediates: []*x509.Certificate{s.tsaIntermediate}, Leaf: s.tsa,
			ValidityPeriodStart: begin, ValidityPeriodEnd: end,
		}},
		map[string]*root.TransparencyLog{hex.EncodeToString(s.logID): s.log("https://" + logHost)})
	s.check(err)
	text, err := json.Marshal(trusted)
	s.check(err)
	return text
}

func (s *Server) log(url string) *root.TransparencyLog {
	return &root.TransparencyLog{
		BaseURL: url, ID: s.logID, ValidityPeriodStart: time.Now().Add(-time.Hour), HashFunc: crypto.SHA256,
		PublicKey: s.logKey.Public(), SignatureHashFunc: crypto.SHA256,
	}
}

// Services is the text of the signing configuration.
func (s *Server) Services() []byte {
	service := func(path string, version uint32) root.Service {
		return root.Service{
			URL: s.URL + path, MajorAPIVersion: version, ValidityPeriodStart: time.Now().Add(-time.Hour), Operator: "test",
		}
	}
	anyOf := root.ServiceConfiguration{Selector: 2}
	config, err := root.NewSigningConfig(root.SigningConfigMediaType02, []root.Service{service("", 1)}, nil,
		[]root.Service{service("", 2)}, anyOf, []root.Service{service("/api/v1/timestamp", 1)}, anyOf)
	s.check(err)
	text, err := json.Marshal(config)
	s.check(err)
	return text
}

// Token is an OpenID token of a subject and its issuer.
func Token(t testing.TB, subject, issuer string) string {
	t.Helper()
	claims, err := json.Marshal(map[string]string{"sub": subject, "iss": issuer})
	if err != nil {
		t.Fatal(err)
	}
	encode := base64.RawURLEncoding.EncodeToString
	return encode([]byte(`{"alg":"RS256"}`)) + "." + encode(claims) + "." + encode([]byte("not checked"))
}

// token answers as GitHub does. The bearer is `<subject> <issuer>`.
func (s *Server) token(w http.ResponseWriter, r *http.Request) {
	subject, issuer := bearer(r)
	if r.FormValue("audience") != "sigstore" || issuer == "" {
		http.Error(w, "another audience, or no bearer", http.StatusForbidden)
		return
	}
	s.check(json.NewEncoder(w).Encode(map[string]string{"value": Token(s.t, subject, issuer)}))
}

// stamp answers a request for a timestamp.
func (s *Server) stamp(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	s.check(err)
	request, err := timestamp.ParseRequest(body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	stamp := timestamp.Timestamp{
		HashAlgorithm: request.HashAlgorithm, HashedMessage: request.HashedMessage, Time: time.Now(), Nonce: request.Nonce,
		Policy: []int{1, 3, 6, 1, 4, 1, 57264, 2}, AddTSACertificate: request.Certificates,
		ExtraExtensions: request.Extensions,
	}
	answer, err := stamp.CreateResponseWithOpts(s.tsa, s.tsaKey, crypto.SHA256)
	s.check(err)
	w.WriteHeader(http.StatusCreated)
	_, _ = w.Write(answer)
}
