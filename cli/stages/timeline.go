package stages

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/mejan/mejan/cli/history"
	"github.com/mejan/mejan/platform/release"
)

// Earlier is a release that a stage had, or has.
type Earlier struct {
	// Back counts how many releases it lies behind the last one that was built or promoted.
	Back int `json:"back"`
	// Commit is the commit that brought it.
	Commit string `json:"commit"`
	// Current says that the stage has it now.
	Current bool `json:"current,omitempty"`
	*release.Release
}

// timeline is what a stage had, oldest first. When a promotion follows a rollback, what the stage was rolled back from
// is left out: going back from there, one would meet it again.
type timeline struct {
	releases []Earlier
	// all are the releases of every version of the file, those that were left out included.
	all []*release.Release
	// current is the place of the release that the stage has; -1 if it has none.
	current int
}

// readTimeline reads what the history of HEAD says of a stage.
func readTimeline(ctx context.Context, clone history.Clone, stage string) (*timeline, error) {
	versions, err := clone.Versions(ctx, "HEAD", release.File(stage))
	if err != nil {
		return nil, fmt.Errorf("read the history of %s: %w", release.File(stage), err)
	}
	t := &timeline{current: -1}
	for _, version := range versions {
		r, err := release.Parse(version.Data)
		if err != nil || r.Stage != stage {
			continue // such a file was never deployed
		}
		t.all = append(t.all, r)
		t.add(version.Commit, r)
	}
	for i := range t.releases {
		t.releases[i].Back = len(t.releases) - 1 - i
		t.releases[i].Current = i == t.current
	}
	return t, nil
}

// add goes on with the next version of the release file.
func (t *timeline) add(commit string, r *release.Release) {
	if t.current >= 0 && t.releases[t.current].SameRelease(r) {
		t.releases[t.current].Release = r // it was held, or its hold was taken off
		return
	}
	if r.RolledBackFrom != "" {
		if at := slices.IndexFunc(t.releases, func(e Earlier) bool { return e.SameRelease(r) }); at >= 0 {
			t.current, t.releases[at].Release = at, r
			return
		}
	}
	t.releases = append(t.releases[:t.current+1], Earlier{Commit: commit, Release: r})
	t.current = len(t.releases) - 1
}

// now is the release that the stage has.
func (t *timeline) now() *release.Release { return t.releases[t.current].Release }

// leastCommit is how many digits a commit has at least; a shorter number counts releases.
const leastCommit = 4

// find finds the release that a person means: a number counts back from the last one that was built or promoted, and a
// commit is the one that the images were built from, or one at which the stage had them.
func (t *timeline) find(ctx context.Context, clone history.Clone, stage, to string) (*release.Release, error) {
	if back, err := strconv.Atoi(to); err == nil && len(to) < leastCommit {
		at := len(t.releases) - 1 - back
		if back < 1 || at < 0 {
			return nil, fmt.Errorf("%s has %d earlier releases, so --to %s names none; see mejan rollback %s --list",
				stage, len(t.releases)-1, to, stage)
		}
		return t.releases[at].Release, nil
	}
	commit, err := clone.Resolve(ctx, to)
	if err != nil {
		return nil, fmt.Errorf("--to %w; see mejan rollback %s --list", err, stage)
	}
	for _, r := range slices.Backward(t.all) {
		if r.Source == commit {
			return r, nil
		}
	}
	data, found, err := clone.Show(ctx, commit, release.File(stage))
	if err != nil {
		return nil, err
	}
	if r, err := release.Parse(data); found && err == nil && r.Stage == stage {
		return r, nil
	}
	return nil, fmt.Errorf("%s had no release at commit %s, and none was built from it; see mejan rollback %s --list",
		stage, short(commit), stage)
}
