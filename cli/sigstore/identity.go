package sigstore

import (
	"context"
	"errors"
	"fmt"

	"github.com/sigstore/sigstore-go/pkg/bundle"
	"github.com/sigstore/sigstore-go/pkg/fulcio/certificate"
	"github.com/sigstore/sigstore-go/pkg/root"
	"github.com/sigstore/sigstore-go/pkg/tuf"
	"github.com/sigstore/sigstore-go/pkg/verify"

	"github.com/mejan/mejan/cli/signature"
	"github.com/mejan/mejan/platform/settings"
)

// identityChecker checks bundles that were signed keyless by the identity of a policy.
func identityChecker(ctx context.Context, p signature.Policy) (*checker, error) {
	trusted, err := trustedRoot(ctx, p.Root)
	if err != nil {
		return nil, err
	}
	subject, pattern := p.Subject, settings.SubjectPattern(p.Subject)
	if pattern != "" {
		subject = ""
	}
	identity, err := verify.NewShortCertificateIdentity(p.Issuer, "", subject, pattern)
	if err != nil {
		return nil, fmt.Errorf("the identity of the policy: %w", err)
	}
	options := []verify.VerifierOption{verify.WithTransparencyLog(1), verify.WithObserverTimestamps(1)}
	if len(trusted.CTLogs()) > 0 {
		// A Sigstore without a log of its certificates has no promises of such a log either.
		options = append(options, verify.WithSignedCertificateTimestamps(1))
	}
	verifier, err := verify.NewVerifier(trusted, options...)
	if err != nil {
		return nil, err
	}
	return &checker{
		verifier: verifier,
		policy:   verify.WithCertificateIdentity(identity),
		by: func(r *verify.VerificationResult) string {
			return identityName(*r.Signature.Certificate)
		},
		explain: func(b *bundle.Bundle, failure error) error { return otherIdentity(b, failure, p) },
	}, nil
}

// identityName names who signed: the subject of a certificate, and who vouches for it.
func identityName(c certificate.Summary) string {
	return fmt.Sprintf("%s of %s", c.SubjectAlternativeName, c.Issuer)
}

// otherIdentity says who signed a bundle, if it is valid but by another identity; nil otherwise.
func otherIdentity(b *bundle.Bundle, failure error, p signature.Policy) error {
	want := p.Subject + " of " + p.Issuer
	content, err := b.VerificationContent()
	if err != nil {
		return nil //nolint:nilerr // the caller has a better error
	}
	leaf := content.Certificate()
	if leaf == nil {
		return fmt.Errorf("it is signed by a key, want %s", want)
	}
	var mismatch *verify.ErrNoMatchingCertificateIdentity
	if !errors.As(failure, &mismatch) {
		return nil
	}
	summary, err := certificate.SummarizeCertificate(leaf)
	if err != nil {
		return nil //nolint:nilerr // the caller has a better error
	}
	return fmt.Errorf("it is signed by %s; want %s", identityName(summary), want)
}

// trustedRoot reads the trusted root of a Sigstore. That of the public one, if text is empty, is fetched and kept for a
// day in the home folder, where cosign keeps it, too. What vouches for it is built into this program.
func trustedRoot(ctx context.Context, text []byte) (*root.TrustedRoot, error) {
	if len(text) == 0 {
		trusted, err := root.FetchTrustedRootWithOptions(publicSigstore(ctx))
		if err != nil {
			return nil, fmt.Errorf("fetch the trusted root of the public Sigstore from %s: %w; where that is out of reach, "+
				"name a file of it in mejan:signatureRoot", tuf.DefaultMirror, err)
		}
		return trusted, nil
	}
	trusted, err := root.NewTrustedRootFromJSON(text)
	if err != nil {
		return nil, fmt.Errorf("read the trusted root that mejan:signatureRoot names: %w", err)
	}
	return trusted, nil
}

// publicSigstore says where the public Sigstore publishes its keys and addresses.
func publicSigstore(ctx context.Context) *tuf.Options {
	return tuf.DefaultOptions().WithContext(ctx).WithCacheValidity(1)
}
