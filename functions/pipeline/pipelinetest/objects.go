package pipelinetest

import (
	"bytes"
	"context"
	"crypto/md5" // what S3 makes the ETag of
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"sync"
	"testing"

	"github.com/mejan/mejan/functions/pipeline/objects"
)

// readSize is how much of a body one Read returns at most: little, so that a fault may strike in the middle of a file.
const readSize = 256

// Objects is a bucket in memory that knows the pipeline's invariants and fails its test when a write breaks one:
//
//   - an output under `processed/` or `rejects/` never gets other bytes than it had;
//   - a marker is created in state started, keeps what its first claim said, and never changes once it is over;
//   - a marker that is over names only outputs that are visible.
//
// Each call of Open, Create, CreateFrom, Put and Upload's methods, and each Read of a body, is one call to [Faults].
type Objects struct {
	// ListDenied makes the store answer as S3 answers a caller without s3:ListBucket: a missing key is ErrDenied.
	ListDenied bool

	t       testing.TB
	faults  *Faults
	mu      sync.Mutex
	objects map[objects.Ref]stored
	pending int
	laws    []Law
}

// Law looks at a write before it takes effect: before is nil where there was no object. It returns what is wrong with
// the write, empty for nothing. See is told what else is visible.
type Law func(r objects.Ref, before, after []byte, see func(key string) bool) string

type stored struct {
	body     []byte
	metadata map[string]string
}

// NewObjects makes an empty store for a test. faults may be nil; laws come on top of the invariants above.
func NewObjects(t testing.TB, faults *Faults, laws ...Law) *Objects {
	return &Objects{
		t: t, faults: faults, objects: make(map[objects.Ref]stored),
		laws: append([]Law{outputsStay, markersGoForward}, laws...),
	}
}

// Seed puts an object in place, past faults and laws, and returns its ETag.
func (o *Objects) Seed(r objects.Ref, body []byte, metadata map[string]string) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	r.ETag = ""
	o.objects[r] = stored{bytes.Clone(body), maps.Clone(metadata)}
	return etag(body)
}

// Delete removes an object, past faults and laws.
func (o *Objects) Delete(r objects.Ref) {
	o.mu.Lock()
	defer o.mu.Unlock()
	r.ETag = ""
	delete(o.objects, r)
}

// Snapshot is what is visible in a bucket: bodies by key.
func (o *Objects) Snapshot(bucket string) map[string]string {
	o.mu.Lock()
	defer o.mu.Unlock()
	all := make(map[string]string)
	for r, s := range o.objects {
		if r.Bucket == bucket {
			all[r.Key] = string(s.body)
		}
	}
	return all
}

// Pending counts uploads that were written to but neither committed nor aborted: on S3 they would go on costing money.
func (o *Objects) Pending() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.pending
}

// Open implements [ObjectStore].
func (o *Objects) Open(ctx context.Context, r objects.Ref) (*objects.Object, error) {
	var opened *objects.Object
	err := o.faults.around("Open", r.Key, func() error {
		if err := ctx.Err(); err != nil {
			return err
		}
		o.mu.Lock()
		defer o.mu.Unlock()
		s, found := o.objects[objects.Ref{Bucket: r.Bucket, Key: r.Key}]
		switch {
		case !found && o.ListDenied:
			return fmt.Errorf("open %q: %w", r, objects.ErrDenied)
		case !found:
			return fmt.Errorf("open %q: %w", r, objects.ErrNotFound)
		case r.ETag != "" && r.ETag != etag(s.body):
			return fmt.Errorf("open %q: %w", r, objects.ErrChanged)
		}
		opened = &objects.Object{
			Body: &body{o, r.Key, bytes.NewReader(s.body)}, ETag: etag(s.body), Size: int64(len(s.body)),
			Metadata: maps.Clone(s.metadata),
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return opened, nil
}

// Create implements [ObjectStore].
func (o *Objects) Create(ctx context.Context, r objects.Ref, body []byte) error {
	return o.faults.around("Create", r.Key, func() error { return o.write(ctx, r, stored{body: body}, true) })
}

// CreateFrom implements [InputStore].
func (o *Objects) CreateFrom(ctx context.Context, r objects.Ref, body io.ReadSeeker, metadata map[string]string) error {
	return o.faults.around("CreateFrom", r.Key, func() error {
		if _, err := body.Seek(0, io.SeekStart); err != nil {
			return err
		}
		content, err := io.ReadAll(body)
		if err != nil {
			return err
		}
		return o.write(ctx, r, stored{content, metadata}, true)
	})
}

// Put implements [ObjectStore].
func (o *Objects) Put(ctx context.Context, r objects.Ref, body []byte) error {
	return o.faults.around("Put", r.Key, func() error { return o.write(ctx, r, stored{body: body}, false) })
}

func (o *Objects) write(ctx context.Context, r objects.Ref, now stored, create bool) error {
	o.t.Helper()
	if err := ctx.Err(); err != nil {
		return err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	r.ETag = ""
	old, found := o.objects[r]
	if found && create {
		return fmt.Errorf("create %q: %w", r, objects.ErrExists)
	}
	see := func(key string) bool { _, ok := o.objects[objects.Ref{Bucket: r.Bucket, Key: key}]; return ok }
	for _, law := range o.laws {
		if wrong := law(r, old.body, now.body, see); wrong != "" {
			o.t.Errorf("write of %q: %s\nbefore: %s\nafter:  %s", r.Key, wrong, old.body, now.body)
		}
	}
	o.objects[r] = stored{append([]byte{}, now.body...), maps.Clone(now.metadata)}
	return nil
}

// Upload implements [ObjectStore].
func (o *Objects) Upload(_ context.Context, r objects.Ref) objects.Upload {
	return &upload{store: o, at: r}
}

type upload struct {
	store  *Objects
	at     objects.Ref
	buffer bytes.Buffer
	over   bool
}

func (u *upload) Write(p []byte) (int, error) {
	err := u.store.faults.around("Write", u.at.Key, func() error {
		if u.over {
			u.store.t.Errorf("upload of %q: written to after its end", u.at.Key)
		}
		if u.buffer.Len() == 0 {
			u.store.count(+1)
		}
		u.buffer.Write(p)
		return nil
	})
	if err != nil {
		return 0, err
	}
	return len(p), nil
}

func (u *upload) Commit(ctx context.Context) error {
	return u.store.faults.around("Commit", u.at.Key, func() error {
		if err := u.store.write(ctx, u.at, stored{body: u.buffer.Bytes()}, false); err != nil {
			return err
		}
		u.end()
		return nil
	})
}

func (u *upload) Abort(context.Context) error {
	if u.over {
		return nil
	}
	return u.store.faults.around("Abort", u.at.Key, func() error { u.end(); return nil })
}

func (u *upload) end() {
	if !u.over && u.buffer.Len() > 0 {
		u.store.count(-1)
	}
	u.over = true
}

func (o *Objects) count(n int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.pending += n
}

// body is an object's body that trickles.
type body struct {
	store *Objects
	key   string
	rest  *bytes.Reader
}

func (b *body) Read(p []byte) (n int, err error) {
	err = b.store.faults.around("Read", b.key, func() error {
		n, err = b.rest.Read(p[:min(len(p), readSize)])
		return err
	})
	return n, err
}

func (b *body) Close() error { return nil }

func etag(body []byte) string {
	sum := md5.Sum(body)
	return hex.EncodeToString(sum[:])
}

var _ io.ReadCloser = (*body)(nil)
