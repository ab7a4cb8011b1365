// Package s3 is the object store of the local cloud: S3's REST protocol with path-style addresses, over files.
//
// Contents lie on disk and pass through in constant memory; what is known about them lives as long as the process.
// A request for anything that is not served here is answered with NotImplemented and its name, never half-way.
package s3

import (
	"cmp"
	"fmt"
	"io"
	"iter"
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/mejan/mejan/local/wire"
)

// Config says where a store lies and whom it serves.
type Config struct {
	// Dir is an empty directory for the contents of objects.
	Dir string
	// Region and Account appear in answers and events.
	Region, Account string
	// MayList reports whether a caller may list a bucket; to one who may not, a missing key is a denied one. Nil means
	// that everybody may.
	MayList func(p wire.Principal, bucket string) bool
}

// S3 implements [wire.Service].
type S3 struct {
	config Config

	mu      sync.Mutex
	buckets map[string]*bucket
	// sequence grows with every change, for sequencers.
	sequence uint64
}

// New makes a store without buckets.
func New(c Config) *S3 {
	if c.MayList == nil {
		c.MayList = func(wire.Principal, string) bool { return true }
	}
	return &S3{config: c, buckets: make(map[string]*bucket)}
}

// Object describes one version of one object.
type Object struct {
	Key string
	// VersionID is empty where the bucket is not versioned.
	VersionID string
	// ETag is without quotes.
	ETag string
	// Size is in bytes.
	Size     int64
	Modified time.Time
	// Header holds what the writer said about the content and what is told to readers, metadata included.
	Header http.Header
}

type bucket struct {
	name      string
	created   time.Time
	versioned bool
	// keys holds the versions of each key, the oldest first; never an empty list.
	keys          map[string][]*version
	uploads       map[string]*upload
	notifications []Notification
}

// version is an object, or the marker of its deletion.
type version struct {
	Object
	content  content
	checksum checksum
	deleted  bool
}

// newest is the version that came last, be it the marker of a deletion; nil if there is none.
func (b *bucket) newest(key string) *version {
	if versions := b.keys[key]; len(versions) > 0 {
		return versions[len(versions)-1]
	}
	return nil
}

// current is the version that readers see; nil where there is none or it is deleted.
func (b *bucket) current(key string) *version {
	if v := b.newest(key); v != nil && !v.deleted {
		return v
	}
	return nil
}

// BucketARN is the ARN of a bucket.
func BucketARN(name string) string { return "arn:aws:s3:::" + name }

// CreateBucket makes a bucket. It is an error if there is one of that name.
func (s *S3) CreateBucket(name string, versioned bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e := s.create(name, versioned); e != nil {
		return fmt.Errorf("create bucket %q: %w", name, e)
	}
	return nil
}

func (s *S3) create(name string, versioned bool) *wire.Error {
	switch {
	case !validBucket(name):
		return errInvalidBucketName
	case s.buckets[name] != nil:
		return errBucketExists
	}
	s.buckets[name] = &bucket{
		name: name, created: now(), versioned: versioned,
		keys: make(map[string][]*version), uploads: make(map[string]*upload),
	}
	return nil
}

// bucket finds a bucket. The caller holds s.mu.
func (s *S3) bucket(name string) (*bucket, *wire.Error) {
	b, ok := s.buckets[name]
	if !ok {
		return nil, errNoSuchBucket
	}
	return b, nil
}

// now is the time to S3's precision.
func now() time.Time { return time.Now().UTC().Truncate(time.Millisecond) }

// Objects yields the current objects of a bucket, sorted by key; none for a bucket that does not exist.
func (s *S3) Objects(name string) iter.Seq[Object] {
	s.mu.Lock()
	var all []Object
	if b, e := s.bucket(name); e == nil {
		for key := range b.keys {
			if v := b.current(key); v != nil {
				all = append(all, v.Object)
			}
		}
	}
	s.mu.Unlock()
	slices.SortFunc(all, func(a, b Object) int { return cmp.Compare(a.Key, b.Key) })
	return slices.Values(all)
}

// Buckets lists the names of the buckets, sorted.
func (s *S3) Buckets() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(maps.Keys(s.buckets))
}

// Uploads counts the multipart uploads that were neither completed nor aborted.
func (s *S3) Uploads(name string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, e := s.bucket(name)
	if e != nil {
		return 0
	}
	return len(b.uploads)
}

// Open reads the current version of an object. The caller closes the reader.
func (s *S3) Open(name, key string) (Object, io.ReadCloser, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, e := s.bucket(name)
	if e != nil {
		return Object{}, nil, fmt.Errorf("open %q in %q: %w", key, name, e)
	}
	v := b.current(key)
	if v == nil {
		return Object{}, nil, fmt.Errorf("open %q in %q: %w", key, name, errNoSuchKey)
	}
	return v.Object, v.content.open(0, v.Size), nil
}

// Put writes an object as a client would, notifications included. Header may be nil; it says what a client's headers
// would, such as Content-Type and x-amz-meta-….
func (s *S3) Put(name, key string, header http.Header, body io.Reader) (Object, error) {
	c, err := s.store(body, defaultAlgorithm)
	if err != nil {
		return Object{}, fmt.Errorf("put %q in %q: %w", key, name, err)
	}
	v := c.version(key, described(header))
	if e := s.commit(name, v, condition{}, createdByPut, nil); e != nil {
		c.content.remove()
		return Object{}, fmt.Errorf("put %q in %q: %w", key, name, e)
	}
	return v.Object, nil
}
