package s3

import (
	"bufio"
	"bytes"
	"crypto/md5"
	"crypto/sha1" //nolint:gosec // x-amz-checksum-sha1
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"hash/crc64"
	"io"
	"io/fs"
	"net/http"
	"net/textproto"
	"strconv"
	"strings"

	"github.com/mejan/mejan/local/wire"
)

const checksumPrefix = "X-Amz-Checksum-"

// nvme is the polynomial of CRC-64/NVME, bits reversed.
const nvme = 0x9A6C9329AC4BC9B5

// newChecksum makes the hash behind a checksum header; nil for an unknown one.
func newChecksum(header string) hash.Hash {
	switch strings.TrimPrefix(header, checksumPrefix) {
	case "Crc32":
		return crc32.NewIEEE()
	case "Crc32c":
		return crc32.New(crc32.MakeTable(crc32.Castagnoli))
	case "Crc64nvme":
		return crc64.New(crc64.MakeTable(nvme))
	case "Sha1":
		return sha1.New()
	case "Sha256":
		return sha256.New()
	default:
		return nil
	}
}

// checksumHeader finds the checksum that a request carries, in its headers or announced as a trailer.
func checksumHeader(h http.Header) string {
	for name := range h {
		if newChecksum(name) != nil {
			return name
		}
	}
	if name := http.CanonicalHeaderKey(h.Get("X-Amz-Trailer")); newChecksum(name) != nil {
		return name
	}
	return ""
}

// receive takes in the body of a request and checks it against the digests that came with it. The header in its answer
// holds the checksum, if there was one.
func (s *S3) receive(r *http.Request) (stored, http.Header, *wire.Error) {
	body, trailer := io.Reader(r.Body), http.Header{}
	if strings.HasPrefix(r.Header.Get("X-Amz-Content-Sha256"), "STREAMING-") {
		body = &chunked{in: bufio.NewReader(r.Body), trailer: trailer}
	} else if r.ContentLength < 0 {
		return stored{}, nil, errMissingLength
	}
	name := checksumHeader(r.Header)
	var sums []hash.Hash
	if name != "" {
		sums = append(sums, newChecksum(name))
	}
	got, err := s.store(body, sums...)
	if err != nil {
		return stored{}, nil, unreceived(err)
	}
	kept := http.Header{}
	if name != "" {
		kept.Set(name, base64.StdEncoding.EncodeToString(sums[0].Sum(nil)))
	}
	if e := got.check(r.Header, trailer, kept, name); e != nil {
		got.content.remove()
		return stored{}, nil, e
	}
	return got, kept, nil
}

// unreceived says whose fault it is that a body was not stored.
func unreceived(err error) *wire.Error {
	var tooLarge *http.MaxBytesError
	var disk *fs.PathError
	switch {
	case errors.As(err, &tooLarge):
		return errEntityTooLarge
	case errors.As(err, &disk):
		return failure(http.StatusInternalServerError, "InternalError", err.Error())
	default:
		return errIncompleteBody
	}
}

func (s stored) check(header, trailer, computed http.Header, checksum string) *wire.Error {
	if want := header.Get("X-Amz-Decoded-Content-Length"); want != "" && want != strconv.FormatInt(s.content.size(), 10) {
		return errIncompleteBody
	}
	if want := header.Get("Content-Md5"); want != "" {
		digest, err := base64.StdEncoding.DecodeString(want)
		if err != nil || len(digest) != md5.Size {
			return errInvalidDigest
		}
		if !bytes.Equal(digest, s.md5) {
			return errBadDigest
		}
	}
	want := header.Get(checksum)
	if checksum != "" && want == "" {
		want = trailer.Get(checksum)
	}
	if want != computed.Get(checksum) {
		return errBadDigest
	}
	return nil
}

// chunked decodes aws-chunked: chunks of `size[;chunk-signature=…]\r\n data \r\n`, an empty one, then trailers.
type chunked struct {
	in      *bufio.Reader
	left    int64
	started bool
	done    bool
	trailer http.Header
}

func (c *chunked) Read(p []byte) (int, error) {
	if c.done {
		return 0, io.EOF
	}
	if c.left == 0 {
		if err := c.next(); err != nil {
			return 0, err
		}
		if c.done {
			return 0, io.EOF
		}
	}
	n, err := c.in.Read(p[:min(int64(len(p)), c.left)])
	c.left -= int64(n)
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

func (c *chunked) next() error {
	if c.started {
		if line, err := c.in.ReadString('\n'); err != nil || line != "\r\n" {
			return io.ErrUnexpectedEOF
		}
	}
	c.started = true
	line, err := c.in.ReadString('\n')
	if err != nil {
		return io.ErrUnexpectedEOF
	}
	digits, _, _ := strings.Cut(strings.TrimSpace(line), ";")
	if c.left, err = strconv.ParseInt(digits, 16, 63); err != nil || c.left < 0 {
		return fmt.Errorf("chunk size %q: not a number", digits)
	}
	if c.left > 0 {
		return nil
	}
	c.done = true
	trailer, err := textproto.NewReader(c.in).ReadMIMEHeader()
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("read trailers: %w", err)
	}
	for name, values := range trailer {
		c.trailer[name] = values
	}
	return nil
}
