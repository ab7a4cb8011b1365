package s3

import (
	"cmp"
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strconv"
	"strings"

	"github.com/mejan/mejan/local/wire"
)

// maxCompletion bounds the body of CompleteMultipartUpload: 10,000 parts with a checksum each.
const maxCompletion = 8 << 20

// completion is the body of CompleteMultipartUpload.
type completion struct {
	XMLName xml.Name `xml:"CompleteMultipartUpload"`
	Part    []listedPart
}

type listedPart struct {
	PartNumber int
	ETag       string
	checksums
}

func readCompletion(r *http.Request) (completion, *wire.Error) {
	text, err := io.ReadAll(io.LimitReader(r.Body, maxCompletion))
	if err != nil {
		return completion{}, errIncompleteBody
	}
	var c completion
	if err := xml.Unmarshal(text, &c); err != nil || len(c.Part) == 0 {
		return completion{}, errMalformedXML
	}
	for i, p := range c.Part[1:] {
		if p.PartNumber <= c.Part[i].PartNumber {
			return completion{}, errInvalidPartOrder
		}
	}
	return c, nil
}

func (s *S3) completeUpload(w http.ResponseWriter, r *http.Request, q request) *wire.Error {
	c, e := writeCondition(r.Header)
	if e != nil {
		return e
	}
	listed, e := readCompletion(r)
	if e != nil {
		return e
	}
	s.mu.Lock()
	_, u, e := s.upload(r, q)
	var v *version
	var unused content
	if e == nil {
		v, unused, e = u.assemble(listed)
	}
	s.mu.Unlock()
	if e == nil {
		e = v.sumUp()
	}
	if e == nil {
		e = u.confirms(r.Header, v)
	}
	if e == nil {
		e = s.commit(q.bucket, v, c, createdByUpload, u)
	}
	if e != nil {
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
		checksums
	}{
		Location: "http://" + r.Host + r.URL.EscapedPath(), Bucket: q.bucket, Key: q.key, ETag: strconv.Quote(v.ETag),
		checksums: v.checksum.document(),
	})
	return nil
}

// assemble makes one version of the listed parts, and says which contents are not in it. A composite checksum is
// complete, one over all bytes is left to sumUp.
func (u *upload) assemble(listed completion) (v *version, unused content, e *wire.Error) {
	v = &version{
		Object:   Object{Key: u.key, Header: u.header},
		checksum: checksum{algorithm: defaultAlgorithm, kind: fullObject},
	}
	if u.algorithm != nil {
		v.checksum = checksum{algorithm: u.algorithm, kind: u.kind}
	}
	digests, sums := md5.New(), v.checksum.algorithm.hash()
	spare := maps.Clone(u.parts)
	for i, p := range listed.Part {
		part, ok := u.parts[p.PartNumber]
		switch {
		case !ok || unquoted(p.ETag) != part.etag():
			return nil, nil, errInvalidPart
		case i < len(listed.Part)-1 && part.content.size() < minPart:
			return nil, nil, errEntityTooSmall
		}
		if e := u.checkListed(p, part); e != nil {
			return nil, nil, e
		}
		digests.Write(part.md5)
		sum, err := base64.StdEncoding.DecodeString(part.checksum.value)
		if err != nil {
			panic(err) // We have encoded it.
		}
		sums.Write(sum)
		v.content = append(v.content, part.content...)
		delete(spare, p.PartNumber)
	}
	v.Size = v.content.size()
	v.ETag = fmt.Sprintf("%s-%d", hex.EncodeToString(digests.Sum(nil)), len(listed.Part))
	if v.checksum.kind == composite {
		v.checksum.value = fmt.Sprintf("%s-%d", base64.StdEncoding.EncodeToString(sums.Sum(nil)), len(listed.Part))
	}
	for _, part := range spare {
		unused = append(unused, part.content...)
	}
	return v, unused, nil
}

// checkListed holds the checksum that a client lists for a part against the part. An upload that was begun without an
// algorithm takes none. One with a composite checksum takes no part without.
func (u *upload) checkListed(p listedPart, part stored) *wire.Error {
	listed, e := p.single()
	switch {
	case e != nil:
		return e
	case u.algorithm == nil && listed.algorithm != nil:
		return errInvalidPart
	case listed.algorithm == nil && u.kind == composite:
		return errInvalidRequest("The upload was created using a %s checksum. The complete request must include "+
			"the checksum for each part. It was missing for part %d in the request.",
			strings.ToLower(u.algorithm.name), p.PartNumber)
	case listed.algorithm == nil:
		return nil
	case listed.algorithm != u.algorithm:
		return failure(http.StatusBadRequest, "BadDigest",
			fmt.Sprintf("The %s you specified for part %d did not match what we received.",
				strings.ToLower(listed.algorithm.name), p.PartNumber))
	case listed.value != part.checksum.value:
		return errInvalidPart // S3 does not say BadDigest here.
	default:
		return nil
	}
}

// sumUp reads the whole content for a checksum over all bytes.
func (v *version) sumUp() *wire.Error {
	if v.checksum.kind == composite {
		return nil
	}
	body := v.content.open(0, v.Size)
	defer func() { _ = body.Close() }()
	sum := v.checksum.algorithm.hash()
	if _, err := io.Copy(sum, body); err != nil {
		return errInternal // The upload was aborted, or a part was replaced.
	}
	v.checksum.value = base64.StdEncoding.EncodeToString(sum.Sum(nil))
	return nil
}

// confirms holds what the client says of the whole object against what its parts have come to.
func (u *upload) confirms(h http.Header, v *version) *wire.Error {
	if want := h.Get("X-Amz-Mp-Object-Size"); want != "" && want != strconv.FormatInt(v.Size, 10) {
		return errInvalidRequest("The provided 'x-amz-mp-object-size' header value %s does not match what was computed: %d",
			want, v.Size)
	}
	if kind := h.Get("X-Amz-Checksum-Type"); kind != "" && kind != u.kind {
		return errInvalidRequest("The upload was created using the %s checksum mode. "+
			"The complete request must use the same checksum mode.", cmp.Or(u.kind, "null"))
	}
	want, e := sent(h)
	if e != nil || want.algorithm == nil {
		return e
	}
	sum, count, counted := strings.Cut(want.value, "-")
	_, err := strconv.Atoi(count)
	switch a := v.checksum.algorithm; {
	case !want.algorithm.spelled(sum), counted && err != nil:
		return errBadHeader(want.algorithm.header())
	case want.algorithm != a && u.algorithm == nil:
		return nil // S3 does not look at it.
	case want.value != v.checksum.value && want.value != bare(v.checksum.value):
		return errBadChecksum(strings.ToLower(a.name))
	default:
		return nil
	}
}

// bare is a composite checksum without the number of parts, which a client may leave out.
func bare(value string) string {
	value, _, _ = strings.Cut(value, "-")
	return value
}

// mayEnd decides whether the upload may become an object now. The condition c holds for what is current. But if the key
// was written or deleted since the upload began, a conditional end is a conflict: S3 wants the upload to begin anew.
func (u *upload) mayEnd(b *bucket, c condition) *wire.Error {
	switch {
	case b.uploads[u.id] != u:
		return errNoSuchUpload
	case c.any() && b.newest(u.key) != u.over:
		return errConflict
	default:
		return nil
	}
}
