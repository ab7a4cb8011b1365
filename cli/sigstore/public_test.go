package sigstore

import (
	"encoding/hex"
	"slices"
	"testing"

	"github.com/sigstore/sigstore-go/pkg/sign"
	"github.com/sigstore/sigstore-go/pkg/testing/data"
	"github.com/sigstore/sigstore-go/pkg/verify"
	"google.golang.org/protobuf/encoding/protojson"

	"github.com/mejan/mejan/cli/signature"
	"github.com/mejan/mejan/platform/settings"
)

// Promise: a bundle of the public Sigstore passes, whose certificate is in a log and whose log entry keeps the time.
// The one here is of a package of npm, so its digest is another kind.
func TestPublicSigstore(t *testing.T) {
	trusted, err := data.TrustedRoot(t, "public-good.json").MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	c, err := identityChecker(t.Context(), signature.Policy{
		Policy: settings.SignatureIdentity, Root: trusted, Issuer: "https://token.actions.githubusercontent.com",
		Subject: `^https://github\.com/sigstore/sigstore-js/\.github/workflows/release\.yml@refs/heads/main$`,
	})
	if err != nil {
		t.Fatal(err)
	}
	b := data.Bundle(t, "sigstore.js@2.0.0-provenance.sigstore.json")
	const sha512 = "46d4e2f74c4877316640000a6fdf8a8b59f1e0847667973e9859f774dd31b8f1" +
		"e0937813b777fb66a2ac67d50540fe34640966eee9fc2ccca387082b4c85cd3c"
	digest, err := hex.DecodeString(sha512)
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.verifier.Verify(b, verify.NewPolicy(verify.WithArtifactDigest("sha512", digest), c.policy))
	if err != nil {
		t.Error(err)
	}
}

// Promise: the key that signs images may sign other statements about them. Such a statement, that a scan failed, say,
// is no signature.
func TestStatementIsNoSignature(t *testing.T) {
	pair, err := sign.NewEphemeralKeypair(nil)
	if err != nil {
		t.Fatal(err)
	}
	const digest = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"
	statement := `{"_type": "https://in-toto.io/Statement/v1", "subject": [{"digest": {"sha256": "` + digest + `"}}],
		"predicateType": "https://example.com/scan/failed", "predicate": {}}`
	made, err := sign.Bundle(&sign.DSSEData{Data: []byte(statement), PayloadType: payloadType}, pair, sign.BundleOptions{})
	if err != nil {
		t.Fatal(err)
	}
	text, err := protojson.Marshal(made)
	if err != nil {
		t.Fatal(err)
	}
	c, err := publicKeyChecker(pair.GetPublicKey())
	if err != nil {
		t.Fatal(err)
	}
	verdict, err := c.find(signature.Image{Digest: "sha256:" + digest, Bundles: [][]byte{text}})
	want := []string{"it is not a signature but a statement, https://example.com/scan/failed"}
	if err != nil || verdict.By != "" || !slices.Equal(verdict.Reasons, want) {
		t.Errorf("got %+v, %v; want %q", verdict, err, want)
	}
}
