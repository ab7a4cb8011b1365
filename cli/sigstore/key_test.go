package sigstore_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sigstore/sigstore/pkg/cryptoutils"

	"github.com/mejan/mejan/cli/signature"
	"github.com/mejan/mejan/cli/sigstore"
	"github.com/mejan/mejan/platform/settings"
)

// Promise: every key that is taken makes signatures that its public half verifies. A key on which tools do not agree,
// and a password that does not fit, are refused with the remedy.
func TestKeys(t *testing.T) {
	p256, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	ok(t, err)
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	ok(t, err)
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	ok(t, err)
	_, edKey, err := ed25519.GenerateKey(rand.Reader)
	ok(t, err)
	sec1, err := x509.MarshalECPrivateKey(p256)
	ok(t, err)
	password := func(bool) ([]byte, error) { return []byte("secret"), nil }
	encrypted, encryptedPublic, err := cryptoutils.GeneratePEMEncodedECDSAKeyPair(elliptic.P256(), password)
	ok(t, err)
	for _, tt := range []struct {
		name            string
		private, public []byte
		password        string
		want            string
	}{
		{name: "ECDSA P-256", private: privatePEM(t, p256), public: publicPEM(t, p256)},
		{
			name: "by openssl ecparam", public: publicPEM(t, p256),
			private: pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: sec1}),
		},
		{name: "ECDSA P-384", private: privatePEM(t, p384), public: publicPEM(t, p384)},
		{name: "RSA", private: privatePEM(t, rsaKey), public: publicPEM(t, rsaKey)},
		{name: "encrypted", private: encrypted, public: encryptedPublic, password: "secret"},
		{
			name: "wrong password", private: encrypted, public: encryptedPublic, password: "other",
			want: "the password of an encrypted key is in COSIGN_PASSWORD",
		},
		{name: "no password", private: encrypted, public: encryptedPublic, want: "COSIGN_PASSWORD"},
		{
			name: "Ed25519", private: privatePEM(t, edKey), public: publicPEM(t, edKey),
			want: "is no ECDSA or RSA key; cosign generate-key-pair makes one",
		},
		{name: "public key", private: publicPEM(t, p256), public: publicPEM(t, p256), want: "read private key"},
		{name: "no PEM", private: []byte("secret"), public: publicPEM(t, p256), want: "read private key"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "key")
			write(t, path, tt.private)
			t.Setenv("COSIGN_PASSWORD", tt.password)
			image := signature.Image{Digest: digestOf("image")}
			signed, err := sigstore.Sigstore{}.Sign(t.Context(), signature.Order{
				Key: path, Images: []signature.Image{image},
			})
			if tt.want != "" {
				if err == nil || !strings.Contains(err.Error(), tt.want) {
					t.Errorf("error %v, want one that says %q", err, tt.want)
				}
				return
			}
			ok(t, err)
			image.Bundles = [][]byte{signed[0].Bundle}
			policy := signature.Policy{Policy: settings.SignatureKey, Key: tt.public}
			_, err = policy.Check(t.Context(), sigstore.Sigstore{}, []signature.Image{image})
			ok(t, err)
		})
	}
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func privatePEM(t *testing.T, key crypto.PrivateKey) []byte {
	t.Helper()
	text, err := cryptoutils.MarshalPrivateKeyToPEM(key)
	ok(t, err)
	return text
}

func publicPEM(t *testing.T, key crypto.Signer) []byte {
	t.Helper()
	text, err := cryptoutils.MarshalPublicKeyToPEM(key.Public())
	ok(t, err)
	return text
}
