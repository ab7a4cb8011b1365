package sigstore_test

import (
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mejan/mejan/cli/signature"
	"github.com/mejan/mejan/cli/sigstore"
	"github.com/mejan/mejan/platform/settings"
)

// recorded is what cosign v2.6.5 wrote and the digest of the image that it signed:
//
//	cosign generate-key-pair
//	cosign sign --new-bundle-format --key cosign.key --tlog-upload=false IMAGE@DIGEST
//
// Building cosign takes five minutes on two cores, so it is not part of the tests.
const (
	recorded       = "cosign-v2.6.5"
	recordedDigest = "sha256:0b478da2910b852e3b63098d03eea14552ac549508b5d8432a57fa89ae2e1362"
)

func readRecorded(t *testing.T, ending string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", recorded+ending))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// Promise: what cosign signed counts.
func TestVerifyCosign(t *testing.T) {
	verdicts, err := sigstore.Sigstore{}.Verify(t.Context(), signature.Question{
		Policy: signature.Policy{Policy: settings.SignatureKey, Key: readRecorded(t, ".pub")},
		Images: []signature.Image{
			{Digest: recordedDigest, Bundles: [][]byte{readRecorded(t, ".bundle.json")}},
			{Digest: digestOf("other"), Bundles: [][]byte{readRecorded(t, ".bundle.json")}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if verdicts[0].By == "" || verdicts[1].By != "" {
		t.Errorf("got %+v, want that cosign's signature counts for its image only", verdicts)
	}
}

// Promise: a signature has the form of cosign's, so that cosign finds and verifies it.
func TestSignAsCosign(t *testing.T) {
	key, _ := keyFile(t)
	want := form(t, readRecorded(t, ".bundle.json"))
	if diff := cmp.Diff(want, form(t, sign(t, signature.Order{Key: key}, recordedDigest))); diff != "" {
		t.Errorf("(-cosign +ours):\n%s", diff)
	}
}

// form is a bundle without what differs from key to key, and with its statement in plain.
func form(t *testing.T, bundle []byte) map[string]any {
	t.Helper()
	var all map[string]any
	if err := json.Unmarshal(bundle, &all); err != nil {
		t.Fatal(err)
	}
	material := all["verificationMaterial"].(map[string]any)["publicKey"].(map[string]any)
	material["hint"] = "a digest, " + lengthOf(t, material["hint"].(string), 32)
	envelope := all["dsseEnvelope"].(map[string]any)
	for _, signature := range envelope["signatures"].([]any) {
		signature.(map[string]any)["sig"] = "a signature"
	}
	var statement any
	payload, err := base64.StdEncoding.DecodeString(envelope["payload"].(string))
	if err != nil || json.Unmarshal(payload, &statement) != nil {
		t.Fatalf("payload %q, %v", payload, err)
	}
	envelope["payload"] = statement
	return all
}

func lengthOf(t *testing.T, text string, want int) string {
	t.Helper()
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(data) != want {
		t.Errorf("%q has %d bytes, %v; want %d", text, len(data), err, want)
	}
	return strings.Repeat("x", len(data))
}
