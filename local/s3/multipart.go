package s3

import (
	"crypto/md5"
	"crypto/rand"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/mejan/mejan/local/wire"
)

// upload is a multipart upload under way.
type upload struct {
	id, key string
	begun   time.Time
	header  http.Header
	parts   map[int]stored
}

const (
	// minPart is S3's smallest part, except for the last.
	minPart = 5 << 20
	// maxParts is S3's limit of parts.
	maxParts = 10_000
	// maxCompletion bounds the body of CompleteMultipartUpload: 10,000 parts with every checksum.
	maxCompletion = 8 << 20
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
	s.mu.Lock()
	defer s.mu.Unlock()
	b, e := s.bucket(q.bucket)
	if e != nil {
		return e
	}
	u := &upload{id: rand.Text(), key: q.key, begun: now(), header: described(r.Header), parts: make(map[int]stored)}
	b.uploads[u.id] = u
	for _, name := range []string{"X-Amz-Checksum-Algorithm", "X-Amz-Checksum-Type"} {
		if value := r.Header.Get(name); value != "" {
			w.Header().Set(name, value)
		}
	}
	answer(w, http.StatusOK, struct {
		XMLName  xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ InitiateMultipartUploadResult"`
		Bucket   string
		Key      string
		UploadID string `xml:"UploadId"`
	}{Bucket: q.bucket, Key: q.key, UploadID: u.id})
	return nil
}

func (s *S3) uploadPart(w http.ResponseWriter, r *http.Request, q request) *wire.Error {
	number, err := strconv.Atoi(r.URL.Query().Get("partNumber"))
	if err != nil || number < 1 || number > maxParts {
		return errInvalidArgument("Part number must be an integer between 1 and 10000, inclusive")
	}
	s.mu.Lock()
	_, _, e := s.upload(r, q)
	s.mu.Unlock()
	if e != nil {
		return e
	}
	part, checksum, e := s.receive(r)
	if e != nil {
		return e
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	_, u, e := s.upload(r, q)
	if e != nil { // It ended meanwhile.
		part.content.remove()
		return e
	}
	u.parts[number].content.remove()
	u.parts[number] = part
	for name, values := range checksum {
		w.Header()[name] = values
	}
	w.Header().Set("ETag", strconv.Quote(part.etag()))
	w.WriteHeader(http.StatusOK)
	return nil
}

// completion is the body of CompleteMultipartUpload; checksums in it were checked with the parts.
type completion struct {
	XMLName xml.Name `xml:"CompleteMultipartUpload"`
	Part    []struct {
		PartNumber int
		ETag       string
	}
}

func (s *S3) completeUpload(w http.ResponseWriter, r *http.Request, q request) *wire.Error {
	c, e := writeCondition(r.Header)
	if e != nil {
		return e
	}
	text, err := io.ReadAll(io.LimitReader(r.Body, maxCompletion))
	if err != nil {
		return errIncompleteBody
	}
	var listed completion
	if err := xml.Unmarshal(text, &listed); err != nil || len(listed.Part) == 0 {
		return errMalformedXML
	}
	s.mu.Lock()
	_, u, e := s.upload(r, q)
	var v *version
	var unused content
	if e == nil {
		v, unused, e = u.assemble(listed)
	}
	s.mu.Unlock()
	if e != nil {
		return e
	}
	if e := s.commit(q.bucket, v, c, createdByUpload, u); e != nil {
		return e
	}
	unused.remove()
	describeVersion(w, v)
	w.Header().Del("ETag")
	answer(w, http.StatusOK, struct {
		XMLName  xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ CompleteMultipartUploadResult"`
		Location string
		Bucket   string
		Key      string
		ETag     string
	}{Location: "http://" + r.Host + r.URL.EscapedPath(), Bucket: q.bucket, Key: q.key, ETag: strconv.Quote(v.ETag)})
	return nil
}

// assemble makes one version of the listed parts, and says which contents are not in it.
func (u *upload) assemble(listed completion) (v *version, unused content, e *wire.Error) {
	v = &version{Object: Object{Key: u.key, Header: u.header}}
	digests := md5.New()
	for i, p := range listed.Part[1:] {
		if p.PartNumber <= listed.Part[i].PartNumber {
			return nil, nil, errInvalidPartOrder
		}
	}
	spare := maps.Clone(u.parts)
	for i, p := range listed.Part {
		part, ok := u.parts[p.PartNumber]
		switch {
		case !ok || unquoted(p.ETag) != part.etag():
			return nil, nil, errInvalidPart
		case i < len(listed.Part)-1 && part.content.size() < minPart:
			return nil, nil, errEntityTooSmall
		}
		digests.Write(part.md5)
		v.content = append(v.content, part.content...)
		delete(spare, p.PartNumber)
	}
	v.Size = v.content.size()
	v.ETag = fmt.Sprintf("%s-%d", hex.EncodeToString(digests.Sum(nil)), len(listed.Part))
	for _, part := range spare {
		unused = append(unused, part.content...)
	}
	return v, unused, nil
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
		parts = append(parts, part{PartNumber: number, ETag: strconv.Quote(p.etag()), Size: p.content.size()})
	}
	answer(w, http.StatusOK, struct {
		XMLName     xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ ListPartsResult"`
		Bucket      string
		Key         string
		UploadID    string `xml:"UploadId"`
		IsTruncated bool
		Part        []part
	}{Bucket: q.bucket, Key: q.key, UploadID: u.id, Part: parts})
	return nil
}
