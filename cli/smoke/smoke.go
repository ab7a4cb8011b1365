// Package smoke follows a marked file through a stage: from the upload to the mail that SES accepted.
package smoke

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/functions/pipeline/analyses"
	"github.com/mejan/mejan/functions/pipeline/objects"
	"github.com/mejan/mejan/functions/pipeline/smoke"
)

// Step is how far a smoke test has come.
type Step string

// Steps, in their order.
const (
	// Uploaded means that the file lies in the bucket.
	Uploaded Step = "uploaded"
	// Claimed means that the ingestor has begun.
	Claimed Step = "claimed"
	// Ingested means that the rows are written and announced.
	Ingested Step = "ingested"
	// Analysed means that the item is in the table.
	Analysed Step = "analysed"
	// Mailed means that SES accepted the report.
	Mailed Step = "mailed"
)

// Reached is a step that was reached.
type Reached struct {
	Step Step `json:"step"`
	// Seconds since the test began.
	Seconds float64 `json:"seconds"`
	// Detail names what the step left: an object, an item, a message.
	Detail string `json:"detail"`
}

// Bucket is the stage's bucket of data.
type Bucket interface {
	Open(ctx context.Context, r objects.Ref) (*objects.Object, error)
	CreateFrom(ctx context.Context, r objects.Ref, body io.ReadSeeker, metadata map[string]string) error
}

// Table is the stage's table of analyses.
type Table interface {
	Get(ctx context.Context, id string) (pipeline.Item, error)
}

// Test is one smoke test of a stage.
type Test struct {
	// Name is the name of the bucket.
	Name   string
	Bucket Bucket
	Table  Table
	// File is the content to upload; Extension is .json or .json.gz.
	File      []byte
	Extension string
	// Report is told of each step.
	Report func(Reached)

	began       time.Time
	last        Step
	correlation string
}

// pause lies between two looks at a step.
const pause = 250 * time.Millisecond

// StoppedError says at which step a test stopped, and why.
type StoppedError struct {
	// Last is the last step that was reached; empty if there is none.
	Last Step
	// CorrelationID is that of the run.
	CorrelationID string
	Err           error
}

func (e *StoppedError) Error() string {
	if e.Last == "" {
		return fmt.Sprintf("the file was not uploaded: %v", e.Err)
	}
	return fmt.Sprintf("the last step reached is %q (correlation id %s): %v", e.Last, e.CorrelationID, e.Err)
}

func (e *StoppedError) Unwrap() error { return e.Err }

// Run uploads the file with the mark and a nonce, and follows it until the mail was accepted or ctx is done. Its error
// is a [StoppedError].
func (t *Test) Run(ctx context.Context) error {
	t.began = time.Now()
	if err := t.follow(ctx); err != nil {
		return &StoppedError{Last: t.last, CorrelationID: t.correlation, Err: err}
	}
	return nil
}

func (t *Test) follow(ctx context.Context) error {
	etag, err := t.upload(ctx)
	if err != nil {
		return err
	}
	marker, err := t.ingested(ctx, etag)
	if err != nil {
		return err
	}
	item, err := t.analysed(ctx, marker.RunID)
	if err != nil {
		return err
	}
	return t.mailed(ctx, item)
}

func (t *Test) reached(step Step, format string, args ...any) {
	t.last = step
	t.Report(Reached{Step: step, Seconds: time.Since(t.began).Seconds(), Detail: fmt.Sprintf(format, args...)})
}

// upload gives the entity tag of the uploaded bytes.
func (t *Test) upload(ctx context.Context) (etag string, err error) {
	nonce := make([]byte, 16)
	if _, err := rand.Read(nonce); err != nil {
		return "", err
	}
	if t.correlation, err = pipeline.NewCorrelationID(rand.Reader); err != nil {
		return "", err
	}
	body, err := smoke.Body(t.File, nonce)
	if err != nil {
		return "", err
	}
	at := objects.Ref{Bucket: t.Name, Key: pipeline.InputPrefix + "smoke-" + hex.EncodeToString(nonce[:8]) + t.Extension}
	metadata := map[string]string{pipeline.SmokeMetadata: "true", pipeline.CorrelationMetadata: t.correlation}
	if err := t.Bucket.CreateFrom(ctx, at, bytes.NewReader(body), metadata); err != nil {
		return "", err
	}
	object, err := t.Bucket.Open(ctx, at)
	if err != nil {
		return "", err
	}
	defer object.Body.Close()
	t.reached(Uploaded, "%s, %d bytes", at, len(body))
	return object.ETag, nil
}

// ingested waits for the marker to say that the rows are announced.
func (t *Test) ingested(ctx context.Context, etag string) (marker pipeline.Marker, err error) {
	at := objects.Ref{Bucket: t.Name, Key: pipeline.MarkerKey(etag)}
	err = await(ctx, func() (bool, error) {
		found, err := t.marker(ctx, at)
		switch {
		case errors.Is(err, objects.ErrNotFound):
			return false, nil
		case err != nil:
			return false, err
		}
		if marker = found; t.last == Uploaded {
			if !marker.Smoke {
				return false, errors.New("the ingestor does not know the mark of a smoke test: it is older than this program")
			}
			t.reached(Claimed, "%s", at)
		}
		if marker.State == pipeline.Rejected {
			return false, fmt.Errorf("the ingestor rejected the file: %v", marker.Reasons)
		}
		return marker.State == pipeline.Done, nil
	})
	if err == nil {
		t.reached(Ingested, "run %s, %d rows", marker.RunID, marker.Rows.Valid)
	}
	return marker, err
}

func (t *Test) marker(ctx context.Context, at objects.Ref) (marker pipeline.Marker, err error) {
	object, err := t.Bucket.Open(ctx, at)
	if err != nil {
		return marker, err
	}
	defer object.Body.Close()
	if err := json.NewDecoder(object.Body).Decode(&marker); err != nil {
		return marker, fmt.Errorf("read marker %s: %w", at, err)
	}
	return marker, nil
}

func (t *Test) analysed(ctx context.Context, id string) (item pipeline.Item, err error) {
	err = await(ctx, func() (bool, error) {
		item, err = t.Table.Get(ctx, id)
		if errors.Is(err, analyses.ErrNotFound) {
			return false, nil
		}
		return err == nil, err
	})
	if err == nil {
		t.reached(Analysed, "%d symbols, words of the %s", item.SymbolsAnalyzed, item.Narration.Source)
	}
	return item, err
}

// mailed waits for the ledger to say that the report was sent. A refusal is not the end: the notifier tries again.
func (t *Test) mailed(ctx context.Context, item pipeline.Item) error {
	refused := ""
	err := await(ctx, func() (sent bool, err error) {
		if item, err = t.Table.Get(ctx, item.AnalysisID); err != nil || item.Delivery == nil {
			return false, err
		}
		refused = item.Delivery.Error
		return item.Delivery.State == pipeline.DeliverySent, nil
	})
	if err != nil {
		if refused != "" {
			err = fmt.Errorf("SES refuses the mail: %s: %w", strings.TrimSuffix(refused, "."), err)
		}
		return err
	}
	t.reached(Mailed, "message %s", item.Delivery.MessageID)
	return nil
}

// await looks until it is done, an error tells that it never will be, or ctx is done.
func await(ctx context.Context, look func() (done bool, err error)) error {
	for {
		done, err := look()
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if done || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}
