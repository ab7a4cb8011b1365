package s3

import (
	"crypto/rand"
	"encoding/xml"
	"io"
	"net/http"
	"slices"

	"github.com/mejan/mejan/local/wire"
)

func (s *S3) remove(w http.ResponseWriter, r *http.Request, q request) *wire.Error {
	if r.Header.Get("If-Match") != "" {
		return errNotImplemented("conditional delete")
	}
	v, e := s.delete(q.target)
	if e != nil {
		return e
	}
	if v != nil && v.VersionID != "" {
		w.Header().Set("X-Amz-Version-Id", v.VersionID)
		if v.deleted {
			w.Header().Set("X-Amz-Delete-Marker", "true")
		}
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// delete removes one version for good, or puts a marker over the current one where the bucket is versioned. Its answer
// is the version that went or the marker that came; nil where there was nothing to delete, which is no error.
func (s *S3) delete(t target) (*version, *wire.Error) {
	s.mu.Lock()
	b, e := s.bucket(t.bucket)
	if e != nil {
		s.mu.Unlock()
		return nil, e
	}
	kind := removed
	var v *version
	if b.versioned && t.version == "" {
		kind = removedByMarker
		v = &version{Object: Object{Key: t.key, VersionID: rand.Text(), Modified: now()}, deleted: true}
		b.keys[t.key] = append(b.keys[t.key], v)
	} else {
		v = b.take(t)
	}
	var deliveries []func()
	if v != nil {
		deliveries = s.deliveries(b, kind, v.Object)
	}
	s.mu.Unlock()
	for _, deliver := range deliveries {
		deliver()
	}
	return v, nil
}

// take removes a version for good.
func (b *bucket) take(t target) *version {
	versions := b.keys[t.key]
	at := slices.IndexFunc(versions, func(v *version) bool {
		return v.VersionID == t.version || (v.VersionID == "" && t.version == "null")
	})
	if at < 0 {
		return nil
	}
	v := versions[at]
	v.content.remove()
	if b.keys[t.key] = slices.Delete(versions, at, at+1); len(b.keys[t.key]) == 0 {
		delete(b.keys, t.key)
	}
	return v
}

// removals is the body of DeleteObjects.
type removals struct {
	XMLName xml.Name `xml:"Delete"`
	Quiet   bool
	Object  []struct {
		Key       string
		VersionID string `xml:"VersionId"`
	}
}

// maxRemovals is S3's limit for one DeleteObjects.
const maxRemovals = 1000

func readRemovals(r *http.Request) (*removals, *wire.Error) {
	var q removals
	text, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, errIncompleteBody
	}
	if err := xml.Unmarshal(text, &q); err != nil || len(q.Object) == 0 || len(q.Object) > maxRemovals {
		return nil, errMalformedXML
	}
	return &q, nil
}

// needs lists the permission for each key. S3 would refuse single keys and delete the others; here one refusal stops
// them all.
func (q *removals) needs(t target) (all []wire.Permission) {
	for _, o := range q.Object {
		action := "s3:DeleteObject"
		if o.VersionID != "" {
			action += "Version"
		}
		all = append(all, wire.Permission{Action: action, Resource: target{bucket: t.bucket, key: o.Key}.arn()})
	}
	return all
}

func (s *S3) removeMany(w http.ResponseWriter, _ *http.Request, q request) *wire.Error {
	type entry struct {
		Key                   string
		VersionID             string `xml:"VersionId,omitempty"`
		DeleteMarker          bool   `xml:",omitempty"`
		DeleteMarkerVersionID string `xml:"DeleteMarkerVersionId,omitempty"`
	}
	var done []entry
	for _, o := range q.removals.Object {
		v, e := s.delete(target{bucket: q.bucket, key: o.Key, version: o.VersionID})
		if e != nil {
			return e
		}
		removed := entry{Key: o.Key, VersionID: o.VersionID}
		if v != nil && v.deleted {
			removed.DeleteMarker, removed.DeleteMarkerVersionID = true, v.VersionID
		}
		done = append(done, removed)
	}
	if q.removals.Quiet {
		done = nil
	}
	answer(w, http.StatusOK, struct {
		XMLName xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ DeleteResult"`
		Deleted []entry
	}{Deleted: done})
	return nil
}
