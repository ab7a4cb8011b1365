package local

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/mejan/mejan/functions/pipeline"
)

// unnoticed is the reason of a file that the ingestor was not told of.
const unnoticed = "no notification of the bucket fits the key; inputs lie under " + pipeline.InputPrefix

// reason says why a file was not taken, in words that an operator could find too: those of the log, and of the first
// line in rejects/. It is empty for a file that was taken.
func (c *Cloud) reason(file File, since time.Time) (string, error) {
	closing, settled := c.closingLine(file, since)
	switch file.Outcome {
	case Ignored:
		if !settled {
			return unnoticed, nil
		}
		return closing.Field("reason"), nil
	case Rejected:
		return c.firstReject(file.RejectsKey)
	case DeadLettered:
		return c.lastError(since), nil
	case Analysed, Duplicate:
		return "", nil
	default:
		return "", fmt.Errorf("outcome %q of %q is unknown", file.Outcome, file.Input)
	}
}

// firstReject is what the first line of an object under rejects/ says.
func (c *Cloud) firstReject(key string) (string, error) {
	_, object, err := c.target.S3.Open(c.Bucket(), key)
	if err != nil {
		return "", fmt.Errorf("open rejects: %w", err)
	}
	defer object.Close()
	line, err := bufio.NewReader(object).ReadBytes('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read rejects %q: %w", key, err)
	}
	var reject pipeline.Reject
	if err := json.Unmarshal(line, &reject); err != nil {
		return "", fmt.Errorf("read rejects %q: %w", key, err)
	}
	if len(reject.Reasons) == 0 {
		return "", fmt.Errorf("read rejects %q: the first line has no reason", key)
	}
	where := fmt.Sprintf("at byte %d", reject.Offset)
	if reject.Pointer != "" {
		where += ", " + reject.Pointer
	}
	return fmt.Sprintf("%s %s: %s", reject.Reasons[0].Code, where, reject.Reasons[0].Detail), nil
}

// lastError is the latest error that a function has logged.
func (c *Cloud) lastError(since time.Time) string {
	said := ""
	for _, e := range c.logs.since(since) {
		if e.Level == "ERROR" {
			said = fmt.Sprintf("%s: %s: %s", e.Function, e.Message, e.Field("error"))
		}
	}
	return said
}
