package sigstore

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	protocommon "github.com/sigstore/protobuf-specs/gen/pb-go/common/v1"
	"github.com/sigstore/sigstore-go/pkg/bundle"
	"github.com/sigstore/sigstore-go/pkg/root"
	"github.com/sigstore/sigstore-go/pkg/sign"
	"github.com/sigstore/sigstore-go/pkg/verify"
	"github.com/sigstore/sigstore/pkg/cryptoutils"
	sigs "github.com/sigstore/sigstore/pkg/signature"
	"github.com/sigstore/sigstore/pkg/signature/kms/aws"
	"github.com/sigstore/sigstore/pkg/signature/options"
)

// passwordVariable holds the password of an encrypted key, as for cosign.
const passwordVariable = "COSIGN_PASSWORD"

// keypair is a private key that signs bundles: [sign.Keypair] for a key in a file or in KMS.
type keypair struct {
	signer    sigs.Signer
	public    crypto.PublicKey
	algorithm sigs.AlgorithmDetails
}

var _ sign.Keypair = (*keypair)(nil)

// openKey opens the private key that an order names.
func openKey(ctx context.Context, address string) (*keypair, error) {
	signer, err := openSigner(ctx, address)
	if err != nil {
		return nil, err
	}
	k := &keypair{signer: signer}
	if k.public, err = signer.PublicKey(options.WithContext(ctx)); err != nil {
		return nil, fmt.Errorf("ask for the public key of %s: %w", address, err)
	}
	if k.algorithm, err = algorithmOf(k.public); err != nil {
		return nil, fmt.Errorf("key %s: %w", address, err)
	}
	return k, nil
}

func openSigner(ctx context.Context, address string) (sigs.Signer, error) {
	if strings.HasPrefix(address, aws.ReferenceScheme) {
		signer, err := aws.LoadSignerVerifier(ctx, address)
		if err != nil {
			return nil, fmt.Errorf("open key %s: %w", address, err)
		}
		return signer, nil
	}
	text, err := os.ReadFile(address)
	if err != nil {
		return nil, fmt.Errorf("read private key: %w", err)
	}
	private, err := cryptoutils.UnmarshalPEMToPrivateKey(text, func(bool) ([]byte, error) {
		return []byte(os.Getenv(passwordVariable)), nil
	})
	if err != nil {
		return nil, fmt.Errorf("read private key %s: %w; the password of an encrypted key is in %s", address, err,
			passwordVariable)
	}
	signer, err := sigs.LoadDefaultSigner(private)
	if err != nil {
		return nil, fmt.Errorf("read private key %s: %w", address, err)
	}
	return signer, nil
}

// algorithmOf is how a key signs. Tools do not agree on Ed25519: cosign hashes first, others do not.
func algorithmOf(public crypto.PublicKey) (sigs.AlgorithmDetails, error) {
	switch public.(type) {
	case *ecdsa.PublicKey, *rsa.PublicKey:
		return sigs.GetDefaultAlgorithmDetails(public)
	default:
		return sigs.AlgorithmDetails{}, fmt.Errorf("%T is no ECDSA or RSA key; cosign generate-key-pair makes one", public)
	}
}

func (k *keypair) GetHashAlgorithm() protocommon.HashAlgorithm { return k.algorithm.GetProtoHashType() }

func (k *keypair) GetSigningAlgorithm() protocommon.PublicKeyDetails {
	return k.algorithm.GetSignatureAlgorithm()
}

func (k *keypair) GetHint() []byte { return []byte(hint(k.public)) }

// GetKeyAlgorithm is only asked for a certificate, which an order with a key does not need.
func (k *keypair) GetKeyAlgorithm() string { return "" }

func (k *keypair) GetPublicKey() crypto.PublicKey { return k.public }

func (k *keypair) GetPublicKeyPem() (string, error) {
	text, err := cryptoutils.MarshalPublicKeyToPEM(k.public)
	return string(text), err
}

// SignData signs data. The digest that it may return is not part of a bundle with a statement.
func (k *keypair) SignData(ctx context.Context, data []byte) (signature, digest []byte, err error) {
	signature, err = k.signer.SignMessage(bytes.NewReader(data), options.WithContext(ctx))
	return signature, nil, err
}

// fingerprint is the SHA-256 of a public key.
func fingerprint(public crypto.PublicKey) []byte {
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		return nil
	}
	sum := sha256.Sum256(der)
	return sum[:]
}

// hint is how a bundle names a key.
func hint(public crypto.PublicKey) string {
	return base64.StdEncoding.EncodeToString(fingerprint(public))
}

// keyName is how a person names a key: `openssl pkey -pubin -outform DER | sha256sum` prints the same.
func keyName(fingerprint []byte) string { return "key sha256:" + hex.EncodeToString(fingerprint) }

// keyChecker checks bundles by a public key, PEM. It needs no network. A certificate does not count. The time of the
// signature does not matter, because a key does not expire.
func keyChecker(text []byte) (*checker, error) {
	if block, _ := pem.Decode(text); block == nil || block.Type != string(cryptoutils.PublicKeyPEMType) {
		return nil, errors.New("the key of the policy is not a public key, PEM: cosign public-key --key KEY prints one")
	}
	public, err := cryptoutils.UnmarshalPEMToPublicKey(text)
	if err != nil {
		return nil, fmt.Errorf("read the key of the policy: %w", err)
	}
	if _, err := algorithmOf(public); err != nil {
		return nil, fmt.Errorf("the key of the policy: %w", err)
	}
	return publicKeyChecker(public)
}

func publicKeyChecker(public crypto.PublicKey) (*checker, error) {
	loaded, err := sigs.LoadDefaultVerifier(public)
	if err != nil {
		return nil, err
	}
	trusted := root.NewTrustedPublicKeyMaterial(func(string) (root.TimeConstrainedVerifier, error) {
		return root.NewExpiringKey(loaded, time.Time{}, time.Time{}), nil
	})
	verifier, err := verify.NewVerifier(trusted, verify.WithNoObserverTimestamps())
	if err != nil {
		return nil, err
	}
	name := keyName(fingerprint(public))
	return &checker{
		verifier: verifier,
		policy:   verify.WithKey(),
		by:       func(*verify.VerificationResult) string { return name },
		explain:  func(b *bundle.Bundle, _ error) error { return otherKey(b, public, name) },
	}, nil
}

// otherKey says which other key a bundle claims to be signed by; nil if it does not.
func otherKey(b *bundle.Bundle, public crypto.PublicKey, want string) error {
	content, err := b.VerificationContent()
	if err != nil {
		return nil //nolint:nilerr // the caller has a better error
	}
	if content.Certificate() != nil {
		return fmt.Errorf("it is signed keyless, want %s", want)
	}
	claimed := ""
	if key := content.PublicKey(); key != nil {
		claimed = key.Hint()
	}
	if claimed == "" || claimed == hint(public) {
		return nil
	}
	if sum, err := base64.StdEncoding.DecodeString(claimed); err == nil && len(sum) == sha256.Size {
		claimed = keyName(sum)
	}
	return fmt.Errorf("it is signed by another key, %s; want %s", claimed, want)
}
