package roots

import (
	"crypto/x509"
	"encoding/pem"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// debian is the bundle of Debian's package ca-certificates.
const debian = "/etc/ssl/certs/ca-certificates.crt"

// Promise: the embedded roots are exactly the roots of Amazon Trust Services that Debian trusts, byte for byte. A root
// that Debian adds or drops fails this test.
func TestEqualToDebian(t *testing.T) {
	bundle, err := os.ReadFile(debian)
	if err != nil {
		const advice = "the roots are NOT compared with Debian's; apt-get install ca-certificates"
		if os.Getenv("CI") != "" {
			t.Fatalf("%v: %s", err, advice)
		}
		t.Skipf("%v: %s", err, advice)
	}
	isAmazon := func(c *x509.Certificate) bool {
		return slices.Contains(c.Subject.Organization, "Amazon") ||
			strings.HasPrefix(c.Subject.CommonName, "Starfield Services ")
	}
	want := map[string][]byte{}
	for _, c := range parse(t, bundle) {
		if isAmazon(c) {
			want[c.Subject.CommonName] = c.Raw
		}
	}
	got := map[string][]byte{}
	for _, c := range parse(t, amazon) {
		got[c.Subject.CommonName] = c.Raw
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Debian's roots of Amazon (-) and the embedded ones (+) differ:\n%s", diff)
	}
}

// parse reads every certificate of a bundle.
func parse(t *testing.T, bundle []byte) []*x509.Certificate {
	t.Helper()
	var all []*x509.Certificate
	for block, rest := pem.Decode(bundle); block != nil; block, rest = pem.Decode(rest) {
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, c)
	}
	return all
}
