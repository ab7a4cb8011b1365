// Package signature signs images and verifies their signatures. What Sigstore needs is in a program of its own,
// mejan-sign: 26 MB that no other command needs. This package is what both sides know of each other, and starts
// the program.
package signature

import (
	"context"
	"errors"
)

// PredicateType is what the statement in a bundle says of an image: that it is signed, and no more.
const PredicateType = "https://sigstore.dev/cosign/sign/v1"

// Errors of signatures.
var (
	// ErrUnsigned means that an image has no signature.
	ErrUnsigned = errors.New("is not signed")
	// ErrSignature means that an image has signatures, and none is the one that the policy asks for.
	ErrSignature = errors.New("has no signature that counts")
)

// Image is an image and the bundles that are attached to it.
type Image struct {
	// Name is how an error names the image, such as `ingestor of dev`.
	Name string `json:"name"`
	// Digest is the digest of the image, `sha256:` and 64 hexadecimal digits.
	Digest string `json:"digest"`
	// Bundles are the texts of the bundles. Anyone who may push can attach one, so they may be anything.
	Bundles [][]byte `json:"bundles"`
}

// Order says how to sign, and what.
type Order struct {
	// Key is the private key: the path of a PEM file, or `awskms://` and the rest of the address of a key in AWS KMS. It
	// is empty when Keyless is set.
	Key string `json:"key,omitempty"`
	// Keyless signs by the OpenID token of the workflow that runs, such as one of GitHub.
	Keyless bool `json:"keyless,omitempty"`
	// Services is the file of the signing configuration of another Sigstore than the public one; only with Keyless.
	Services string `json:"services,omitempty"`
	// Root is the text of the trusted root of that Sigstore; only with Keyless. Empty means that of the public one.
	Root []byte `json:"root,omitempty"`
	// Images are the images to sign.
	Images []Image `json:"images"`
}

// Signed is the result of an order for one image.
type Signed struct {
	// By names the key, or the identity and its issuer.
	By string `json:"by"`
	// Bundle is the new bundle. It is nil if one of the image's bundles is a valid signature by the same key or identity.
	Bundle []byte `json:"bundle,omitempty"`
}

// Question asks whether images are signed as a policy wants.
type Question struct {
	Policy Policy  `json:"policy"`
	Images []Image `json:"images"`
}

// Verdict says whether one image is signed as the policy wants.
type Verdict struct {
	// By names the key, or the identity and its issuer. It is empty if no bundle is valid.
	By string `json:"by,omitempty"`
	// Reasons say for each bundle why it does not count, in the order of the bundles, up to the one that counts.
	Reasons []string `json:"reasons,omitempty"`
}

// Sigstore signs and verifies. The answer has an element for each image, in their order.
type Sigstore interface {
	Sign(ctx context.Context, order Order) ([]Signed, error)
	Verify(ctx context.Context, question Question) ([]Verdict, error)
}
