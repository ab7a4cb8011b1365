package sigstore

import (
	"context"
	"errors"
	"fmt"
	"strings"

	intoto "github.com/in-toto/attestation/go/v1"
	"github.com/sigstore/sigstore-go/pkg/sign"
	"google.golang.org/protobuf/encoding/protojson"

	"github.com/mejan/mejan/cli/signature"
)

// payloadType is the type of the statement in a bundle.
const payloadType = "application/vnd.in-toto+json"

// Sign implements [signature.Sigstore]. An image that has a valid signature by the same key or identity gets no other.
func (Sigstore) Sign(ctx context.Context, order signature.Order) ([]signature.Signed, error) {
	s, err := newSigner(ctx, order)
	if err != nil {
		return nil, err
	}
	signed := make([]signature.Signed, len(order.Images))
	for i, image := range order.Images {
		verdict, err := s.checker.find(image)
		if err != nil {
			return nil, err
		}
		if signed[i].By = verdict.By; verdict.By != "" {
			continue
		}
		if signed[i], err = s.sign(image.Digest); err != nil {
			return nil, fmt.Errorf("sign image %s: %w", image.Digest, err)
		}
	}
	return signed, nil
}

// signer makes bundles, and checks each one as those who read it will.
type signer struct {
	keypair sign.Keypair
	options sign.BundleOptions
	checker *checker
}

func newSigner(ctx context.Context, order signature.Order) (*signer, error) {
	switch {
	case order.Keyless == (order.Key != ""):
		return nil, errors.New("name a key, or sign keyless")
	case order.Keyless:
		return keylessSigner(ctx, order)
	}
	pair, err := openKey(ctx, order.Key)
	if err != nil {
		return nil, err
	}
	check, err := publicKeyChecker(pair.public)
	return &signer{keypair: pair, options: sign.BundleOptions{Context: ctx}, checker: check}, err
}

// sign makes the bundle of an image, as `cosign sign --new-bundle-format` does.
func (s *signer) sign(digest string) (signature.Signed, error) {
	raw, err := parseDigest(digest)
	if err != nil {
		return signature.Signed{}, err
	}
	statement, err := protojson.Marshal(&intoto.Statement{
		Type:          intoto.StatementTypeUri,
		PredicateType: signature.PredicateType,
		Subject: []*intoto.ResourceDescriptor{
			{Digest: map[string]string{"sha256": strings.TrimPrefix(digest, "sha256:")}},
		},
	})
	if err != nil {
		return signature.Signed{}, err
	}
	made, err := sign.Bundle(&sign.DSSEData{Data: statement, PayloadType: payloadType}, s.keypair, s.options)
	if err != nil {
		return signature.Signed{}, err
	}
	text, err := protojson.Marshal(made)
	if err != nil {
		return signature.Signed{}, err
	}
	by, err := s.checker.check(raw, text)
	if err != nil {
		return signature.Signed{}, fmt.Errorf("the new signature does not count: %w", err)
	}
	return signature.Signed{By: by, Bundle: text}, nil
}
