package s3

import (
	"cmp"
	"encoding/base64"
	"encoding/xml"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/mejan/mejan/local/wire"
)

// maxKeys is S3's largest page.
const maxKeys = 1000

// page is one page of keys: those that match, and the prefixes that stand for the others.
type page struct {
	keys, prefixes []string
	// last is the last key or prefix of the page; more says that others follow.
	last string
	more bool
}

// query says which keys a page is of.
type query struct {
	prefix, delimiter, after string
	limit                    int
	encode                   bool
}

func readQuery(v url.Values) (query, *wire.Error) {
	q := query{prefix: v.Get("prefix"), delimiter: v.Get("delimiter"), limit: maxKeys}
	q.encode = v.Get("encoding-type") == "url"
	if text := v.Get("max-keys"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			return q, errInvalidArgument("Provided max-keys not an integer or within integer range")
		}
		q.limit = min(n, maxKeys)
	}
	return q, nil
}

// text encodes a key if the client asked for it.
func (q query) text(key string) string {
	if q.encode {
		return encodeKey(key)
	}
	return key
}

// page picks from sorted keys.
func (q query) page(sorted []string) (p page) {
	for _, key := range sorted {
		if !strings.HasPrefix(key, q.prefix) {
			continue
		}
		item, common := key, false
		if at := strings.Index(key[len(q.prefix):], q.delimiter); q.delimiter != "" && at >= 0 {
			item, common = key[:len(q.prefix)+at+len(q.delimiter)], true
		}
		if item <= q.after || item == p.last {
			continue
		}
		if len(p.keys)+len(p.prefixes) == q.limit {
			p.more = q.limit > 0
			return p
		}
		p.last = item
		if common {
			p.prefixes = append(p.prefixes, item)
		} else {
			p.keys = append(p.keys, item)
		}
	}
	return p
}

type (
	listedObject struct {
		Key          string
		LastModified string
		ETag         string
		Size         int64
		StorageClass string
		begunWith
	}
	commonPrefix struct{ Prefix string }
)

func (q query) prefixes(p page) (all []commonPrefix) {
	for _, prefix := range p.prefixes {
		all = append(all, commonPrefix{q.text(prefix)})
	}
	return all
}

// listing is the answer of ListObjectsV2.
type listing struct {
	XMLName               xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ ListBucketResult"`
	Name                  string
	Prefix                string
	Delimiter             string `xml:",omitempty"`
	MaxKeys               int
	EncodingType          string `xml:",omitempty"`
	KeyCount              int
	IsTruncated           bool
	ContinuationToken     string `xml:",omitempty"`
	NextContinuationToken string `xml:",omitempty"`
	StartAfter            string `xml:",omitempty"`
	Contents              []listedObject
	CommonPrefixes        []commonPrefix
}

func (s *S3) list(w http.ResponseWriter, r *http.Request, t request) *wire.Error {
	v := r.URL.Query()
	q, e := readQuery(v)
	if e != nil {
		return e
	}
	if v.Get("list-type") != "2" {
		return errNotImplemented("list-type %q", v.Get("list-type"))
	}
	q.after = v.Get("start-after")
	if token := v.Get("continuation-token"); token != "" {
		after, err := base64.URLEncoding.DecodeString(token)
		if err != nil {
			return errInvalidArgument("The continuation token provided is incorrect")
		}
		q.after = string(after)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	b, e := s.bucket(t.bucket)
	if e != nil {
		return e
	}
	visible := slices.DeleteFunc(slices.Sorted(maps.Keys(b.keys)), func(key string) bool { return b.current(key) == nil })
	p := q.page(visible)
	l := listing{
		Name: b.name, Prefix: q.text(q.prefix), Delimiter: q.text(q.delimiter), MaxKeys: q.limit,
		EncodingType: v.Get("encoding-type"), KeyCount: len(p.keys) + len(p.prefixes), IsTruncated: p.more,
		ContinuationToken: v.Get("continuation-token"), StartAfter: q.text(v.Get("start-after")),
		CommonPrefixes: q.prefixes(p),
	}
	if p.more {
		l.NextContinuationToken = base64.URLEncoding.EncodeToString([]byte(p.last))
	}
	for _, key := range p.keys {
		l.Contents = append(l.Contents, q.listed(b.current(key)))
	}
	answer(w, http.StatusOK, l)
	return nil
}

func (q query) listed(v *version) listedObject {
	return listedObject{
		Key: q.text(v.Key), LastModified: timestamp(v.Modified), ETag: strconv.Quote(v.ETag), Size: v.Size,
		StorageClass: "STANDARD", begunWith: begunWith{v.checksum.algorithm.name, v.checksum.kind},
	}
}

type (
	listedVersion struct {
		listedObject
		VersionID string `xml:"VersionId"`
		IsLatest  bool
	}
	listedMarker struct {
		Key, LastModified string
		VersionID         string `xml:"VersionId"`
		IsLatest          bool
	}
)

// listVersions lists all versions of the matching keys, the newest first, in one page.
func (s *S3) listVersions(w http.ResponseWriter, r *http.Request, t request) *wire.Error {
	q, e := readQuery(r.URL.Query())
	if e != nil {
		return e
	}
	q.after, q.limit = r.URL.Query().Get("key-marker"), int(^uint(0)>>1)
	s.mu.Lock()
	defer s.mu.Unlock()
	b, e := s.bucket(t.bucket)
	if e != nil {
		return e
	}
	p := q.page(slices.Sorted(maps.Keys(b.keys)))
	var versions []listedVersion
	var markers []listedMarker
	for _, key := range p.keys {
		all := b.keys[key]
		for i, v := range slices.Backward(all) {
			id, latest := v.VersionID, i == len(all)-1
			if id == "" {
				id = "null"
			}
			if v.deleted {
				markers = append(markers, listedMarker{q.text(key), timestamp(v.Modified), id, latest})
				continue
			}
			versions = append(versions, listedVersion{q.listed(v), id, latest})
		}
	}
	answer(w, http.StatusOK, struct {
		XMLName        xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ ListVersionsResult"`
		Name           string
		Prefix         string
		MaxKeys        int
		EncodingType   string `xml:",omitempty"`
		IsTruncated    bool
		Version        []listedVersion
		DeleteMarker   []listedMarker
		CommonPrefixes []commonPrefix
	}{
		Name: b.name, Prefix: q.text(q.prefix), MaxKeys: maxKeys, EncodingType: r.URL.Query().Get("encoding-type"),
		Version: versions, DeleteMarker: markers, CommonPrefixes: q.prefixes(p),
	})
	return nil
}

func (s *S3) listUploads(w http.ResponseWriter, r *http.Request, t request) *wire.Error {
	type entry struct {
		Key       string
		UploadID  string `xml:"UploadId"`
		Initiated string
		begunWith
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	b, e := s.bucket(t.bucket)
	if e != nil {
		return e
	}
	uploads := slices.SortedFunc(maps.Values(b.uploads), func(u, v *upload) int {
		return cmp.Or(cmp.Compare(u.key, v.key), u.begun.Compare(v.begun), cmp.Compare(u.id, v.id))
	})
	var entries []entry
	for _, u := range uploads {
		if strings.HasPrefix(u.key, r.URL.Query().Get("prefix")) {
			entries = append(entries, entry{u.key, u.id, timestamp(u.begun), u.begunWith()})
		}
	}
	answer(w, http.StatusOK, struct {
		XMLName     xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ ListMultipartUploadsResult"`
		Bucket      string
		IsTruncated bool
		Upload      []entry
	}{Bucket: b.name, Upload: entries})
	return nil
}
