package release

import (
	"errors"
	"fmt"
	"time"
)

// ErrHeld means that a stage keeps its images until its hold is taken off.
var ErrHeld = errors.New("is held")

// TagPrefix is what the tags begin with that [Release.Tag] gives. The repositories keep images with such a tag.
const TagPrefix = "release-"

// Tag is the tag of the images of r in the registry of its stage, such as release-uat-20261129T111220Z. It keeps them
// at hand for a rollback.
func (r *Release) Tag() string {
	return TagPrefix + r.Stage + "-" + r.Time.UTC().Format("20060102T150405Z")
}

// Next is the time of the release that follows r: now, in whole seconds, and never that of r, since tags tell releases
// apart by it. A stage without a release takes any time.
func (r *Release) Next(now time.Time) time.Time {
	now = now.UTC().Truncate(time.Second)
	if r != nil && !now.After(r.Time) {
		return r.Time.Add(time.Second)
	}
	return now
}

// Restored is r as a rollback brings it back at a time, in the place of the release replaced. A hold, with a reason,
// keeps the next build or promotion from undoing that.
func (r *Release) Restored(replaced *Release, reason string, now time.Time) *Release {
	restored := *r
	restored.Time, restored.Hold, restored.RolledBackFrom = replaced.Next(now), reason, replaced.Source
	return &restored
}

// RestoredFrom reports whether r is what a rollback to earlier gives, at any time and for any reason.
func (r *Release) RestoredFrom(earlier *Release) bool {
	return r.SameRelease(earlier) && r.RolledBackFrom != "" && r.Hold != ""
}

// SameRelease reports whether r and other have the same images from the same commit. When they became those of the
// stage, and why they stay, does not matter.
func (r *Release) SameRelease(other *Release) bool {
	return r.SameImages(other) && r.Source == other.Source
}

// CheckHold returns [ErrHeld], with the reason and the remedy, if r must not be replaced. A stage without a release is
// not held.
func (r *Release) CheckHold() error {
	if r == nil || r.Hold == "" {
		return nil
	}
	return fmt.Errorf("stage %s %w: %s; to go on: mejan unhold %[1]s", r.Stage, ErrHeld, r.Hold)
}
