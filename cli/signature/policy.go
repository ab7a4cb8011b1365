package signature

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/mejan/mejan/platform/settings"
)

// Policy is who must have signed the images of a stage, with the files that the settings name.
type Policy struct {
	Policy settings.SignaturePolicy `json:"policy"`
	// Key is the public key, PEM, and KeyFile where it lies in the repository; only with the policy key.
	Key     []byte `json:"key,omitempty"`
	KeyFile string `json:"-"`
	// Issuer and Subject are the identity; only with the policy identity. See [settings.Signature].
	Issuer  string `json:"issuer,omitempty"`
	Subject string `json:"subject,omitempty"`
	// Root is the text of the trusted root; empty means that of the public Sigstore.
	Root []byte `json:"root,omitempty"`
}

// ReadPolicy reads the policy of a stage from its settings, and the files that they name.
func ReadPolicy(root, stage string) (Policy, error) {
	s, err := settings.SignatureFromFile(filepath.Join(root, "Pulumi."+stage+".yaml"), stage)
	if err != nil {
		return Policy{}, err
	}
	p := Policy{Policy: s.Policy, KeyFile: s.Key, Issuer: s.Issuer, Subject: s.Subject}
	var errKey, errRoot error
	p.Key, errKey = read(root, stage, "signatureKey", s.Key)
	p.Root, errRoot = read(root, stage, "signatureRoot", s.Root)
	return p, errors.Join(errKey, errRoot)
}

// read reads a file that a setting of a stage names; none if the setting is empty.
func read(root, stage, setting, path string) ([]byte, error) {
	if path == "" {
		return nil, nil
	}
	data, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(path)))
	if err != nil {
		return nil, fmt.Errorf("mejan:%s of stage %s: %w; commit the file, or name another: pulumi config set --stack %[2]s "+
			"mejan:%[1]s PATH", setting, stage, err)
	}
	return data, nil
}

// Required reports whether the policy asks for a signature.
func (p Policy) Required() bool { return p.Policy != settings.SignatureNone && p.Policy != "" }

// Wanted says whose signature the policy asks for.
func (p Policy) Wanted() string {
	switch p.Policy {
	case settings.SignatureKey:
		return "key " + p.KeyFile
	case settings.SignatureIdentity:
		return fmt.Sprintf("%s of %s", p.Subject, p.Issuer)
	default:
		return "none"
	}
}

// HowToSign is the command that signs the images of a stage as the policy asks.
func (p Policy) HowToSign(stage string) string {
	if p.Policy == settings.SignatureKey {
		return fmt.Sprintf(`make sign STAGE=%s SIGN="--key PRIVATE-KEY"`, stage)
	}
	return fmt.Sprintf("make sign STAGE=%s SIGN=--keyless", stage)
}

// Check verifies the signatures of images and says by whom each one is signed, in their order; empty if the policy asks
// for none. An error wraps [ErrUnsigned] or [ErrSignature] and names the images.
func (p Policy) Check(ctx context.Context, sigstore Sigstore, images []Image) (by []string, err error) {
	by = make([]string, len(images))
	if !p.Required() {
		return by, nil
	}
	verdicts, err := sigstore.Verify(ctx, Question{Policy: p, Images: images})
	if err != nil {
		return nil, fmt.Errorf("verify signatures: %w", err)
	}
	var problems []error
	for i, verdict := range verdicts {
		switch {
		case verdict.By != "":
			by[i] = verdict.By
		case len(images[i].Bundles) == 0:
			problems = append(problems, fmt.Errorf("%s: image %s %w", images[i].Name, images[i].Digest, ErrUnsigned))
		default:
			problems = append(problems, fmt.Errorf("%s: image %s %w:\n    %s", images[i].Name, images[i].Digest, ErrSignature,
				strings.Join(verdict.Reasons, "\n    ")))
		}
	}
	return by, errors.Join(problems...)
}
