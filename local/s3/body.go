package s3

import (
	"bufio"
	"bytes"
	"cmp"
	"crypto/md5"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/textproto"
	"strconv"
	"strings"

	"github.com/mejan/mejan/local/wire"
)

// receive stores the body of a request and checks it against the digests that came with it. Its checksum is by the
// request's algorithm, or by another one if the request names none.
func (s *S3) receive(r *http.Request, other *algorithm) (stored, *wire.Error) {
	body, trailer := io.Reader(r.Body), http.Header{}
	if strings.HasPrefix(r.Header.Get("X-Amz-Content-Sha256"), "STREAMING-") {
		body = &chunked{in: bufio.NewReader(r.Body), trailer: trailer}
	} else if r.ContentLength < 0 {
		return stored{}, errMissingLength
	}
	claimed, e := sent(r.Header)
	if e != nil {
		return stored{}, e
	}
	got, err := s.store(body, cmp.Or(claimed.algorithm, other))
	if err != nil {
		return stored{}, unreceived(err)
	}
	got.sent = claimed.algorithm != nil
	e = got.check(r.Header)
	if e == nil && got.sent {
		e = got.checkSum(cmp.Or(claimed.value, trailer.Get(claimed.algorithm.header())))
	}
	if e != nil {
		got.content.remove()
		return stored{}, e
	}
	return got, nil
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

// check holds what was stored against the length and the MD5 that the client sent.
func (s stored) check(header http.Header) *wire.Error {
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
	return nil
}

// checkSum holds what was stored against the checksum that the client sent.
func (s stored) checkSum(want string) *wire.Error {
	switch a := s.checksum.algorithm; {
	case !a.spelled(want):
		return errBadHeader(a.header())
	case want != s.checksum.value:
		return errBadChecksum(a.name)
	default:
		return nil
	}
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
