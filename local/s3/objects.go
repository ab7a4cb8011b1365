package s3

import (
	"crypto/rand"
	"encoding/xml"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/mejan/mejan/local/wire"
)

// described keeps what a writer says about the content.
func described(h http.Header) http.Header {
	kept := http.Header{"Content-Type": {"binary/octet-stream"}}
	for name, values := range h {
		name = http.CanonicalHeaderKey(name)
		switch name {
		case "Content-Type", "Content-Disposition", "Content-Language", "Cache-Control", "Expires":
			kept.Set(name, strings.Join(values, ","))
		case "Content-Encoding":
			if encoding := withoutChunks(values); encoding != "" {
				kept.Set(name, encoding)
			}
		default:
			if strings.HasPrefix(name, "X-Amz-Meta-") {
				kept.Set(name, strings.Join(values, ","))
			}
		}
	}
	return kept
}

// withoutChunks drops aws-chunked, which is of the transfer, from the encodings of a content.
func withoutChunks(encodings []string) string {
	var kept []string
	for part := range strings.SplitSeq(strings.Join(encodings, ","), ",") {
		if part = strings.TrimSpace(part); part != "" && part != "aws-chunked" {
			kept = append(kept, part)
		}
	}
	return strings.Join(kept, ",")
}

// commit makes v the current version if the condition holds at this moment, and then tells those who asked. A named
// upload ends with it. The caller still owns v's content when there is an error.
func (s *S3) commit(name string, v *version, c condition, kind string, u *upload) *wire.Error {
	s.mu.Lock()
	b, e := s.bucket(name)
	if e == nil {
		e = c.check(b.current(v.Key))
	}
	if e == nil && u != nil {
		e = u.mayEnd(b, c)
	}
	if e != nil {
		s.mu.Unlock()
		return e
	}
	if u != nil {
		delete(b.uploads, u.id)
	}
	v.Modified = now()
	b.append(v)
	deliveries := s.deliveries(b, kind, v.Object)
	s.mu.Unlock()
	for _, deliver := range deliveries {
		deliver()
	}
	return nil
}

// append adds a version, or replaces the only one.
func (b *bucket) append(v *version) {
	if b.versioned {
		v.VersionID = rand.Text()
		b.keys[v.Key] = append(b.keys[v.Key], v)
		return
	}
	for _, old := range b.keys[v.Key] {
		old.content.remove()
	}
	b.keys[v.Key] = []*version{v}
}

func (s *S3) put(w http.ResponseWriter, r *http.Request, q request) *wire.Error {
	c, e := writeCondition(r.Header)
	if e != nil {
		return e
	}
	got, e := s.receive(r, defaultAlgorithm)
	if e != nil {
		return e
	}
	v := got.version(q.key, described(r.Header))
	if e := s.commit(q.bucket, v, c, createdByPut, nil); e != nil {
		v.content.remove()
		return e
	}
	v.checksum.write(w.Header())
	describeVersion(w, v)
	w.WriteHeader(http.StatusOK)
	return nil
}

func describeVersion(w http.ResponseWriter, v *version) {
	h := w.Header()
	h.Set("ETag", strconv.Quote(v.ETag))
	h.Set("X-Amz-Server-Side-Encryption", "AES256")
	if v.VersionID != "" {
		h.Set("X-Amz-Version-Id", v.VersionID)
	}
}

// find looks a version up as a reader sees it. The caller holds s.mu.
func (s *S3) find(w http.ResponseWriter, q request) (*version, *wire.Error) {
	b, e := s.bucket(q.bucket)
	if e != nil {
		return nil, e
	}
	versions := b.keys[q.key]
	if q.version == "" {
		if v := b.current(q.key); v != nil {
			return v, nil
		}
		if len(versions) > 0 {
			w.Header().Set("X-Amz-Delete-Marker", "true")
			w.Header().Set("X-Amz-Version-Id", versions[len(versions)-1].VersionID)
		}
		return nil, errNoSuchKey
	}
	for _, v := range versions {
		if v.VersionID == q.version && v.deleted {
			w.Header().Set("X-Amz-Delete-Marker", "true")
			return nil, errMethodNotAllowed
		}
		if v.VersionID == q.version || (v.VersionID == "" && q.version == "null") {
			return v, nil
		}
	}
	return nil, errNoSuchVersion
}

// get serves GET and HEAD.
func (s *S3) get(w http.ResponseWriter, r *http.Request, q request) *wire.Error {
	s.mu.Lock()
	v, e := s.find(w, q)
	s.mu.Unlock()
	if e == errNoSuchKey && !s.config.MayList(wire.Caller(r.Context()), q.bucket) {
		return errAccessDenied
	}
	if e != nil {
		return e
	}
	if mode := r.Header.Get("X-Amz-Checksum-Mode"); mode != "" && mode != "ENABLED" {
		return errBadHeader("x-amz-checksum-mode")
	}
	if e := readable(r.Header, v.Object); e != nil {
		if e == errNotModified {
			describeVersion(w, v)
		}
		return e
	}
	part, e := readSpan(r.Header.Get("Range"), v.Size)
	if e != nil {
		w.Header().Set("Content-Range", fmt.Sprintf("bytes */%d", v.Size))
		return e
	}
	describeVersion(w, v)
	h := w.Header()
	maps.Copy(h, v.Header)
	if r.Header.Get("X-Amz-Checksum-Mode") != "" && part.length == v.Size {
		v.checksum.write(h)
	}
	h.Set("Accept-Ranges", "bytes")
	h.Set("Last-Modified", v.Modified.Format(http.TimeFormat))
	h.Set("Content-Length", strconv.FormatInt(part.length, 10))
	status := http.StatusOK
	if part.partial {
		status = http.StatusPartialContent
		h.Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", part.offset, part.offset+part.length-1, v.Size))
	}
	w.WriteHeader(status)
	if r.Method == http.MethodHead {
		return nil
	}
	body := v.content.open(part.offset, part.length)
	defer func() { _ = body.Close() }()
	if _, err := io.Copy(w, body); err != nil {
		panic(http.ErrAbortHandler) // A short body must not look like the object.
	}
	return nil
}

// copySource reads what a copy is of.
func copySource(r *http.Request) (target, *wire.Error) {
	path, err := url.PathUnescape(strings.TrimPrefix(r.Header.Get(copyPicked), "/"))
	path, query, _ := strings.Cut(path, "?")
	bucket, key, ok := strings.Cut(path, "/")
	if err != nil || !ok || bucket == "" || key == "" {
		return target{}, errInvalidArgument("Copy Source must mention the source bucket and key: sourcebucket/sourcekey")
	}
	return target{bucket: bucket, key: key, version: strings.TrimPrefix(query, "versionId=")}, nil
}

func (s *S3) copyObject(w http.ResponseWriter, r *http.Request, q request) *wire.Error {
	c, e := writeCondition(r.Header)
	if e != nil {
		return e
	}
	source, e := copySource(r)
	if e != nil {
		return e
	}
	s.mu.Lock()
	from, e := s.find(w, request{target: source})
	s.mu.Unlock()
	if e != nil {
		return e
	}
	body := from.content.open(0, from.Size)
	defer func() { _ = body.Close() }()
	// The copy is one piece, so its checksum is over all bytes, even if that of the source is composite.
	a := from.checksum.algorithm
	if wanted, _, e := declared(r.Header); e != nil {
		return e
	} else if wanted != nil {
		a = wanted
	}
	got, err := s.store(body, a)
	if err != nil {
		return errInternal
	}
	v := got.version(q.key, from.Header)
	if r.Header.Get("X-Amz-Metadata-Directive") == "REPLACE" {
		v.Header = described(r.Header)
	}
	if e := s.commit(q.bucket, v, c, createdByCopy, nil); e != nil {
		v.content.remove()
		return e
	}
	describeVersion(w, v)
	answer(w, http.StatusOK, struct {
		XMLName      xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ CopyObjectResult"`
		ETag         string
		LastModified string
		checksums
	}{ETag: strconv.Quote(v.ETag), LastModified: timestamp(v.Modified), checksums: v.checksum.document()})
	return nil
}
