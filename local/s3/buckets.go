package s3

import (
	"encoding/xml"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/mejan/mejan/local/wire"
)

// timestamp is a time as S3's documents have it.
func timestamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// listBuckets tells the region of each bucket only where it was asked for some, as S3 does.
func (s *S3) listBuckets(w http.ResponseWriter, r *http.Request, _ request) *wire.Error {
	type entry struct {
		Name, CreationDate string
		BucketRegion       string `xml:",omitempty"`
	}
	prefix := r.URL.Query().Get("prefix")
	region := ""
	if prefix != "" {
		region = s.config.Region
	}
	type owner struct{ ID string }
	s.mu.Lock()
	defer s.mu.Unlock()
	var entries []entry
	for _, name := range slices.Sorted(maps.Keys(s.buckets)) {
		if strings.HasPrefix(name, prefix) {
			entries = append(entries, entry{
				Name: name, CreationDate: timestamp(s.buckets[name].created), BucketRegion: region,
			})
		}
	}
	answer(w, http.StatusOK, struct {
		XMLName xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ ListAllMyBucketsResult"`
		Owner   owner
		Buckets []entry `xml:"Buckets>Bucket"`
	}{Owner: owner{ID: s.config.Account}, Buckets: entries})
	return nil
}

func (s *S3) createBucket(w http.ResponseWriter, _ *http.Request, q request) *wire.Error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e := s.create(q.bucket, false); e != nil {
		return e
	}
	w.Header().Set("Location", "/"+q.bucket)
	w.WriteHeader(http.StatusOK)
	return nil
}

func (s *S3) headBucket(w http.ResponseWriter, _ *http.Request, q request) *wire.Error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, e := s.bucket(q.bucket); e != nil {
		return e
	}
	w.Header().Set("X-Amz-Bucket-Region", s.config.Region)
	w.WriteHeader(http.StatusOK)
	return nil
}

func (s *S3) location(w http.ResponseWriter, _ *http.Request, q request) *wire.Error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, e := s.bucket(q.bucket); e != nil {
		return e
	}
	region := s.config.Region
	if region == "us-east-1" {
		region = "" // The first region of S3 has no name here.
	}
	answer(w, http.StatusOK, struct {
		XMLName xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ LocationConstraint"`
		Region  string   `xml:",chardata"`
	}{Region: region})
	return nil
}

// versioningConfiguration is the document of both directions.
type versioningConfiguration struct {
	XMLName xml.Name `xml:"VersioningConfiguration"`
	Xmlns   string   `xml:"xmlns,attr"`
	Status  string   `xml:",omitempty"`
}

func (s *S3) setVersioning(w http.ResponseWriter, r *http.Request, q request) *wire.Error {
	text, err := io.ReadAll(io.LimitReader(r.Body, maxCompletion))
	if err != nil {
		return errIncompleteBody
	}
	var c versioningConfiguration
	if err := xml.Unmarshal(text, &c); err != nil {
		return errMalformedXML
	}
	if c.Status != "Enabled" {
		return errNotImplemented("suspended versioning")
	}
	if e := s.version(q.bucket); e != nil {
		return e
	}
	w.WriteHeader(http.StatusOK)
	return nil
}

// EnableVersioning makes a bucket keep every version from now on.
func (s *S3) EnableVersioning(name string) error {
	if e := s.version(name); e != nil {
		return fmt.Errorf("enable versioning of %q: %w", name, e)
	}
	return nil
}

func (s *S3) version(name string) *wire.Error {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, e := s.bucket(name)
	if e != nil {
		return e
	}
	b.versioned = true
	return nil
}

func (s *S3) versioning(w http.ResponseWriter, _ *http.Request, q request) *wire.Error {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, e := s.bucket(q.bucket)
	if e != nil {
		return e
	}
	c := versioningConfiguration{Xmlns: "http://s3.amazonaws.com/doc/2006-03-01/"}
	if b.versioned {
		c.Status = "Enabled"
	}
	answer(w, http.StatusOK, c)
	return nil
}
