package images_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/random"
	"github.com/google/go-containerregistry/pkg/v1/remote"

	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/platform/images"
)

// Promise: an image and its bill of materials go from one registry to another with their digests unchanged, and a second
// copy changes nothing, whether or not a registry lists what refers to an image.
func TestCopy(t *testing.T) {
	for _, tt := range []struct {
		name     string
		from, to bool
	}{
		{"both list referrers", true, true},
		{"the source does", true, false},
		{"the destination does", false, true},
		{"neither does", false, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, from := listing(t, tt.from)
			_, to := listing(t, tt.to)
			built := example(t, "{}")
			if _, err := from.Push(t.Context(), pipeline.Ingestor, built); err != nil {
				t.Fatal(err)
			}
			stored, err := from.Find(t.Context(), pipeline.Ingestor, built.Digest)
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range []bool{true, false} {
				changed, err := to.Copy(t.Context(), pipeline.Ingestor, stored)
				if err != nil || changed != want {
					t.Errorf("changed %t, %v; want %t", changed, err, want)
				}
			}
			copied, err := to.Find(t.Context(), pipeline.Ingestor, built.Digest)
			if err != nil {
				t.Fatal(err)
			}
			want := facts{built.Digest, built.SBOM, built.Size}
			got := facts{copied.Digest, strings.Join(copied.SBOMs, " "), copied.Size}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("the copy differs (-built +copied):\n%s", diff)
			}
			if there, err := to.Has(t.Context(), pipeline.Ingestor, stored); err != nil || !there {
				t.Errorf("there: %t, %v", there, err)
			}
		})
	}
}

// Promise: what is no image of a release is told apart: a missing one, an index, and one without a bill of materials.
func TestFindRefuses(t *testing.T) {
	repo, registry := listing(t, true)
	image, err := random.Image(100, 1)
	if err != nil {
		t.Fatal(err)
	}
	index := mutate.AppendManifests(empty.Index, mutate.IndexAddendum{Add: image})
	at, err := name.NewRepository(repo + "/ingestor")
	if err != nil {
		t.Fatal(err)
	}
	put := func(digest v1.Hash, taggable remote.Taggable, err error) string {
		if err == nil {
			err = remote.Push(at.Digest(digest.String()), taggable)
		}
		if err != nil {
			t.Fatal(err)
		}
		return digest.String()
	}
	imageDigest, err := image.Digest()
	plain := put(imageDigest, image, err)
	indexDigest, err := index.Digest()
	many := put(indexDigest, index, err)
	for _, tt := range []struct {
		name, digest string
		want         error
	}{
		{"missing", "sha256:" + strings.Repeat("a", 64), images.ErrMissing},
		{"index", many, images.ErrIndex},
		{"no bill of materials", plain, images.ErrNoSBOM},
	} {
		if _, err := registry.Find(t.Context(), pipeline.Ingestor, tt.digest); !errors.Is(err, tt.want) {
			t.Errorf("%s: got %v, want %v", tt.name, err, tt.want)
		}
	}
}

// Promise: a tag is set once. It is never moved to another image, and never put again, which ECR would refuse.
func TestTag(t *testing.T) {
	puts := 0
	inner := registry.New(silent())
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPut && strings.HasSuffix(r.URL.Path, "/manifests/v1") {
			puts++
		}
		inner.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	r := open(t, strings.TrimPrefix(server.URL, "http://")+"/mejan")
	first, second := example(t, "{}"), example(t, `{"other": true}`)
	for _, built := range []images.Built{first, second} {
		if _, err := r.Push(t.Context(), pipeline.Ingestor, built); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		if err := r.Tag(t.Context(), pipeline.Ingestor, "v1", first.Digest); err != nil {
			t.Error(err)
		}
	}
	if err := r.Tag(t.Context(), pipeline.Ingestor, "v1", second.Digest); !errors.Is(err, images.ErrTagTaken) {
		t.Errorf("got %v, want %v", err, images.ErrTagTaken)
	}
	if puts != 1 {
		t.Errorf("the tag was put %d times, want once", puts)
	}
}

// Promise: a registry that wants a login says so with the command for it.
func TestLoginIsNamed(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("WWW-Authenticate", `Basic realm="test"`)
		w.WriteHeader(http.StatusUnauthorized)
	}))
	t.Cleanup(server.Close)
	host := strings.TrimPrefix(server.URL, "http://")
	_, err := open(t, host+"/mejan").Find(t.Context(), pipeline.Ingestor, "sha256:"+strings.Repeat("a", 64))
	if err == nil || !strings.Contains(err.Error(), "docker login "+host) {
		t.Errorf("got %v, want the command that logs in", err)
	}
}

// listing starts a registry that lists what refers to an image, or one of before OCI 1.1, which does not.
func listing(t *testing.T, referrers bool) (repo string, r *images.Registry) {
	t.Helper()
	server := httptest.NewServer(registry.New(silent(), registry.WithReferrersSupport(referrers)))
	t.Cleanup(server.Close)
	repo = strings.TrimPrefix(server.URL, "http://") + "/mejan"
	return repo, open(t, repo)
}

// example is a small image with a bill of materials.
func example(t *testing.T, document string) images.Built {
	t.Helper()
	image, err := random.Image(1000, 2)
	if err != nil {
		t.Fatal(err)
	}
	built, err := images.NewBuilt(image, []byte(document))
	if err != nil {
		t.Fatal(err)
	}
	return built
}
