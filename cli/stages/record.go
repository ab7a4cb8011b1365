package stages

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/mejan/mejan/cli/history"
	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/platform/images"
	"github.com/mejan/mejan/platform/release"
)

// Recorded says how git got a release.
type Recorded struct {
	// Release is the release file, and Commit the commit of it; Commit is empty if git had the release already.
	Release string `json:"release"`
	Commit  string `json:"commit,omitempty"`
	// Changed says whether the release is another than before.
	Changed bool `json:"changed"`
	// Branch is the remote branch that has the commit, and Request the pull request for it.
	Branch  string `json:"branch,omitempty"`
	Request string `json:"request,omitempty"`
}

// recorder writes the release of a stage into the clone, and commits it.
type recorder struct {
	root, stage, dir string
	push             bool
	checkout         *history.Checkout
	remote           *history.Remote
}

func newRecorder(root, stage string, push bool) (*recorder, error) {
	dir, err := release.Dir(root)
	return &recorder{root: root, stage: stage, dir: dir, push: push}, err
}

// examine looks whether the clone is fit for the commit. written says that the release file is as this
// change leaves it: an earlier attempt wrote it, and may not have committed it.
func (r *recorder) examine(ctx context.Context, written bool) error {
	own := ""
	if written {
		own = release.File(r.stage)
	}
	var err error
	if r.checkout, err = history.Open(ctx, r.root, own); err != nil || !r.push {
		return err
	}
	r.remote, err = r.checkout.Remote(ctx)
	return err
}

// has reports whether the release file holds just this release.
func (r *recorder) has(next *release.Release) (bool, error) {
	now, err := release.Read(r.dir, r.stage)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return now.Equal(next)
}

// message is the commit message of a release. branch is the end of the name of the branch for a pull request.
type message struct{ subject, body, branch string }

// record makes next the release of the stage. Its images are in the registry already. They are tagged after the file is
// written, which fixes the time in the tag, and before the commit: what git has is kept for a rollback. registry is nil
// for a change that brings no images.
func (r *recorder) record(
	ctx context.Context, registry *images.Registry, next *release.Release, changed bool, m message,
) (Recorded, error) {
	recorded := Recorded{Release: r.path(), Changed: changed}
	if changed {
		if err := checkTags(ctx, registry, next); err != nil {
			return recorded, err
		}
		if err := next.Write(r.dir); err != nil {
			return recorded, err
		}
	}
	if err := tag(ctx, registry, next); err != nil {
		return recorded, fmt.Errorf("the images and %s are in place, but not tagged; the same command goes on from here: %w",
			release.File(r.stage), err)
	}
	if changed || r.checkout.OwnDiffers {
		var err error
		if recorded.Commit, err = r.checkout.Commit(ctx, release.File(r.stage), m.subject, m.body); err != nil {
			return recorded, fmt.Errorf("%s is written, but not committed; the same command commits it:\n%w",
				release.File(r.stage), err)
		}
	}
	if r.remote == nil {
		return recorded, nil
	}
	pushed, err := r.remote.Push(ctx, "release/"+r.stage+"-"+m.branch, m.subject, m.body)
	recorded.Branch, recorded.Request = pushed.Branch, pushed.Request
	if err != nil {
		return recorded, fmt.Errorf("the release is committed, but not pushed: %w", err)
	}
	return recorded, nil
}

// checkTags makes sure that no other release of the stage has the tag of this one.
func checkTags(ctx context.Context, registry *images.Registry, r *release.Release) error {
	if registry == nil {
		return nil
	}
	for function, digest := range r.Images {
		_, err := registry.CheckTag(ctx, function, r.Tag(), digest)
		if errors.Is(err, images.ErrTagTaken) {
			return fmt.Errorf("another change of %s was made in the same second; try the same command again: %w", r.Stage, err)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func tag(ctx context.Context, registry *images.Registry, r *release.Release) error {
	if registry == nil {
		return nil
	}
	for _, function := range pipeline.Functions() {
		if err := registry.Tag(ctx, function, r.Tag(), r.Images[function]); err != nil {
			return err
		}
	}
	return nil
}

// listing is the images of a release, one a line, as a commit says them.
func listing(r *release.Release) string {
	var b strings.Builder
	for _, function := range pipeline.Functions() {
		fmt.Fprintf(&b, "%s %s\n", function, r.Images[function])
	}
	return b.String()
}

// path is where the release file lies.
func (r *recorder) path() string {
	return filepath.Join(r.root, filepath.FromSlash(release.File(r.stage)))
}

// short is a commit as people read it.
func short(commit string) string { return fmt.Sprintf("%.7s", commit) }
