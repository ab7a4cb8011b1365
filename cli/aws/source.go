package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/aws/aws-sdk-go-v2/config"

	"github.com/mejan/mejan/cli/command"
	"github.com/mejan/mejan/cli/files"
	"github.com/mejan/mejan/functions/pipeline/objects"
)

// parseSource reads what the person named: an object, or a file.
func parseSource(name string) (objects.Ref, error) {
	path, isObject := strings.CutPrefix(name, "s3://")
	if !isObject {
		return objects.Ref{Key: name}, nil
	}
	bucket, key, _ := strings.Cut(path, "/")
	if bucket == "" || key == "" || strings.HasSuffix(key, "/") {
		return objects.Ref{}, fmt.Errorf("%q names no object: s3://BUCKET/rejects/…/RUN.jsonl does", name)
	}
	return objects.Ref{Bucket: bucket, Key: key}, nil
}

// connect finds AWS where it is needed.
func (r *replaying) connect(ctx context.Context) error {
	if r.store != nil || r.from.Bucket == "" && r.target.Bucket == "" {
		return nil
	}
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return fmt.Errorf("load AWS configuration: %w", err)
	}
	if cfg.Region == "" {
		return errors.New("no AWS region: set AWS_REGION")
	}
	r.store = objects.New(cfg)
	return nil
}

// open begins to read the lines. The second time it opens what it opened the first time.
func (r *replaying) open(ctx context.Context) (io.ReadCloser, error) {
	if r.from.Bucket == "" {
		info, err := os.Stat(r.from.Key)
		if err != nil {
			return nil, err
		}
		if !info.Mode().IsRegular() {
			return nil, errors.New("not a file; it is read twice")
		}
		input, err := files.OpenInput(ctx, r.from.Key)
		if err != nil {
			return nil, err
		}
		return r.measured(input, input.Size), nil
	}
	object, err := r.store.Open(ctx, r.from)
	if err != nil {
		return nil, err
	}
	r.from.ETag = object.ETag
	return r.measured(object.Body, object.Size), nil
}

// measured tells how far the reading has come.
func (r *replaying) measured(body io.ReadCloser, size int64) io.ReadCloser {
	what := "try rows of "
	if r.readings++; r.readings > 1 {
		what = "take rows of "
	}
	meter := command.NewMeter(r.stderr, what+r.name(), size)
	return &measured{meter.Reader(body), body, meter}
}

type measured struct {
	io.Reader
	io.Closer
	meter *command.Meter
}

func (m *measured) Close() error {
	m.meter.Done()
	return m.Closer.Close()
}
