package mail

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/mejan/mejan/functions/pipeline"
)

// ParseAddress checks one address.
func ParseAddress(text string) (string, error) {
	address, err := pipeline.ParseAddress(text)
	if err != nil {
		return "", fmt.Errorf("%q is not an e-mail address: %w", text, err)
	}
	return address, nil
}

// ParseReceivers reads a list of addresses separated by commas. An address that occurs twice gets one mail. The error
// names every bad address.
func ParseReceivers(list string) ([]string, error) {
	var receivers []string
	var bad []error
	for text := range strings.SplitSeq(list, ",") {
		address, err := ParseAddress(strings.TrimSpace(text))
		if err != nil {
			bad = append(bad, err)
		} else if !slices.Contains(receivers, address) {
			receivers = append(receivers, address)
		}
	}
	if len(receivers) > pipeline.MaxReceivers {
		bad = append(bad, fmt.Errorf("%d addresses, SES takes at most %d", len(receivers), pipeline.MaxReceivers))
	}
	return receivers, errors.Join(bad...)
}
