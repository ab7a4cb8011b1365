package sigstore

import (
	"context"
	"crypto/x509"
	"fmt"
	"time"

	"github.com/sigstore/sigstore-go/pkg/fulcio/certificate"
	"github.com/sigstore/sigstore-go/pkg/root"
	"github.com/sigstore/sigstore-go/pkg/sign"

	"github.com/mejan/mejan/cli/signature"
	"github.com/mejan/mejan/platform/settings"
)

const (
	// serviceTimeout and serviceRetries bound a request to a service of Sigstore.
	serviceTimeout = 30 * time.Second
	serviceRetries = 2
)

// keylessSigner signs by a key that lives as long as this process. Fulcio certifies that the key belongs to the
// identity of the workflow's token; a log and a timestamp prove that the certificate was valid at that time.
func keylessSigner(ctx context.Context, order signature.Order) (*signer, error) {
	config, err := services(ctx, order.Services)
	if err != nil {
		return nil, err
	}
	s := &signer{options: sign.BundleOptions{Context: ctx}}
	if s.keypair, err = sign.NewEphemeralKeypair(nil); err != nil {
		return nil, err
	}
	leaf, err := certify(ctx, config, s.keypair)
	if err != nil {
		return nil, err
	}
	s.options.CertificateProvider = certified(leaf.Raw)
	if err := s.addWitnesses(config); err != nil {
		return nil, err
	}
	identity, err := certificate.SummarizeCertificate(leaf)
	if err != nil {
		return nil, fmt.Errorf("read the certificate: %w", err)
	}
	s.checker, err = identityChecker(ctx, signature.Policy{
		Policy: settings.SignatureIdentity, Root: order.Root,
		Issuer: identity.Issuer, Subject: identity.SubjectAlternativeName,
	})
	return s, err
}

// services says where Fulcio, Rekor and the timestamp authority are, from a file or from the public Sigstore.
func services(ctx context.Context, file string) (*root.SigningConfig, error) {
	if file == "" {
		config, err := root.FetchSigningConfigWithOptions(publicSigstore(ctx))
		if err != nil {
			return nil, fmt.Errorf("fetch the addresses of the public Sigstore: %w; name others with --services", err)
		}
		return config, nil
	}
	config, err := root.NewSigningConfigFromPath(file)
	if err != nil {
		return nil, fmt.Errorf("read the signing configuration %s: %w", file, err)
	}
	return config, nil
}

// certify asks Fulcio for a certificate of a key.
func certify(ctx context.Context, config *root.SigningConfig, pair sign.Keypair) (*x509.Certificate, error) {
	token, err := identityToken(ctx)
	if err != nil {
		return nil, err
	}
	service, err := root.SelectService(config.FulcioCertificateAuthorityURLs(), sign.FulcioAPIVersions, time.Now())
	if err != nil {
		return nil, fmt.Errorf("find Fulcio in the signing configuration: %w", err)
	}
	fulcio := sign.NewFulcio(&sign.FulcioOptions{BaseURL: service.URL, Timeout: serviceTimeout, Retries: serviceRetries})
	der, err := fulcio.GetCertificate(ctx, pair, &sign.CertificateProviderOptions{IDToken: token})
	if err != nil {
		return nil, fmt.Errorf("ask %s for a certificate: %w", service.URL, err)
	}
	return x509.ParseCertificate(der)
}

// certified is a [sign.CertificateProvider] with a certificate that is there already: one is enough for all images.
type certified []byte

func (c certified) GetCertificate(
	context.Context, sign.Keypair, *sign.CertificateProviderOptions,
) ([]byte, error) {
	return c, nil
}

// addWitnesses adds the logs and the timestamp authorities of a configuration.
func (s *signer) addWitnesses(config *root.SigningConfig) error {
	now := time.Now()
	logs, err := root.SelectServices(config.RekorLogURLs(), config.RekorLogURLsConfig(), sign.RekorAPIVersions, now)
	if err != nil {
		return fmt.Errorf("find Rekor in the signing configuration: %w", err)
	}
	for _, log := range logs {
		s.options.TransparencyLogs = append(s.options.TransparencyLogs, sign.NewRekor(&sign.RekorOptions{
			BaseURL: log.URL, Timeout: serviceTimeout, Retries: serviceRetries, Version: log.MajorAPIVersion,
		}))
	}
	if len(config.TimestampAuthorityURLs()) == 0 {
		return nil // a log of the first version keeps the time by itself
	}
	authorities, err := root.SelectServices(config.TimestampAuthorityURLs(), config.TimestampAuthorityURLsConfig(),
		sign.TimestampAuthorityAPIVersions, now)
	if err != nil {
		return fmt.Errorf("find a timestamp authority in the signing configuration: %w", err)
	}
	for _, authority := range authorities {
		s.options.TimestampAuthorities = append(s.options.TimestampAuthorities,
			sign.NewTimestampAuthority(&sign.TimestampAuthorityOptions{
				URL: authority.URL, Timeout: serviceTimeout, Retries: serviceRetries,
			}))
	}
	return nil
}
