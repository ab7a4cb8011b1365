// Package roots has the root certificates that the endpoints of AWS chain to. The images have no files with others.
package roots

import (
	"crypto/x509"
	_ "embed"
	"encoding/pem"
	"sync"
)

// amazon are the five roots that Amazon Trust Services recommends for a trust store of one's own:
// https://www.amazontrust.com/repository/. They take 0.2 ms to parse; all 140 roots of Debian take 5 to 8 ms.
//
//go:embed amazon.pem
var amazon []byte

// Install makes the process trust the roots of AWS where the system has no roots. A system with roots keeps its own.
// AWS_CA_BUNDLE replaces both for calls to AWS. Only the first call has an effect.
var Install = sync.OnceFunc(func() { x509.SetFallbackRoots(pool()) })

// pool holds the embedded roots, parsed. AppendCertsFromPEM would parse them now and again at the first connection.
func pool() *x509.CertPool {
	p := x509.NewCertPool()
	for block, rest := pem.Decode(amazon); block != nil; block, rest = pem.Decode(rest) {
		// A test parses the same bytes.
		if c, err := x509.ParseCertificate(block.Bytes); err == nil {
			p.AddCert(c)
		}
	}
	return p
}
