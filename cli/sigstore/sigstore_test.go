package sigstore_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mejan/mejan/cli/signature"
	"github.com/mejan/mejan/cli/sigstore"
	"github.com/mejan/mejan/cli/sigstore/sigstoretest"
	"github.com/mejan/mejan/platform/settings"
)

const (
	issuer  = "https://token.actions.githubusercontent.com"
	subject = "https://github.com/mejan/mejan/.github/workflows/release.yaml@refs/heads/main"
)

func digestOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// keyFile writes a key pair and returns the path of the private key, and the public key.
func keyFile(t *testing.T) (path string, public []byte) {
	t.Helper()
	private, public := sigstoretest.KeyPair(t)
	path = filepath.Join(t.TempDir(), "release.key")
	write(t, path, private)
	return path, public
}

func write(t *testing.T, path string, text []byte) {
	t.Helper()
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// sign makes the bundle of an image.
func sign(t *testing.T, order signature.Order, digest string) []byte {
	t.Helper()
	order.Images = []signature.Image{{Digest: digest}}
	signed, err := sigstore.Sigstore{}.Sign(t.Context(), order)
	if err != nil {
		t.Fatal(err)
	}
	return signed[0].Bundle
}

// Promise: a signature counts for the image that was signed, by the key or the identity that the policy names, and for
// nothing else. The reason why one does not count says what it is instead.
func TestVerify(t *testing.T) {
	key, public := keyFile(t)
	otherKey, _ := keyFile(t)
	server := sigstoretest.New(t)
	keyless := func(subject, issuer string) signature.Order {
		t.Setenv("SIGSTORE_ID_TOKEN", sigstoretest.Token(t, subject, issuer))
		services := filepath.Join(t.TempDir(), "services.json")
		write(t, services, server.Services())
		return signature.Order{Keyless: true, Services: services, Root: server.Root()}
	}
	digest := digestOf("image")
	byKey := sign(t, signature.Order{Key: key}, digest)
	byIdentity := sign(t, keyless(subject, issuer), digest)
	bundles := map[string][]byte{
		"key": byKey, "other key": sign(t, signature.Order{Key: otherKey}, digest),
		"other image": sign(t, signature.Order{Key: key}, digestOf("other")),
		"tampered":    tamper(t, byKey), "no bundle": []byte("{}"), "empty": nil,
		"identity": byIdentity, "tampered identity": tamper(t, byIdentity),
		"other subject":         sign(t, keyless(subject+"-fork", issuer), digest),
		"other issuer":          sign(t, keyless(subject, "https://issuer.example.com"), digest),
		"identity, other image": sign(t, keyless(subject, issuer), digestOf("other")),
	}
	policies := map[string]signature.Policy{
		"key":     {Policy: settings.SignatureKey, Key: public},
		"subject": {Policy: settings.SignatureIdentity, Issuer: issuer, Subject: subject, Root: server.Root()},
		"pattern": {
			Policy: settings.SignatureIdentity, Issuer: issuer, Root: server.Root(),
			Subject: `^https://github\.com/mejan/mejan/\.github/workflows/[a-z]+\.yaml@refs/heads/main$`,
		},
		"another Sigstore": {
			Policy: settings.SignatureIdentity, Issuer: issuer, Subject: subject, Root: sigstoretest.New(t).Root(),
		},
		"logged certificates": {
			Policy: settings.SignatureIdentity, Issuer: issuer, Subject: subject, Root: server.RootWithCertificateLog(),
		},
	}
	for _, tt := range []struct {
		policy, bundle string
		// want is what the reason says; empty if the bundle counts.
		want string
	}{
		{"key", "key", ""},
		{"key", "other key", "it is signed by another key, key sha256:"},
		{"key", "other image", "it is the signature of another image, " + digestOf("other")},
		{"key", "tampered", "it is not valid"},
		{"key", "no bundle", "it cannot be read"},
		{"key", "empty", "it cannot be read"},
		{"key", "identity", "it is signed keyless, want key sha256:"},
		{"subject", "identity", ""},
		{"pattern", "identity", ""},
		{"subject", "key", "it is signed by a key, want " + subject + " of " + issuer},
		{"subject", "other subject", "it is signed by " + subject + "-fork of " + issuer + "; want " + subject},
		{"pattern", "other subject", "it is signed by " + subject + "-fork"},
		{"subject", "other issuer", "it is signed by " + subject + " of https://issuer.example.com"},
		{"subject", "identity, other image", "it is the signature of another image"},
		{"subject", "tampered identity", "it is not valid"},
		{"another Sigstore", "identity", "it is not valid"},
		{"logged certificates", "identity", "it is not valid"},
	} {
		t.Run(tt.policy+" "+tt.bundle, func(t *testing.T) {
			image := signature.Image{Digest: digest, Bundles: [][]byte{bundles[tt.bundle]}}
			verdicts, err := sigstore.Sigstore{}.Verify(t.Context(),
				signature.Question{Policy: policies[tt.policy], Images: []signature.Image{image}})
			if err != nil {
				t.Fatal(err)
			}
			got := verdicts[0]
			if (got.By != "") != (tt.want == "") || !strings.Contains(strings.Join(got.Reasons, "\n"), tt.want) {
				t.Errorf("signed by %q, reasons %q; want %q", got.By, got.Reasons, tt.want)
			}
		})
	}
}

// tamper changes one byte of the signature in a bundle.
func tamper(t *testing.T, bundle []byte) []byte {
	t.Helper()
	changed, err := sigstoretest.Tamper(bundle)
	if err != nil {
		t.Fatal(err)
	}
	return changed
}

// Promise: one bundle that counts is enough, whatever else anyone attached to the image.
func TestOneIsEnough(t *testing.T) {
	key, public := keyFile(t)
	other, _ := keyFile(t)
	digest := digestOf("image")
	policy := signature.Policy{Policy: settings.SignatureKey, Key: public}
	images := []signature.Image{{Digest: digest, Bundles: [][]byte{
		nil, sign(t, signature.Order{Key: other}, digest), sign(t, signature.Order{Key: key}, digest), []byte("{"),
	}}}
	by, err := policy.Check(t.Context(), sigstore.Sigstore{}, images)
	if err != nil || !strings.HasPrefix(by[0], "key sha256:") {
		t.Errorf("signed by %q, %v", by, err)
	}
	images[0].Bundles = images[0].Bundles[:2]
	if _, err := policy.Check(t.Context(), sigstore.Sigstore{}, images); !errors.Is(err, signature.ErrSignature) {
		t.Errorf("error %v, want ErrSignature", err)
	}
	images[0].Bundles = nil
	if _, err := policy.Check(t.Context(), sigstore.Sigstore{}, images); !errors.Is(err, signature.ErrUnsigned) {
		t.Errorf("error %v, want ErrUnsigned", err)
	}
}

// Promise: an image that is signed already gets no second signature by the same key or identity.
func TestSignTwice(t *testing.T) {
	key, _ := keyFile(t)
	other, _ := keyFile(t)
	server := sigstoretest.New(t)
	t.Setenv("ACTIONS_ID_TOKEN_REQUEST_URL", server.URL+"/token?api-version=2.0")
	t.Setenv("ACTIONS_ID_TOKEN_REQUEST_TOKEN", subject+" "+issuer)
	services := filepath.Join(t.TempDir(), "services.json")
	write(t, services, server.Services())
	orders := []signature.Order{{Key: key}, {Key: other}, {Keyless: true, Services: services, Root: server.Root()}}
	image := signature.Image{Digest: digestOf("image")}
	for round := range 2 {
		for i, order := range orders {
			order.Images = []signature.Image{image}
			signed, err := sigstore.Sigstore{}.Sign(t.Context(), order)
			if err != nil {
				t.Fatal(err)
			}
			if added := signed[0].Bundle != nil; added != (round == 0) || signed[0].By == "" {
				t.Errorf("round %d, order %d: added %t, signed by %q", round, i, added, signed[0].By)
			}
			if signed[0].Bundle != nil {
				image.Bundles = append(image.Bundles, signed[0].Bundle)
			}
		}
	}
}
