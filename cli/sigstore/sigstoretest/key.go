// Package sigstoretest is what tests of signatures need: keys, and a Sigstore of their own on loopback.
package sigstoretest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"testing"

	"github.com/sigstore/sigstore/pkg/cryptoutils"
)

// KeyPair makes a key as cosign does, without a password, as PEM.
func KeyPair(t testing.TB) (private, public []byte) {
	t.Helper()
	key := newKey(t)
	private, err := cryptoutils.MarshalPrivateKeyToPEM(key)
	if err != nil {
		t.Fatal(err)
	}
	return private, publicPEM(t, key.Public())
}

func newKey(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func publicPEM(t testing.TB, key crypto.PublicKey) []byte {
	t.Helper()
	text, err := cryptoutils.MarshalPublicKeyToPEM(key)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
