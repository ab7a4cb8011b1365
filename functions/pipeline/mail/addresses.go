package mail

import (
	"errors"
	"fmt"
	"net/mail"
	"strings"

	"github.com/mejan/mejan/functions/pipeline"
)

// maxReceivers is how many recipients SES takes for one message.
const maxReceivers = 50

// parseSender checks the address that reports come from.
func parseSender(text string) (string, error) {
	address, err := mail.ParseAddress(text)
	if err != nil {
		return "", fmt.Errorf("environment variable %s: %q is not an e-mail address: %w", pipeline.EnvSenderEmail, text, err)
	}
	return spell(address), nil
}

// parseReceivers reads a list of addresses separated by commas. An address that occurs twice gets one mail. The error
// names every bad address.
func parseReceivers(list string) ([]string, error) {
	addresses, err := mail.ParseAddressList(list)
	if err != nil {
		return nil, badReceivers(list, err)
	}
	var receivers []string
	known := make(map[string]bool)
	for _, address := range addresses {
		if !known[address.Address] {
			known[address.Address] = true
			receivers = append(receivers, spell(address))
		}
	}
	if len(receivers) > maxReceivers {
		return nil, fmt.Errorf("environment variable %s: %d addresses, SES takes at most %d",
			pipeline.EnvReceiverEmail, len(receivers), maxReceivers)
	}
	return receivers, nil
}

// spell writes an address as a header would, without needless brackets.
func spell(address *mail.Address) string {
	if address.Name == "" {
		return address.Address
	}
	return address.String()
}

// badReceivers says which entries of a list are to blame, and blames the whole list where each of them is fine alone.
func badReceivers(list string, whole error) error {
	var bad []error
	for entry := range strings.SplitSeq(list, ",") {
		entry = strings.TrimSpace(entry)
		if _, err := mail.ParseAddress(entry); err != nil {
			bad = append(bad, fmt.Errorf("environment variable %s: %q is not an e-mail address: %w",
				pipeline.EnvReceiverEmail, entry, err))
		}
	}
	if bad == nil {
		return fmt.Errorf("environment variable %s: %q is no list of addresses: %w", pipeline.EnvReceiverEmail, list, whole)
	}
	return errors.Join(bad...)
}

// bare is the address without the name that it is written with.
func bare(address string) string {
	if parsed, err := mail.ParseAddress(address); err == nil {
		return parsed.Address
	}
	return address
}
