package mail

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/mejan/mejan/functions/pipeline"
)

// parseSender checks the address that reports come from.
func parseSender(text string) (string, error) { return parseAddress(pipeline.EnvSenderEmail, text) }

// parseReceivers reads a list of addresses separated by commas. An address that occurs twice gets one mail. The error
// names every bad address.
func parseReceivers(list string) ([]string, error) {
	var receivers []string
	var bad []error
	for text := range strings.SplitSeq(list, ",") {
		address, err := parseAddress(pipeline.EnvReceiverEmail, strings.TrimSpace(text))
		if err != nil {
			bad = append(bad, err)
		} else if !slices.Contains(receivers, address) {
			receivers = append(receivers, address)
		}
	}
	if len(receivers) > pipeline.MaxReceivers {
		bad = append(bad, fmt.Errorf("environment variable %s: %d addresses, SES takes at most %d",
			pipeline.EnvReceiverEmail, len(receivers), pipeline.MaxReceivers))
	}
	return receivers, errors.Join(bad...)
}

func parseAddress(variable, text string) (string, error) {
	address, err := pipeline.ParseAddress(text)
	if err != nil {
		return "", fmt.Errorf("environment variable %s: %q is not an e-mail address: %w", variable, text, err)
	}
	return address, nil
}
