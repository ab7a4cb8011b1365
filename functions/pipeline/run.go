package pipeline

import (
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"time"
)

// RunID names the work on one content, and with it every output: `<yyyymmdd>T<hhmmss>Z-<first 12 of etag>`. The time is
// that of the first claim of this content, not of the attempt, so that a repeated attempt writes under the same names.
func RunID(claimed time.Time, etag string) string {
	return claimed.UTC().Format("20060102T150405Z") + "-" + etag[:min(len(etag), 12)]
}

// ValidRunID reports whether an id has the form that [RunID] gives: it can name objects and stand in a mail header.
func ValidRunID(id string) bool {
	const form = "20060102T150405Z"
	claimed, etag, _ := strings.Cut(id, "-")
	_, err := time.Parse(form, claimed)
	odd := func(r rune) bool { return r != '-' && !letterOrDigit(r) }
	return err == nil && len(claimed) == len(form) &&
		0 < len(etag) && len(etag) <= 12 && !strings.ContainsFunc(etag, odd)
}

// CorrelationMetadata is the object metadata key (sent as x-amz-meta-correlation-id) by which an uploader names the
// correlation id of a file.
const CorrelationMetadata = "correlation-id"

// SmokeMetadata is the object metadata key (sent as x-amz-meta-smoke) by which an uploader marks a file as a smoke
// test: the run does all that a real one does, but only the test receiver gets its report, and it publishes no metric.
// Any value but `false` is a mark. What the first run over some bytes was, every later one is.
const SmokeMetadata = "smoke"

// IsSmoke reports whether the metadata of an object marks a smoke test.
func IsSmoke(metadata map[string]string) bool {
	value := metadata[SmokeMetadata]
	return value != "" && !strings.EqualFold(value, "false")
}

// CorrelationHeader carries the correlation id in the e-mail.
const CorrelationHeader = "X-Correlation-Id"

// RunHeader carries the run id in the e-mail.
const RunHeader = "X-Mejan-Run-Id"

// NewCorrelationID makes a correlation id from 16 bytes of entropy: 32 hexadecimal digits, the form of a W3C trace id.
func NewCorrelationID(entropy io.Reader) (string, error) {
	var b [16]byte
	if _, err := io.ReadFull(entropy, b[:]); err != nil {
		return "", fmt.Errorf("read entropy: %w", err)
	}
	return hex.EncodeToString(b[:]), nil
}

// CorrelationIDForm is what [ValidCorrelationID] takes, in words.
const CorrelationIDForm = "1 to 128 letters, digits and -_.:/"

// ValidCorrelationID reports whether a correlation id can be carried everywhere, a mail header included: 1 to 128 ASCII
// letters, digits, and `-_.:/`. The ingestor replaces an uploader's id that cannot, the analyzer refuses it.
func ValidCorrelationID(id string) bool {
	return 0 < len(id) && len(id) <= 128 && !strings.ContainsFunc(id, func(r rune) bool {
		return !letterOrDigit(r) && !strings.ContainsRune("-_.:/", r)
	})
}

func letterOrDigit(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
}
