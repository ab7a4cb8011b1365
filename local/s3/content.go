package s3

import (
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
)

// content is the bytes of an object: one file, or one for each part of its upload.
type content []file

type file struct {
	path string
	size int64
}

func (c content) size() (n int64) {
	for _, f := range c {
		n += f.size
	}
	return n
}

// remove frees the files. Those that are being read stay until closed.
func (c content) remove() {
	for _, f := range c {
		_ = os.Remove(f.path)
	}
}

// open reads n bytes from offset on. Files are opened as they are reached, since an upload may have 10,000 parts.
func (c content) open(offset, n int64) io.ReadCloser {
	return &reader{rest: c, skip: offset, left: n}
}

type reader struct {
	rest       content
	skip, left int64
	file       *os.File
}

func (r *reader) Read(p []byte) (int, error) {
	for r.left > 0 {
		if r.file == nil {
			if err := r.next(); err != nil {
				return 0, err
			}
			continue
		}
		n, err := r.file.Read(p[:min(int64(len(p)), r.left)])
		r.left -= int64(n)
		if errors.Is(err, io.EOF) {
			err = r.Close()
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
	return 0, io.EOF
}

// next opens the file that holds the next byte, if the next file does.
func (r *reader) next() error {
	if len(r.rest) == 0 {
		return io.ErrUnexpectedEOF
	}
	f := r.rest[0]
	r.rest = r.rest[1:]
	if r.skip >= f.size {
		r.skip -= f.size
		return nil
	}
	opened, err := os.Open(f.path)
	if err != nil {
		return err
	}
	if _, err := opened.Seek(r.skip, io.SeekStart); err != nil {
		return errors.Join(err, opened.Close())
	}
	r.file, r.skip = opened, 0
	return nil
}

func (r *reader) Close() error {
	if r.file == nil {
		return nil
	}
	f := r.file
	r.file = nil
	return f.Close()
}

// stored is a body that was taken in.
type stored struct {
	content content
	md5     []byte
	// checksum has no kind; sent says that the client sent it, too.
	checksum checksum
	sent     bool
}

// version makes an object of it.
func (s stored) version(key string, header http.Header) *version {
	sum := s.checksum
	sum.kind = fullObject
	return &version{
		Object:  Object{Key: key, ETag: s.etag(), Size: s.content.size(), Header: header},
		content: s.content, checksum: sum,
	}
}

func (s stored) etag() string { return hex.EncodeToString(s.md5) }

// store writes a body to a file of its own and sums it up. Nothing of a body that fails half-way stays.
func (s *S3) store(body io.Reader, a *algorithm) (stored, error) {
	f, err := os.CreateTemp(s.config.Dir, "object-*")
	if err != nil {
		return stored{}, fmt.Errorf("store content: %w", err)
	}
	digest, sum := md5.New(), a.hash()
	n, err := io.Copy(io.MultiWriter(f, digest, sum), body)
	if err = errors.Join(err, f.Close()); err != nil {
		_ = os.Remove(f.Name())
		return stored{}, fmt.Errorf("store content: %w", err)
	}
	return stored{
		content: content{{path: f.Name(), size: n}}, md5: digest.Sum(nil),
		checksum: checksum{algorithm: a, value: base64.StdEncoding.EncodeToString(sum.Sum(nil))},
	}, nil
}
