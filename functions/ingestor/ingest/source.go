package ingest

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"

	"github.com/mejan/mejan/functions/pipeline"
)

// zippedSize is how much of a compressed file is read at a time, in bytes.
const zippedSize = 64 << 10

// freeContent is how much a compressed file may unfold to at any ratio, in bytes.
const freeContent = 64 << 20

// source is the file's content, decompressed where it is compressed.
type source struct {
	stored  *stored
	content io.Reader // nil until the first bytes have said what it is
	limits  pipeline.Limits
	zipped  bool
	// read counts content.
	read int64
}

func newSource(r io.Reader, limits pipeline.Limits) *source {
	return &source{stored: &stored{r: r}, limits: limits}
}

// Read gives content. Its error is io.EOF itself at the end, a [*FileError] where the file is to blame, and otherwise
// that of the reader below.
func (s *source) Read(p []byte) (int, error) {
	if s.content == nil {
		if err := s.open(); err != nil {
			return 0, s.explain(err)
		}
	}
	n, err := s.content.Read(p)
	s.read += int64(n)
	switch {
	case s.read > s.limits.Object:
		return n, &FileError{Code: TooLarge, Offset: s.read, Detail: fmt.Sprintf("more than %d bytes", s.limits.Object)}
	case s.zipped && s.read > max(freeContent, s.limits.Ratio*s.stored.n):
		return n, &FileError{
			Code: TooLarge, Offset: s.read,
			Detail: fmt.Sprintf("more than %d bytes for each compressed one", s.limits.Ratio),
		}
	case err != nil && !ended(err):
		err = s.explain(err)
	}
	return n, err
}

// open finds out whether the file is compressed. The bytes say so and not the name: the same content may come under
// any name, and is the same file.
func (s *source) open() error {
	head := make([]byte, len(gzipMagic))
	n, err := io.ReadFull(s.stored, head)
	if err != nil && !ended(err) && (s.stored.err != nil || !errors.Is(err, io.ErrUnexpectedEOF)) {
		return err
	}
	s.content = io.MultiReader(bytes.NewReader(head[:n]), s.stored)
	if s.zipped = string(head[:n]) == gzipMagic; s.zipped {
		s.content, err = newMembers(bufio.NewReaderSize(s.content, zippedSize))
		return err
	}
	return nil
}

// members are the parts of a gzip file, one behind the other, which make one content (RFC 1952, 2.2). The library would
// read them as well, and take a file that ends within the header of a later part for a whole one.
type members struct {
	part *gzip.Reader
	from *bufio.Reader
}

func newMembers(from *bufio.Reader) (*members, error) {
	part, err := gzip.NewReader(from)
	if err != nil {
		return nil, err
	}
	part.Multistream(false)
	return &members{part, from}, nil
}

func (m *members) Read(p []byte) (int, error) {
	for {
		n, err := m.part.Read(p)
		if ended(err) {
			err = m.next()
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
}

// next begins the next part; io.EOF means that there is none.
func (m *members) next() error {
	if _, err := m.from.Peek(1); err != nil {
		return err
	}
	if err := m.part.Reset(m.from); err != nil {
		if ended(err) {
			return io.ErrUnexpectedEOF
		}
		return err
	}
	m.part.Multistream(false)
	return nil
}

// gzipMagic is what every gzip file begins with (RFC 1952, 2.3.1), and no JSON text.
const gzipMagic = "\x1f\x8b"

// explain tells a broken file from a broken connection.
func (s *source) explain(err error) error {
	switch {
	case s.stored.err != nil:
		return s.stored.err
	case !s.zipped:
		return err
	case ended(err), errors.Is(err, io.ErrUnexpectedEOF):
		return &FileError{Code: MalformedGzip, Offset: s.read, Detail: "unexpected end of the file"}
	default:
		return &FileError{Code: MalformedGzip, Offset: s.read, Detail: err.Error()}
	}
}

// drain reads what is left, for whoever listens to the stored bytes.
func (s *source) drain() error {
	_, err := io.Copy(io.Discard, s.stored)
	return err
}

// stored is the file as it is stored.
type stored struct {
	r   io.Reader
	n   int64
	err error
}

func (s *stored) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
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
