// Package objects is the bucket as the functions use it: read a fixed version, create once, replace, and write an
// object of unknown length that is invisible until it is whole. It adapts S3.
package objects

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// Ref says where an object is, and which version of it is meant.
type Ref struct {
	Bucket string
	Key    string
	// ETag, without quotes, is the only version that will do; empty for whichever there is. Only reading looks at it.
	ETag string
}

func (r Ref) String() string { return "s3://" + r.Bucket + "/" + r.Key }

// Object is an object being read.
type Object struct {
	// Body must be closed. It need not be read to its end.
	Body io.ReadCloser
	// ETag is without quotes, Size in bytes, VersionID empty where the bucket is not versioned.
	ETag      string
	VersionID string
	Size      int64
	// Metadata is what the uploader attached, keys in lower case without the x-amz-meta- prefix.
	Metadata map[string]string
}

// Store reads and writes objects. It is safe for concurrent use. The SDK under it repeats a call up to three times when
// the network or S3 fails, so an error may hide a write that took place.
type Store struct {
	client *s3.Client
}

// New makes a store from the SDK's configuration.
func New(cfg aws.Config) *Store {
	return &Store{client: s3.NewFromConfig(cfg, func(o *s3.Options) {
		o.HTTPClient = buffering(cfg.HTTPClient)
		// Multipart inputs have no checksum of the whole; the SDK would say so on stderr, in plain text, each time.
		o.DisableLogOutputChecksumValidationSkipped = true
	})}
}

// Open begins to read the object at r, which is the moment that fixes its version: whatever replaces the object later,
// the body stays that of the version opened.
//
// Errors: [ErrNotFound] when there is no object, [ErrChanged] when it is not the version that r asks for, [ErrDenied]
// when the caller may not read it. For a caller who may not list the bucket S3 answers a missing key with the latter.
func (s *Store) Open(ctx context.Context, r Ref) (*Object, error) {
	in := &s3.GetObjectInput{Bucket: &r.Bucket, Key: &r.Key}
	if r.ETag != "" {
		in.IfMatch = aws.String(quote(r.ETag))
	}
	out, err := s.client.GetObject(ctx, in)
	if err != nil {
		return nil, fmt.Errorf("get object %q: %w", r, explain(err, ErrChanged))
	}
	return &Object{
		Body:      out.Body,
		ETag:      unquote(aws.ToString(out.ETag)),
		VersionID: aws.ToString(out.VersionId),
		Size:      aws.ToInt64(out.ContentLength),
		Metadata:  out.Metadata,
	}, nil
}

// Create writes the object at r unless there is one. Of several that create the same object at the same time exactly
// one succeeds.
//
// [ErrExists] means that there is an object, which may be this very call's: when an answer is lost the SDK asks again
// and meets its own write. Read it before believing that someone else was faster.
func (s *Store) Create(ctx context.Context, r Ref, body []byte) error {
	return s.CreateFrom(ctx, r, bytes.NewReader(body), nil)
}

// CreateFrom is [Store.Create] for a body that need not fit into memory, at most 5 GiB, and with metadata as an
// uploader attaches it. Body is read from its beginning, more than once.
func (s *Store) CreateFrom(ctx context.Context, r Ref, body io.ReadSeeker, metadata map[string]string) error {
	if _, err := body.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("create object %q: %w", r, err)
	}
	in := putInput(r, body)
	in.IfNoneMatch, in.Metadata = aws.String("*"), metadata
	_, err := s.client.PutObject(ctx, in, func(o *s3.Options) {
		// S3 answers 409 to writers that overlap; which of them has won is known a moment later.
		o.Retryer = retry.AddWithErrorCodes(o.Retryer, conflict)
	})
	if err != nil {
		return fmt.Errorf("create object %q: %w", r, explain(err, ErrExists))
	}
	return nil
}

// Put writes the object at r, whether or not there is one.
func (s *Store) Put(ctx context.Context, r Ref, body []byte) error {
	if _, err := s.client.PutObject(ctx, putInput(r, bytes.NewReader(body))); err != nil {
		return fmt.Errorf("put object %q: %w", r, explain(err, nil))
	}
	return nil
}

func putInput(r Ref, body io.Reader) *s3.PutObjectInput {
	return &s3.PutObjectInput{
		Bucket:      &r.Bucket,
		Key:         &r.Key,
		Body:        body,
		ContentType: aws.String(contentType(r.Key)),
	}
}
