package sigstoretest

import (
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/sigstore/sigstore/pkg/cryptoutils"
)

// issuerExtension is where a certificate of Fulcio says who vouches for its subject.
var issuerExtension = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 57264, 1, 8}

// certify gives a key a certificate for the subject of the token, if the caller has the key: it has signed the subject.
func (s *Server) certify(w http.ResponseWriter, r *http.Request) {
	var request struct {
		PublicKeyRequest struct {
			PublicKey         struct{ Content string } `json:"publicKey"`
			ProofOfPossession []byte                   `json:"proofOfPossession"`
		} `json:"publicKeyRequest"`
	}
	var claims struct{ Sub, Iss string }
	_, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	payload, errToken := base64.RawURLEncoding.DecodeString(strings.Split(token+"..", ".")[1])
	if errToken != nil || json.Unmarshal(payload, &claims) != nil || json.NewDecoder(r.Body).Decode(&request) != nil {
		http.Error(w, "no token or no request", http.StatusBadRequest)
		return
	}
	public, err := cryptoutils.UnmarshalPEMToPublicKey([]byte(request.PublicKeyRequest.PublicKey.Content))
	key, isECDSA := public.(*ecdsa.PublicKey)
	proven := sha256.Sum256([]byte(claims.Sub))
	if err != nil || !isECDSA || !ecdsa.VerifyASN1(key, proven[:], request.PublicKeyRequest.ProofOfPossession) {
		http.Error(w, "the caller does not have the key", http.StatusForbidden)
		return
	}
	subject, err := url.Parse(claims.Sub)
	s.check(err)
	issuer, err := asn1.Marshal(claims.Iss)
	s.check(err)
	der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{
		SerialNumber: big.NewInt(1), URIs: []*url.URL{subject},
		NotBefore: time.Now().Add(-time.Minute), NotAfter: time.Now().Add(9 * time.Minute),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageCodeSigning},
		ExtraExtensions: []pkix.Extension{{Id: issuerExtension, Value: issuer}},
	}, s.fulcio, key, s.fulcioKey)
	s.check(err)
	var answer struct {
		Signed struct {
			Chain struct {
				Certificates []string `json:"certificates"`
			} `json:"chain"`
		} `json:"signedCertificateEmbeddedSct"`
	}
	for _, certificate := range [][]byte{der, s.fulcio.Raw, s.caRoot.Raw} {
		text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate})
		answer.Signed.Chain.Certificates = append(answer.Signed.Chain.Certificates, string(text))
	}
	s.check(json.NewEncoder(w).Encode(answer))
}

// bearer is the subject and the issuer in the header of a request to GitHub.
func bearer(r *http.Request) (subject, issuer string) {
	_, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	subject, issuer, _ = strings.Cut(token, " ")
	return subject, issuer
}
