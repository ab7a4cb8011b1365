package sigstore

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/sigstore/sigstore-go/pkg/bundle"
	"github.com/sigstore/sigstore-go/pkg/verify"

	"github.com/mejan/mejan/cli/signature"
	"github.com/mejan/mejan/platform/settings"
)

// Verify implements [signature.Sigstore]. With a key it needs nothing but the question. With an identity it needs the
// trusted root, which it fetches if the question has none.
func (Sigstore) Verify(ctx context.Context, question signature.Question) ([]signature.Verdict, error) {
	c, err := newChecker(ctx, question.Policy)
	if err != nil {
		return nil, err
	}
	verdicts := make([]signature.Verdict, len(question.Images))
	for i, image := range question.Images {
		if verdicts[i], err = c.find(image); err != nil {
			return nil, err
		}
	}
	return verdicts, nil
}

// checker decides whether a bundle is the signature that a policy asks for.
type checker struct {
	verifier *verify.Verifier
	policy   verify.PolicyOption
	// by names who signed what passed.
	by func(*verify.VerificationResult) string
	// explain says why a bundle did not pass, where that is plain; nil otherwise.
	explain func(*bundle.Bundle, error) error
}

func newChecker(ctx context.Context, p signature.Policy) (*checker, error) {
	switch p.Policy {
	case settings.SignatureKey:
		return keyChecker(p.Key)
	case settings.SignatureIdentity:
		return identityChecker(ctx, p)
	default:
		return nil, fmt.Errorf("%q is no policy that asks for a signature", p.Policy)
	}
}

// find looks for the first bundle of an image that counts.
func (c *checker) find(image signature.Image) (signature.Verdict, error) {
	digest, err := parseDigest(image.Digest)
	if err != nil {
		return signature.Verdict{}, err
	}
	var verdict signature.Verdict
	for _, text := range image.Bundles {
		if verdict.By, err = c.check(digest, text); err == nil {
			return verdict, nil
		}
		verdict.Reasons = append(verdict.Reasons, err.Error())
	}
	return verdict, nil
}

// parseDigest is a digest as bytes.
func parseDigest(digest string) ([]byte, error) {
	text, found := strings.CutPrefix(digest, "sha256:")
	data, err := hex.DecodeString(text)
	if !found || err != nil || len(data) != sha256.Size {
		return nil, fmt.Errorf("%q is not a digest, want sha256: and 64 hexadecimal digits", digest)
	}
	return data, nil
}

// check makes sure that a bundle is a valid signature of an image and says by whom. The key that signs images may sign
// other statements about them, such as the result of a scan; only the one that cosign sign makes counts.
func (c *checker) check(digest, text []byte) (by string, err error) {
	b := new(bundle.Bundle)
	if err := b.UnmarshalJSON(text); err != nil {
		return "", fmt.Errorf("it cannot be read: %w", err)
	}
	result, err := c.verifier.Verify(b, verify.NewPolicy(verify.WithArtifactDigest("sha256", digest), c.policy))
	if err != nil {
		if other := otherImage(b, digest); other != "" {
			return "", fmt.Errorf("it is the signature of another image, %s", other)
		}
		if plain := c.explain(b, err); plain != nil {
			return "", plain
		}
		return "", fmt.Errorf("it is not valid: %w", err)
	}
	if result.Statement == nil || result.Statement.GetPredicateType() != signature.PredicateType {
		return "", fmt.Errorf("it is not a signature but a statement, %s", result.Statement.GetPredicateType())
	}
	return c.by(result), nil
}

// otherImage is the image that the statement in a bundle is about, if it is another one. The statement may be forged:
// it only explains why a bundle does not count.
func otherImage(b *bundle.Bundle, digest []byte) string {
	envelope, err := b.Envelope()
	if err != nil {
		return ""
	}
	statement, err := envelope.Statement()
	if err != nil {
		return ""
	}
	other := ""
	for _, subject := range statement.GetSubject() {
		if other = subject.GetDigest()["sha256"]; other == hex.EncodeToString(digest) {
			return ""
		}
	}
	if other == "" {
		return ""
	}
	return "sha256:" + other
}
