package pipeline

import (
	"errors"
	"fmt"
	"strings"
)

// MaxReceivers is how many recipients SES takes for one message.
const MaxReceivers = 50

// Lengths in bytes, of RFC 5321, 4.5.3.1: a path has at most 256 with its brackets.
const (
	maxLocalPart = 64
	maxAddress   = 254
)

// ParseAddress checks an e-mail address and returns it with its domain in lower case: a domain is the same in any case,
// what stands before the @ may not be. It takes what SES takes, and less where more is only a trap:
//
//   - ASCII only. SES has no SMTPUTF8, and wants the domain in Punycode (API reference of SES v2, Destination).
//   - An address alone: no display name, no brackets, no comment, no quotes, no IP address as the domain.
//   - None of * ? $ { }, which IAM reads as wildcards and variables where an address is part of an ARN, and no comma,
//     which separates addresses in [EnvReceiverEmail].
func ParseAddress(text string) (string, error) {
	at := strings.LastIndexByte(text, '@')
	switch {
	case at < 0:
		return "", errors.New("no @")
	case strings.ContainsAny(text, "<>"):
		return "", errors.New("want the address alone, without a name and without brackets")
	}
	local, domain := text[:at], strings.ToLower(text[at+1:])
	switch {
	case len(local) > maxLocalPart:
		return "", fmt.Errorf("%d characters before the @, at most %d are allowed", len(local), maxLocalPart)
	case len(text) > maxAddress:
		return "", fmt.Errorf("%d characters, at most %d are allowed", len(text), maxAddress)
	}
	for _, atom := range strings.Split(local, ".") {
		if atom == "" {
			return "", errors.New("before the @ an empty part, or a dot too many")
		}
		for _, r := range atom {
			if !isLocal(r) {
				return "", fmt.Errorf("%q before the @, only ASCII letters, digits and !#%%&'+-/=^_`|~. are allowed", r)
			}
		}
	}
	if !isDomain(domain) {
		return "", fmt.Errorf("domain %q, want names of ASCII letters, digits and hyphens with dots between them", domain)
	}
	return local + "@" + domain, nil
}

func isLocal(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' ||
		strings.ContainsRune("!#%&'+-/=^_`|~", r)
}

// isDomain knows a full domain name in lower case: RFC 1035, 2.3.1, with digits first as RFC 1123 allows. A last name
// that begins with a digit would be the end of an IP address.
func isDomain(domain string) bool {
	names := strings.Split(domain, ".")
	for _, name := range names {
		if name == "" || len(name) > 63 || name[0] == '-' || name[len(name)-1] == '-' {
			return false
		}
		for i := range len(name) {
			if c := name[i]; c != '-' && (c < 'a' || c > 'z') && (c < '0' || c > '9') {
				return false
			}
		}
	}
	return len(names) > 1 && names[len(names)-1][0] >= 'a'
}
