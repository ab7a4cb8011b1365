package s3

import (
	"cmp"
	"crypto/rand"
	"encoding/xml"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mejan/mejan/local/wire"
)

// upload is a multipart upload under way.
type upload struct {
	id, key string
	begun   time.Time
	header  http.Header
	parts   map[int]stored
	// algorithm and kind are those of the checksum that the upload was begun with; nil and empty for none.
	algorithm *algorithm
	kind      string
	// over is what was newest under the key when the upload began.
	over *version
}

const (
	// minPart is S3's smallest part, except for the last.
	minPart = 5 << 20
	// maxParts is S3's limit of parts.
	maxParts = 10_000
)

// upload finds an upload. The caller holds s.mu.
func (s *S3) upload(r *http.Request, q request) (*bucket, *upload, *wire.Error) {
	b, e := s.bucket(q.bucket)
	if e != nil {
		return nil, nil, e
	}
	u, ok := b.uploads[r.URL.Query().Get("uploadId")]
	if !ok || u.key != q.key {
		return nil, nil, errNoSuchUpload
	}
	return b, u, nil
}

func (s *S3) createUpload(w http.ResponseWriter, r *http.Request, q request) *wire.Error {
	a, kind, e := declared(r.Header)
	if e != nil {
		return e
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	b, e := s.bucket(q.bucket)
	if e != nil {
		return e
	}
	u := &upload{
		id: rand.Text(), key: q.key, begun: now(), header: described(r.Header), parts: make(map[int]stored),
		algorithm: a, kind: kind, over: b.newest(q.key),
	}
	b.uploads[u.id] = u
	if a != nil {
		w.Header().Set("X-Amz-Checksum-Algorithm", a.name)
		w.Header().Set("X-Amz-Checksum-Type", kind)
	}
	answer(w, http.StatusOK, struct {
		XMLName  xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ InitiateMultipartUploadResult"`
		Bucket   string
		Key      string
		UploadID string `xml:"UploadId"`
	}{Bucket: q.bucket, Key: q.key, UploadID: u.id})
	return nil
}

// begunWith is what listings tell of an upload's checksum.
type begunWith struct {
	ChecksumAlgorithm string `xml:",omitempty"`
	ChecksumType      string `xml:",omitempty"`
}

func (u *upload) begunWith() begunWith {
	if u.algorithm == nil {
		return begunWith{}
	}
	return begunWith{u.algorithm.name, u.kind}
}

// accepts refuses a part whose checksum is by another algorithm than the upload was begun with. Only an upload whose
// checksum is over all bytes takes parts without one.
func (u *upload) accepts(part stored) *wire.Error {
	actual := "null"
	if part.sent {
		actual = strings.ToLower(part.checksum.algorithm.name)
	}
	if u.algorithm == nil || part.checksum.algorithm == u.algorithm && (part.sent || u.kind == fullObject) {
		return nil
	}
	return errInvalidRequest("Checksum Type mismatch occurred, expected checksum Type: %s, actual checksum Type: %s",
		strings.ToLower(u.algorithm.name), actual)
}

func (s *S3) uploadPart(w http.ResponseWriter, r *http.Request, q request) *wire.Error {
	number, err := strconv.Atoi(r.URL.Query().Get("partNumber"))
	if err != nil || number < 1 || number > maxParts {
		return errInvalidArgument("Part number must be an integer between 1 and 10000, inclusive")
	}
	s.mu.Lock()
	_, u, e := s.upload(r, q)
	s.mu.Unlock()
	if e != nil {
		return e
	}
	part, e := s.receive(r, cmp.Or(u.algorithm, defaultAlgorithm))
	if e != nil {
		return e
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, _, e = s.upload(r, q); e == nil { // It may have ended meanwhile.
		e = u.accepts(part)
	}
	if e != nil {
		part.content.remove()
		return e
	}
	u.parts[number].content.remove()
	u.parts[number] = part
	part.checksum.write(w.Header())
	w.Header().Set("ETag", strconv.Quote(part.etag()))
	w.WriteHeader(http.StatusOK)
	return nil
}

func (s *S3) abortUpload(w http.ResponseWriter, r *http.Request, q request) *wire.Error {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, u, e := s.upload(r, q)
	if e != nil {
		return e
	}
	delete(b.uploads, u.id)
	for _, part := range u.parts {
		part.content.remove()
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *S3) listParts(w http.ResponseWriter, r *http.Request, q request) *wire.Error {
	type part struct {
		PartNumber int
		ETag       string
		Size       int64
		checksums
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	_, u, e := s.upload(r, q)
	if e != nil {
		return e
	}
	var parts []part
	for _, number := range slices.Sorted(maps.Keys(u.parts)) {
		p := u.parts[number]
		told := part{PartNumber: number, ETag: strconv.Quote(p.etag()), Size: p.content.size()}
		if u.algorithm != nil {
			told.checksums = p.checksum.document()
		}
		parts = append(parts, told)
	}
	answer(w, http.StatusOK, struct {
		XMLName     xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ ListPartsResult"`
		Bucket      string
		Key         string
		UploadID    string `xml:"UploadId"`
		IsTruncated bool
		Part        []part
		begunWith
	}{Bucket: q.bucket, Key: q.key, UploadID: u.id, Part: parts, begunWith: u.begunWith()})
	return nil
}
