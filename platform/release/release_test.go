package release_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/platform/release"
)

func example() *release.Release {
	return &release.Release{
		Stage:  "dev",
		Source: strings.Repeat("0a1b2c3d", 5),
		Images: map[pipeline.Function]string{
			pipeline.Notifier: "sha256:" + strings.Repeat("c", 64),
			pipeline.Ingestor: "sha256:" + strings.Repeat("a", 64),
			pipeline.Analyzer: "sha256:" + strings.Repeat("b", 64),
		},
	}
}

// full is a release with everything that is known of its images.
func full() *release.Release {
	r := example()
	r.SBOMs, r.Sizes = map[pipeline.Function]string{}, map[pipeline.Function]int64{}
	for f, digest := range r.Images {
		r.SBOMs[f], r.Sizes[f] = strings.Replace(digest, ":", ":0", 1)[:71], 4_000_000
	}
	r.Platform, r.Go, r.Rules = "linux/arm64", "go1.26.6", &release.Rules{Ingest: "2", Analyze: "3"}
	r.Time = time.Date(2026, 11, 29, 10, 0, 0, 0, time.UTC)
	return r
}

// A release comes back from its file as it was written, and the same release has the same bytes, so that writing it
// again makes no commit.
func TestRoundTrip(t *testing.T) {
	dir := t.TempDir()
	want := full()
	want.PromotedFrom, want.Hold = "dev", "a reason"
	if err := want.Write(dir); err != nil {
		t.Fatal(err)
	}
	first, err := os.ReadFile(release.Path(dir, "dev"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := release.Read(dir, "dev")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("release changed on its way through the file (-written +read):\n%s", diff)
	}
	again, err := got.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(first), string(again)); diff != "" {
		t.Errorf("bytes differ (-first +again):\n%s", diff)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 1 {
		t.Errorf("left %d files, want the release alone: %v", len(entries), entries)
	}
}

// A stage without a release is told apart from one whose release cannot be used.
func TestReadMissing(t *testing.T) {
	if _, err := release.Read(t.TempDir(), "uat"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v, want fs.ErrNotExist", err)
	}
}

// A release file that is there and cannot be used is never taken for a missing one, which would be a first deployment.
// The error says what mends it.
func TestReadRefuses(t *testing.T) {
	for _, tt := range []struct{ name, content, link, want string }{
		{name: "empty", content: "", want: "the file is empty"},
		{name: "blank", content: " \n\n", want: "the file is empty"},
		{name: "not JSON", content: "<<<<<<< HEAD\n", want: "decode"},
		{name: "a folder", link: ".", want: "is a directory"},
		{name: "a link to nothing", link: "nothing.json", want: "a link to a file that does not exist"},
		{name: "a link to itself", link: "dev.json", want: "too many levels of symbolic links"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			path := release.Path(dir, "dev")
			err := os.WriteFile(path, []byte(tt.content), 0o600)
			if tt.link != "" {
				err = errors.Join(os.Remove(path), os.Symlink(tt.link, path))
			}
			if err != nil {
				t.Fatal(err)
			}
			_, err = release.Read(dir, "dev")
			if err == nil || errors.Is(err, fs.ErrNotExist) {
				t.Fatalf("error %v, want one that is not fs.ErrNotExist", err)
			}
			for _, want := range []string{path, tt.want, "git checkout -- platform/releases/dev.json", "make images STAGE=dev"} {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error %v, want it to say %q", err, want)
				}
			}
		})
	}
}

// Without the root of the repository every release would look missing, so that is an error of its own.
func TestDir(t *testing.T) {
	if dir, err := release.Dir("/repository"); err != nil || dir != filepath.Join("/repository", "platform", "releases") {
		t.Errorf("folder %q, error %v", dir, err)
	}
	if _, err := release.Dir(""); err == nil || !strings.Contains(err.Error(), "3.150") {
		t.Errorf("error %v, want one that names the version of the CLI", err)
	}
}

// The file of one stage never deploys to another, by copying it or otherwise.
func TestReadOtherStage(t *testing.T) {
	dir := t.TempDir()
	r := example()
	r.Stage = "uat"
	if err := r.Write(dir); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(release.Path(dir, "uat"), release.Path(dir, "prod")); err != nil {
		t.Fatal(err)
	}
	_, err := release.Read(dir, "prod")
	if err == nil || errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), `stage "uat"`) {
		t.Errorf("error %v, want one that names the stage uat", err)
	}
}

// A release that would deploy something half or unknown is refused, and the refusal names what to mend.
func TestParseRefuses(t *testing.T) {
	good, err := full().Bytes()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, old, new, want string }{
		{"tag for digest", "sha256:" + strings.Repeat("a", 64), "latest", `ingestor: "latest" is not a digest`},
		{"short digest", strings.Repeat("b", 64), strings.Repeat("b", 63), "analyzer"},
		{"unknown function", `"notifier"`, `"mailer"`, `no function is called "mailer"`},
		{"function left out", `"notifier"`, `"mailer"`, "none for the notifier"},
		{"short commit", strings.Repeat("0a1b2c3d", 5), "0a1b2c3d", `source "0a1b2c3d"`},
		{"stage leaves the folder", `"dev"`, `"../dev"`, `stage "../dev"`},
		{"unknown field", `"source"`, `"commit"`, "commit"},
		{"bill of materials", "sha256:0" + strings.Repeat("a", 63), "sha256:0", `sboms: ingestor: "sha256:0" is not a digest`},
		{"no size", "4000000", "0", "0 bytes is no size of an image"},
		{"several platforms", "linux/arm64", "all", `platform "all"`},
		{"trailing value", "\n}\n", "\n}\n{}\n", "more than one value"},
		{"cut", "\n}\n", "\n", "decode"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			data := strings.Replace(string(good), tt.old, tt.new, 1)
			_, err := release.Parse([]byte(data))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want one that says %q", err, tt.want)
			}
		})
	}
}

// A fresh clone has no folder of releases: git keeps none without files. The first release makes it.
func TestWriteMakesFolder(t *testing.T) {
	dir, err := release.Dir(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := example().Write(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := release.Read(dir, "dev"); err != nil {
		t.Error(err)
	}
}

// A release equals what its file gives back, and no other; a stage without one equals only another without.
func TestEqual(t *testing.T) {
	other := full()
	other.Hold = "a reason"
	var none *release.Release
	for _, tt := range []struct {
		a, b *release.Release
		want bool
	}{
		{full(), full(), true}, {full(), other, false}, {none, none, true}, {none, full(), false}, {full(), none, false},
	} {
		if got, err := tt.a.Equal(tt.b); err != nil || got != tt.want {
			t.Errorf("%+v and %+v: %t, %v", tt.a, tt.b, got, err)
		}
	}
}
