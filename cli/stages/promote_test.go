package stages_test

import (
	"bytes"
	"context"
	"io"
	"log"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-containerregistry/pkg/registry"
	"github.com/google/go-containerregistry/pkg/v1/random"
	"github.com/google/go-containerregistry/pkg/v1/remote"

	"github.com/mejan/mejan/cli/signature"
	"github.com/mejan/mejan/cli/sigstore"
	"github.com/mejan/mejan/cli/sigstore/sigstoretest"
	"github.com/mejan/mejan/cli/stages"
	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/platform/images"
	"github.com/mejan/mejan/platform/release"
)

// Promise: a promotion whose connections are cut after any request ends as one that was not cut, once it is repeated.
// Until then the stage has no release whose images are not all there, signed as the stage asks.
func TestCutAnywhere(t *testing.T) {
	c := newClone(t)
	line := &line{}
	// Registries of before OCI 1.1: they keep referrers by a tag that is written after the manifest, one more place to cut.
	source := line.registry(t, false)
	from := c.release(source, "dev")
	base := c.git("rev-parse", "HEAD")
	for k := 1; ; k++ {
		destination := line.registry(t, false)
		c.git("reset", "--quiet", "--hard", base)
		line.cutAfter(k)
		_, err := c.promote(source, destination)
		cut := line.mend()
		if cut != (err != nil) {
			t.Fatalf("cut after request %d: %t, %v", k, cut, err)
		}
		c.checkWhole(destination)
		if _, err := c.promote(source, destination); err != nil {
			t.Fatalf("again, after a cut after request %d: %v", k, err)
		}
		c.checkPromoted(destination, from, base)
		if t.Failed() {
			t.Fatalf("after a cut after request %d", k)
		}
		if !cut {
			t.Logf("every one of %d requests was cut", k-1)
			return
		}
	}
}

// Promise: the same holds of a rollback: once repeated, registry, file and git have the earlier release, in one commit.
func TestRollbackCutAnywhere(t *testing.T) {
	c := newClone(t)
	line := &line{}
	registry := line.registry(t, true)
	earlier := c.release(registry, "dev")
	later := c.release(registry, "dev")
	base := c.git("rev-parse", "HEAD")
	for k := 1; ; k++ {
		c.git("reset", "--quiet", "--hard", base)
		line.cutAfter(k)
		_, err := c.rollback(registry)
		cut := line.mend()
		if cut != (err != nil) {
			t.Fatalf("cut after request %d: %t, %v", k, cut, err)
		}
		if _, err := c.rollback(registry); err != nil {
			t.Fatalf("again, after a cut after request %d: %v", k, err)
		}
		now, err := release.Read(c.dir(), "dev")
		if err != nil {
			t.Fatal(err)
		}
		if !now.RestoredFrom(earlier) || now.RolledBackFrom != later.Source {
			t.Errorf("the release of dev is %+v", now)
		}
		c.checkTags(registry, now)
		c.checkCommit(base, "release(dev): roll back to "+earlier.Source[:7]+" from "+later.Source[:7])
		if t.Failed() {
			t.Fatalf("after a cut after request %d", k)
		}
		if !cut {
			t.Logf("every one of %d requests was cut", k-1)
			return
		}
	}
}

// Promise: a promotion that ended between the file and the commit is finished by the next one, with the same file.
func TestInterruptedCommit(t *testing.T) {
	for _, tt := range []struct {
		name string
		undo []string
	}{
		{"the file is not staged", []string{"reset", "--quiet", "HEAD^"}},
		{"the file is staged", []string{"reset", "--quiet", "--soft", "HEAD^"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newClone(t)
			line := &line{}
			source, destination := line.registry(t, true), line.registry(t, true)
			from := c.release(source, "dev")
			base := c.git("rev-parse", "HEAD")
			if _, err := c.promote(source, destination); err != nil {
				t.Fatal(err)
			}
			written := c.read("platform/releases/uat.json")
			c.git(tt.undo...)
			c.write("platform/releases/uat.json.new", "{")
			result, err := c.promote(source, destination)
			if err != nil {
				t.Fatal(err)
			}
			if result.Commit == "" || result.Changed || len(result.Copied) > 0 {
				t.Errorf("got %+v, want nothing but a commit", result)
			}
			c.checkPromoted(destination, from, base)
			if diff := cmp.Diff(written, c.read("platform/releases/uat.json")); diff != "" {
				t.Errorf("the file changed:\n%s", diff)
			}
		})
	}
}

// line is the network to some registries. It can be cut: a request arrives, its answer is lost, and so is everything
// after it.
type line struct {
	mu   sync.Mutex
	left int
	cut  bool
}

// cutAfter cuts the line after k more requests.
func (l *line) cutAfter(k int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.left, l.cut = k, false
}

// mend reports whether the line was cut, and ends that.
func (l *line) mend() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	was := l.cut
	l.left, l.cut = 0, false
	return was
}

// registry starts an empty registry behind the line.
func (l *line) registry(t *testing.T, referrers bool) *images.Registry {
	t.Helper()
	silent := log.New(io.Discard, "", 0)
	inner := registry.New(registry.Logger(silent), registry.WithReferrersSupport(referrers))
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.cut {
			panic(http.ErrAbortHandler)
		}
		answer := httptest.NewRecorder()
		inner.ServeHTTP(answer, r)
		if l.left--; l.left == 0 {
			l.cut = true
			panic(http.ErrAbortHandler)
		}
		maps.Copy(w.Header(), answer.Header())
		w.WriteHeader(answer.Code)
		_, _ = w.Write(answer.Body.Bytes())
	}))
	server.Config.ErrorLog = silent
	server.Start()
	t.Cleanup(server.Close)
	r, err := images.NewRegistry(strings.TrimPrefix(server.URL, "http://")+"/mejan", nil,
		remote.WithRetryBackoff(remote.Backoff{Steps: 1, Duration: time.Millisecond}))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// clone is a git repository with releases. Its stage uat takes images that a key has signed, the one in the file key.
type clone struct {
	t         *testing.T
	root, key string
}

func newClone(t *testing.T) clone {
	t.Helper()
	c := clone{t, t.TempDir(), filepath.Join(t.TempDir(), "release.key")}
	c.git("init", "--quiet", "--initial-branch=main")
	c.git("config", "user.name", "a")
	c.git("config", "user.email", "a@example.com")
	private, public := sigstoretest.KeyPair(t)
	if err := os.WriteFile(c.key, private, 0o600); err != nil {
		t.Fatal(err)
	}
	c.write("release.pub", string(public))
	c.write("Pulumi.uat.yaml", "config:\n  mejan:signature: key\n  mejan:signatureKey: release.pub\n")
	c.git("add", ".")
	c.git("commit", "--quiet", "-m", "begin")
	return c
}

func (c clone) git(args ...string) string {
	c.t.Helper()
	git := exec.CommandContext(c.t.Context(), "git", args...)
	git.Dir = c.root
	git.Env = append(git.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1")
	var stderr bytes.Buffer
	git.Stderr = &stderr
	out, err := git.Output()
	if err != nil {
		c.t.Fatalf("git %s: %v\n%s", args[0], err, &stderr)
	}
	return strings.TrimSpace(string(out))
}

func (c clone) read(path string) string {
	c.t.Helper()
	data, err := os.ReadFile(filepath.Join(c.root, path))
	if err != nil {
		c.t.Fatal(err)
	}
	return string(data)
}

func (c clone) write(path, text string) {
	c.t.Helper()
	if err := os.WriteFile(filepath.Join(c.root, path), []byte(text), 0o600); err != nil {
		c.t.Fatal(err)
	}
}

// release pushes new images to a registry, and commits the release of them.
func (c clone) release(registry *images.Registry, stage string) *release.Release {
	c.t.Helper()
	made := &release.Release{
		Stage: stage, Source: c.git("rev-parse", "HEAD"), Platform: release.LambdaPlatform, Time: time.Now().UTC(),
		Images: map[pipeline.Function]string{}, SBOMs: map[pipeline.Function]string{}, Sizes: map[pipeline.Function]int64{},
	}
	for _, function := range pipeline.Functions() {
		image, err := random.Image(1000, 2)
		if err != nil {
			c.t.Fatal(err)
		}
		built, err := images.NewBuilt(image, []byte(`{"spdxVersion": "SPDX-2.3"}`))
		if err == nil {
			_, err = registry.Push(c.t.Context(), function, built)
		}
		if err == nil {
			err = registry.Tag(c.t.Context(), function, made.Source, built.Digest)
		}
		if err != nil {
			c.t.Fatal(err)
		}
		made.Images[function], made.SBOMs[function], made.Sizes[function] = built.Digest, built.SBOM, built.Size
	}
	if err := made.Write(c.dir()); err != nil {
		c.t.Fatal(err)
	}
	c.git("add", ".")
	c.git("commit", "--quiet", "-m", "release")
	order := signature.Order{Key: c.key}
	if _, err := stages.Sign(c.t.Context(), registry, made, sigstore.Sigstore{}, order, nil); err != nil {
		c.t.Fatal(err)
	}
	return made
}

func (c clone) dir() string {
	dir, err := release.Dir(c.root)
	if err != nil {
		c.t.Fatal(err)
	}
	return dir
}

func (c clone) promote(source, destination *images.Registry) (*stages.Promoted, error) {
	return stages.Promote(c.t.Context(), stages.Promotion{
		Root: c.root, From: "dev", To: "uat", Sigstore: sigstore.Sigstore{},
		Reach: func(context.Context) (*images.Registry, *images.Registry, error) { return source, destination, nil },
	})
}

func (c clone) rollback(registry *images.Registry) (*stages.RolledBack, error) {
	return stages.Back(c.t.Context(), stages.Rollback{
		Root: c.root, Stage: "dev",
		Reach: func(context.Context) (*images.Registry, error) { return registry, nil },
	})
}

// checkWhole makes sure that what a stage has is whole: no release without its images, no image that is tagged without
// the other ones.
func (c clone) checkWhole(registry *images.Registry) {
	c.t.Helper()
	from, err := release.Read(c.dir(), "dev")
	if err != nil {
		c.t.Fatal(err)
	}
	begun := false
	if _, err := os.Stat(release.Path(c.dir(), "uat")); err == nil {
		begun = true
	}
	for function, digest := range from.Images {
		tagged, err := registry.CheckTag(c.t.Context(), function, from.Source, digest)
		if err != nil {
			c.t.Error(err)
		}
		begun = begun || tagged
	}
	if _, err := stages.Verify(c.t.Context(), registry, from, c.signatures()); begun && err != nil {
		c.t.Errorf("a tag or the release is there, and: %v", err)
	}
}

// signatures are those that uat asks for.
func (c clone) signatures() stages.Signatures {
	c.t.Helper()
	policy, err := signature.ReadPolicy(c.root, "uat")
	if err != nil {
		c.t.Fatal(err)
	}
	return stages.Signatures{Policy: policy, Sigstore: sigstore.Sigstore{}}
}

// checkPromoted makes sure that registry, file and git agree, and that there is one commit since base.
func (c clone) checkPromoted(registry *images.Registry, from *release.Release, base string) {
	c.t.Helper()
	to, err := release.Read(c.dir(), "uat")
	if err != nil {
		c.t.Fatal(err)
	}
	if !to.Promoted(from) {
		c.t.Errorf("the release of uat is %+v", to)
	}
	for function, digest := range from.Images {
		stored, err := registry.Find(c.t.Context(), function, digest)
		if err != nil {
			c.t.Error(err)
			continue
		}
		if diff := cmp.Diff([]string{from.SBOMs[function]}, stored.SBOMs); diff != "" {
			c.t.Errorf("bills of materials of %s (-want +got):\n%s", function, diff)
		}
	}
	if _, err := stages.Verify(c.t.Context(), registry, to, c.signatures()); err != nil {
		c.t.Errorf("verify the images of uat: %v", err)
	}
	c.checkTags(registry, to)
	c.checkCommit(base, "release(uat): 3 images from dev @ "+from.Source[:7])
}

// checkTags makes sure that the images of a release have the tags of its commit and of itself.
func (c clone) checkTags(registry *images.Registry, r *release.Release) {
	c.t.Helper()
	for function, digest := range r.Images {
		for _, tag := range []string{r.Source, r.Tag()} {
			if set, err := registry.CheckTag(c.t.Context(), function, tag, digest); err != nil || !set {
				c.t.Errorf("image of %s has the tag %s: %t, %v", function, tag, set, err)
			}
		}
	}
}

// checkCommit makes sure that there is one commit since base, and nothing that waits for another.
func (c clone) checkCommit(base, want string) {
	c.t.Helper()
	if got := c.git("log", "--format=%s", base+"..HEAD"); got != want {
		c.t.Errorf("commits %q, want %q", got, want)
	}
	if got := c.git("status", "--porcelain", "--untracked-files=no"); got != "" {
		c.t.Errorf("left in the tree:\n%s", got)
	}
}
