package stages

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/mejan/mejan/cli/history"
	"github.com/mejan/mejan/platform/images"
	"github.com/mejan/mejan/platform/release"
)

// Committed says what became of a release file.
type Committed struct {
	Stage string `json:"stage"`
	Recorded
}

// Commit commits the release file of a stage as a build left it, and pushes the commit if push says so. Repeated, it
// does what is missing.
func Commit(ctx context.Context, root, stage string, push bool, progress images.Progress) (*Committed, error) {
	unlock, err := history.Lock(ctx, root, progress)
	if err != nil {
		return nil, err
	}
	defer unlock()
	recorder, err := newRecorder(root, stage, push)
	if err != nil {
		return nil, err
	}
	r, err := release.Read(recorder.dir, stage)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("stage %s has no release to commit: %s", stage, release.Restore(stage))
	} else if err != nil {
		return nil, err
	}
	if err := recorder.examine(ctx, true); err != nil {
		return nil, fmt.Errorf("nothing was committed:\n%w", err)
	}
	result := &Committed{Stage: stage}
	result.Recorded, err = recorder.record(ctx, nil, r, false, message{
		subject: fmt.Sprintf("release(%s): %d images @ %s", stage, len(r.Images), short(r.Source)),
		body:    listing(r),
		branch:  short(r.Source),
	})
	return result, err
}
