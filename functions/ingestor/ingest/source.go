package ingest

import (
	"bufio"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
)

const (
	// maxValue bounds one row or one token, in bytes, and with it the memory that a file can make us use. Real rows have
	// less than 300.
	maxValue = 1 << 20
	// maxRatio bounds how many bytes one compressed byte may stand for, once there are more than freeContent of them.
	// Indented bars reach 30, and 1,032 is what deflate can reach at all.
	maxRatio    = 256
	freeContent = 64 << 20
)

// source is the file's content as the decoder reads it. It fills what it is given as far as it can, so that how the
// network cuts the stream into pieces has no influence on anything.
type source struct {
	stored  *stored
	content io.Reader
	zipped  bool
	// read counts content, consumed what of it the scanner is done with.
	read, consumed int64
	// err is why reading ended, if not at the end of the file. The decoder wraps errors, and calls a broken connection
	// and a broken document by the same name, io.ErrUnexpectedEOF.
	err error
}

func newSource(r io.Reader) *source {
	return &source{stored: &stored{r: r, hash: sha256.New()}}
}

func (s *source) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) && s.err == nil {
		m, err := s.fill(p[n:])
		n += m
		if ended(err) {
			return n, io.EOF
		}
		s.err = err
	}
	return n, s.err
}

func (s *source) fill(p []byte) (int, error) {
	if s.read-s.consumed > maxValue {
		return 0, &FileError{
			Code: TooLarge, Offset: s.consumed, Detail: fmt.Sprintf("a value of more than %d bytes", maxValue),
		}
	}
	if s.content == nil {
		if err := s.open(); err != nil {
			return 0, s.unzipError(err)
		}
	}
	n, err := s.content.Read(p)
	s.read += int64(n)
	if s.zipped && s.read > max(freeContent, maxRatio*s.stored.n) {
		return n, &FileError{
			Code: TooLarge, Offset: s.read,
			Detail: fmt.Sprintf("more than %d bytes for each compressed one", maxRatio),
		}
	}
	if err != nil && !ended(err) {
		err = s.unzipError(err)
	}
	return n, err
}

// open finds out whether the file is compressed. The bytes say so and not the name: the same content may come under
// any name, and is the same file.
func (s *source) open() error {
	head := bufio.NewReader(s.stored)
	magic, err := head.Peek(len(gzipMagic))
	if err != nil && !ended(err) {
		return err
	}
	if s.zipped = string(magic) == gzipMagic; !s.zipped {
		s.content = head
		return nil
	}
	s.content, err = gzip.NewReader(head)
	return err
}

// gzipMagic is what every gzip file begins with (RFC 1952, 2.3.1), and no JSON text.
const gzipMagic = "\x1f\x8b"

// unzipError tells a broken file from a broken connection.
func (s *source) unzipError(err error) error {
	if s.stored.err != nil || !s.zipped {
		return err
	}
	if ended(err) || errors.Is(err, io.ErrUnexpectedEOF) {
		return &FileError{Code: MalformedGzip, Offset: s.read, Detail: "unexpected end of the file"}
	}
	return &FileError{Code: MalformedGzip, Offset: s.read, Detail: err.Error()}
}

// drain reads what is left, for the hash and the size.
func (s *source) drain() error {
	_, err := io.Copy(io.Discard, s.stored)
	return err
}

// stored is the file as it is stored.
type stored struct {
	r    io.Reader
	hash hash.Hash
	n    int64
	err  error
}

func (s *stored) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	s.hash.Write(p[:n])
	s.n += int64(n)
	if err != nil && !ended(err) {
		s.err = err
	}
	return n, err
}

// ended reports whether err is the end of a file, and nothing but that: a connection that breaks may give an error
// which wraps io.EOF, and a file that is cut off by it must not be taken for a whole one.
func ended(err error) bool {
	return err == io.EOF //nolint:errorlint // see above
}

func (s *stored) sum() string { return hex.EncodeToString(s.hash.Sum(nil)) }
