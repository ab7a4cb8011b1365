package main

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/mejan/mejan/cli/replay"
	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/functions/pipeline/objects"
)

// ending is what became of the rows that pass.
type ending int

const (
	// unchanged means that nothing was put or written: nothing passes, or nothing was to happen.
	unchanged ending = iota
	// put means that the object was created, and written that a file or stdout has the batch.
	put
	written
	// before means that the same batch had been put before, and otherwise that another one had been under its name.
	before
	otherwise
)

// deliver brings the batch to where it goes.
func (r *replaying) deliver(ctx context.Context, result replay.Result, batch *os.File) (ending, error) {
	switch {
	case r.target.Bucket != "":
		return r.put(ctx, result, batch)
	case r.dryRun:
		return unchanged, nil
	default:
		if _, err := batch.Seek(0, io.SeekStart); err != nil {
			return unchanged, fmt.Errorf("file for what passes: %w", err)
		}
		if _, err := io.Copy(r.output, batch); err != nil {
			return unchanged, err
		}
		return written, r.output.Commit()
	}
}

// put creates the object, unless there is one.
func (r *replaying) put(ctx context.Context, result replay.Result, batch *os.File) (ending, error) {
	if r.dryRun {
		return r.present(ctx, batch)
	}
	correlation, err := r.correlation(ctx, result)
	if err != nil {
		return unchanged, err
	}
	metadata := make(map[string]string)
	if correlation != "" {
		metadata[pipeline.CorrelationMetadata] = correlation
	}
	if result.Smoke {
		metadata[pipeline.SmokeMetadata] = "true"
	}
	err = r.store.CreateFrom(ctx, r.target, batch, metadata)
	if errors.Is(err, objects.ErrExists) {
		return r.present(ctx, batch)
	}
	if err != nil {
		return unchanged, err
	}
	return put, nil
}

// present says whether there is an object under the name, and whether it is this batch.
func (r *replaying) present(ctx context.Context, batch io.ReadSeeker) (ending, error) {
	object, err := r.store.Open(ctx, r.target)
	if errors.Is(err, objects.ErrNotFound) || r.dryRun && errors.Is(err, objects.ErrDenied) {
		return unchanged, nil
	}
	if err != nil {
		return unchanged, err
	}
	defer object.Body.Close()
	there, err := digest(object.Body)
	if err != nil {
		return unchanged, fmt.Errorf("read object %q: %w", r.target, err)
	}
	if _, err := batch.Seek(0, io.SeekStart); err != nil {
		return unchanged, fmt.Errorf("file for what passes: %w", err)
	}
	here, err := digest(batch)
	if err != nil {
		return unchanged, fmt.Errorf("file for what passes: %w", err)
	}
	if here != there {
		return otherwise, nil
	}
	return before, nil
}

func digest(r io.Reader) (sum [sha256.Size]byte, err error) {
	hash := sha256.New()
	_, err = io.Copy(hash, r)
	return [sha256.Size]byte(hash.Sum(nil)), err
}

// correlation is the correlation id of the run that refused the rows, as its register says it; empty where the register
// is gone, is that of another run, or may not be read.
func (r *replaying) correlation(ctx context.Context, result replay.Result) (string, error) {
	at := objects.Ref{Bucket: r.from.Bucket, Key: pipeline.MarkerKey(result.Source.ETag)}
	if at.Bucket == "" {
		at.Bucket = r.target.Bucket
	}
	object, err := r.store.Open(ctx, at)
	if errors.Is(err, objects.ErrNotFound) || errors.Is(err, objects.ErrDenied) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("read register: %w", err)
	}
	defer object.Body.Close()
	const longest = 64 << 10 // registers have less than 2,000 bytes
	body, err := io.ReadAll(io.LimitReader(object.Body, longest))
	if err != nil {
		return "", fmt.Errorf("read register %q: %w", at, err)
	}
	var register pipeline.Marker
	if err := json.Unmarshal(body, &register); err != nil {
		return "", fmt.Errorf("read register %q: %w", at, err)
	}
	if register.RunID != result.RunID || !pipeline.ValidCorrelationID(register.CorrelationID) {
		return "", nil
	}
	return register.CorrelationID, nil
}
