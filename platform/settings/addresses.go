package settings

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/idna"

	"github.com/mejan/mejan/functions/pipeline"
)

// Examples for commands. They are refused on AWS if someone runs a command as it stands.
const (
	exampleEmail  = "you@example.com"
	exampleEmails = exampleEmail + ",others@example.com"
)

func (l *loader) email(key string) string {
	value := l.config[key]
	if value == "" {
		l.problem(key, exampleEmail, "not set")
		return ""
	}
	return l.address(key, exampleEmail, value)
}

// testReceiver may be any address, also one that gets real reports: people who try a stage out read both.
func (l *loader) testReceiver(key string) string {
	return l.address(key, exampleEmail, cmp.Or(l.config[key], defaultTestReceiver))
}

func (l *loader) emails(key string) []string {
	values, err := list(l.config[key])
	if err != nil {
		l.problem(key, exampleEmails, "%v", err)
		return nil
	}
	if len(values) == 0 {
		l.problem(key, exampleEmails, "not set")
	}
	var addresses []string
	for _, value := range values {
		// An address that is there twice gets one mail.
		if address := l.address(key, exampleEmails, value); !slices.Contains(addresses, address) {
			addresses = append(addresses, address)
		}
	}
	if len(addresses) > pipeline.MaxReceivers {
		l.problem(key, exampleEmails, "%d addresses, SES takes at most %d", len(addresses), pipeline.MaxReceivers)
	}
	return addresses
}

// address spells an address as SES wants it, the domain in Punycode and lower case, and notes why it cannot be used.
func (l *loader) address(key, example, value string) string {
	address, err := toASCII(value)
	if err == nil {
		address, err = pipeline.ParseAddress(address)
	}
	switch {
	case err != nil:
		l.problem(key, example, "%q is not an e-mail address that SES takes: %v", value, err)
	case !l.local && isExample(address):
		l.problem(key, example, "%q is a placeholder, nobody gets mail there", value)
	}
	return address
}

// toASCII puts the domain into Punycode. It leaves any other domain as it is, for [pipeline.ParseAddress] to judge.
func toASCII(address string) (string, error) {
	at := strings.LastIndexByte(address, '@')
	if at < 0 || !isInternational(address[at+1:]) {
		return address, nil
	}
	domain, err := idna.Lookup.ToASCII(address[at+1:])
	if err != nil {
		return "", fmt.Errorf("domain: %w", err)
	}
	return address[:at+1] + domain, nil
}

func isInternational(domain string) bool {
	return strings.Contains(strings.ToLower(domain), "xn--") ||
		strings.ContainsFunc(domain, func(r rune) bool { return r > unicode.MaxASCII })
}

// isExample reports whether a domain is reserved, so that no mail can arrive there: RFC 2606 and RFC 6761.
func isExample(address string) bool {
	domain := "." + address[strings.LastIndexByte(address, '@')+1:]
	return slices.ContainsFunc([]string{
		".example.com", ".example.net", ".example.org", ".example", ".invalid", ".test", ".localhost", ".local",
	}, func(reserved string) bool { return strings.HasSuffix(domain, reserved) })
}
