package pipeline

import (
	"encoding/hex"
	"fmt"
	"io"
	"time"
)

// RunID names the work on one content, and with it every output: `<yyyymmdd>T<hhmmss>Z-<first 12 of etag>`. The time is
// that of the first claim of this content, not of the attempt, so that a repeated attempt writes under the same names.
func RunID(claimed time.Time, etag string) string {
	return claimed.UTC().Format("20060102T150405Z") + "-" + etag[:min(len(etag), 12)]
}

// CorrelationMetadata is the object metadata key (sent as x-amz-meta-correlation-id) by which an uploader names the
// correlation id of a file.
const CorrelationMetadata = "correlation-id"

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

// ValidCorrelationID reports whether an uploader's correlation id can be carried everywhere, a mail header included: 1
// to 128 letters, digits, and `-_.:/`.
func ValidCorrelationID(id string) bool {
	for i := range len(id) {
		switch c := id[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		case c == '-', c == '_', c == '.', c == ':', c == '/':
		default:
			return false
		}
	}
	return 0 < len(id) && len(id) <= 128
}
