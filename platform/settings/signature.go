package settings

import (
	"fmt"
	"path"
	"regexp"
	"strings"
)

// SignaturePolicy says which images a stage takes.
type SignaturePolicy string

// The policies.
const (
	// SignatureNone takes every image, signed or not.
	SignatureNone SignaturePolicy = "none"
	// SignatureKey takes an image that a key signed.
	SignatureKey SignaturePolicy = "key"
	// SignatureIdentity takes an image that was signed keyless, by an identity such as that of a workflow of GitHub.
	SignatureIdentity SignaturePolicy = "identity"
)

// Signature says who must have signed the images of a stage.
type Signature struct {
	Policy SignaturePolicy
	// Key is the file of the public key, PEM, relative to the repository; only with SignatureKey.
	Key string
	// Issuer is the address of the OpenID issuer that knows the identity. Subject is its name; between `^` and `$` it is a
	// regular expression that has to match all of the name. Both only with SignatureIdentity.
	Issuer, Subject string
	// Root is the file of the trusted root of another Sigstore than the public one, relative to the repository. It may be
	// empty; only with SignatureIdentity.
	Root string
}

// SignatureFromFile reads the part of a stage's Pulumi.<stage>.yaml that says who must have signed its images. It does
// not look at the other settings.
func SignatureFromFile(path, stage string) (Signature, error) {
	l, err := open(path, stage)
	if err != nil {
		return Signature{}, err
	}
	s := l.signature()
	if err := l.failure(); err != nil {
		return Signature{}, err
	}
	return s, nil
}

// The examples are what a refusal proposes.
const (
	exampleKey     = "platform/release.pub"
	exampleIssuer  = "https://token.actions.githubusercontent.com"
	exampleSubject = "https://github.com/OWNER/REPOSITORY/.github/workflows/release.yaml@refs/heads/main"
)

// signature reads the policy, and the settings that belong to it. A setting of another policy is refused: its author
// believes that it is in force.
func (l *loader) signature() Signature {
	s := Signature{
		Policy: SignaturePolicy(l.config[keySignature]), Key: l.config[keySignatureKey],
		Issuer: l.config[keySignatureIssuer], Subject: l.config[keySignatureSubject], Root: l.config[keySignatureRoot],
	}
	if s.Policy == "" {
		s.Policy = SignatureNone
	}
	switch s.Policy {
	case SignatureNone, SignatureKey, SignatureIdentity:
	default:
		l.problem(keySignature, string(SignatureKey), "%q is not one of %s, %s, %s",
			s.Policy, SignatureNone, SignatureKey, SignatureIdentity)
		return s
	}
	for _, part := range []struct {
		key, value, example string
		policy              SignaturePolicy
		optional            bool
		check               func(string) error
	}{
		{key: keySignatureKey, value: s.Key, example: exampleKey, policy: SignatureKey, check: checkFile},
		{key: keySignatureIssuer, value: s.Issuer, example: exampleIssuer, policy: SignatureIdentity, check: checkIssuer},
		{key: keySignatureSubject, value: s.Subject, example: exampleSubject, policy: SignatureIdentity, check: checkSubject},
		{
			key: keySignatureRoot, value: s.Root, example: "platform/trusted_root.json", policy: SignatureIdentity,
			optional: true, check: checkFile,
		},
	} {
		switch {
		case part.policy != s.Policy && part.value != "":
			l.remedy(part.key, "rm", part.key, "belongs to %s %s, and this stage has %s",
				keySignature, part.policy, s.Policy)
		case part.policy != s.Policy, part.optional && part.value == "":
		case part.value == "":
			l.problem(part.key, part.example, "not set, but %s is %s", keySignature, s.Policy)
		default:
			if err := part.check(part.value); err != nil {
				l.problem(part.key, part.example, "%v", err)
			}
		}
	}
	return s
}

// checkFile takes the path of a file in the repository: the same on every machine, and under review.
func checkFile(value string) error {
	if path.IsAbs(value) || path.Clean(value) != value || value == ".." || strings.HasPrefix(value, "../") ||
		strings.Contains(value, `\`) {
		return fmt.Errorf("%q is not the path of a file in the repository, from its root", value)
	}
	return nil
}

func checkIssuer(value string) error {
	if host, found := strings.CutPrefix(value, "https://"); !found || host == "" || strings.ContainsAny(value, " *^$") {
		return fmt.Errorf("%q is not the address of an issuer", value)
	}
	return nil
}

// checkSubject refuses a pattern that is not anchored: it would match a part of the name of somebody else.
func checkSubject(value string) error {
	begins, ends := strings.HasPrefix(value, "^"), strings.HasSuffix(value, "$")
	switch {
	case begins != ends:
		return fmt.Errorf("%q is a pattern for a part of a name; begin it with ^ and end it with $", value)
	case !begins:
		return nil
	}
	_, err := regexp.Compile(SubjectPattern(value))
	return err
}

// SubjectPattern is the regular expression of a subject between `^` and `$`, or empty if the subject is a name. Its
// alternatives are anchored, too: `^a|b$` matches a and b only.
func SubjectPattern(subject string) string {
	inner, begins := strings.CutPrefix(subject, "^")
	inner, ends := strings.CutSuffix(inner, "$")
	if !begins || !ends {
		return ""
	}
	return `^(?:` + inner + `)$`
}
