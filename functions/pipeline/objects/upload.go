package objects

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"
)

// PartSize is how much of an upload is held in memory, in bytes, and the size of each part but the last. S3 takes
// 10,000 parts of at least 5 MiB: at this size an object may grow to 48 GiB.
const PartSize = 5 << 20

// checksumOfParts is the algorithm of an upload's checksums. S3 refuses to complete an upload that was begun without an
// algorithm if its parts come with checksums, and the SDK sends one with each part.
const checksumOfParts = types.ChecksumAlgorithmCrc32

// smallObject is up to where the buffer grows step by step, in bytes; what is larger gets room for a part at once.
const smallObject = 256 << 10

// abortTimeout bounds the cleaning up after a failure, which goes on when the caller's time is over.
const abortTimeout = 3 * time.Second

// Upload writes one object whose length is not known beforehand. Nothing of it is visible before Commit, and all of it
// is visible once Commit has returned nil. It is for one goroutine.
type Upload interface {
	// Write adds to the object. After an error the upload can only be aborted.
	io.Writer
	// Commit makes the object visible, replacing the one under its key. An error leaves open whether it did.
	Commit(ctx context.Context) error
	// Abort drops what was not committed; after a Commit that returned nil it does nothing. It works although ctx is done.
	Abort(ctx context.Context) error
}

// Upload begins to write the object at r. ctx bounds the writes. What fits into one part costs one call, made by
// Commit.
func (s *Store) Upload(ctx context.Context, r Ref) Upload {
	return &upload{ctx: ctx, client: s.client, at: r}
}

type upload struct {
	ctx    context.Context // of the writes: io.Writer leaves no other way to hand it over
	client *s3.Client
	at     Ref
	buffer []byte
	// id is empty as long as everything fits into the buffer.
	id    string
	parts []types.CompletedPart
	// size is that of the parts, in bytes.
	size int64
	over bool
	err  error
}

func (u *upload) Write(p []byte) (int, error) {
	written := 0
	for u.err == nil && len(p) > 0 {
		if len(u.buffer) == PartSize {
			u.err = u.flush(u.ctx)
			continue
		}
		n := min(len(p), PartSize-len(u.buffer))
		if len(u.buffer)+n > smallObject && cap(u.buffer) < PartSize {
			u.buffer = append(make([]byte, 0, PartSize), u.buffer...)
		}
		u.buffer = append(u.buffer, p[:n]...)
		p, written = p[n:], written+n
	}
	return written, u.err
}

// flush sends the buffer as the next part.
func (u *upload) flush(ctx context.Context) error {
	if u.id == "" {
		out, err := u.client.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{
			Bucket: &u.at.Bucket, Key: &u.at.Key, ContentType: aws.String(contentType(u.at.Key)),
			ChecksumAlgorithm: checksumOfParts,
		})
		if err != nil {
			return fmt.Errorf("create multipart upload %q: %w", u.at, explain(err, nil))
		}
		u.id = aws.ToString(out.UploadId)
	}
	number := aws.Int32(int32(len(u.parts) + 1))
	out, err := u.client.UploadPart(ctx, &s3.UploadPartInput{
		Bucket: &u.at.Bucket, Key: &u.at.Key, UploadId: &u.id, PartNumber: number, Body: bytes.NewReader(u.buffer),
		ChecksumAlgorithm: checksumOfParts,
	})
	if err != nil {
		return fmt.Errorf("upload part %d of %q: %w", *number, u.at, explain(err, nil))
	}
	u.parts = append(u.parts, types.CompletedPart{PartNumber: number, ETag: out.ETag, ChecksumCRC32: out.ChecksumCRC32})
	u.size += int64(len(u.buffer))
	u.buffer = u.buffer[:0]
	return nil
}

func (u *upload) Commit(ctx context.Context) error {
	if u.err != nil {
		return u.err
	}
	if u.id == "" {
		if _, err := u.client.PutObject(ctx, putInput(u.at, bytes.NewReader(u.buffer))); err != nil {
			return fmt.Errorf("put object %q: %w", u.at, explain(err, nil))
		}
		u.over = true
		return nil
	}
	if len(u.buffer) > 0 {
		if u.err = u.flush(ctx); u.err != nil {
			return u.err
		}
	}
	_, err := u.client.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{
		Bucket: &u.at.Bucket, Key: &u.at.Key, UploadId: &u.id,
		MultipartUpload: &types.CompletedMultipartUpload{Parts: u.parts}, MpuObjectSize: &u.size,
	})
	if err != nil {
		return fmt.Errorf("complete multipart upload %q: %w", u.at, explain(err, nil))
	}
	u.over = true
	return nil
}

func (u *upload) Abort(ctx context.Context) error {
	if u.over {
		return nil
	}
	u.over, u.buffer = true, nil
	if u.err == nil {
		u.err = errAborted
	}
	if u.id == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), abortTimeout)
	defer cancel()
	_, err := u.client.AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{
		Bucket: &u.at.Bucket, Key: &u.at.Key, UploadId: &u.id,
	})
	var api smithy.APIError
	if errors.As(err, &api) && api.ErrorCode() == "NoSuchUpload" {
		return nil // a commit whose answer was lost
	}
	if err != nil {
		return fmt.Errorf("abort multipart upload %q: %w", u.at, explain(err, nil))
	}
	return nil
}

var errAborted = errors.New("upload aborted")
