package release

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/mejan/mejan/functions/pipeline"
)

// LambdaPlatform is what the functions run on in AWS.
const LambdaPlatform = "linux/arm64"

// Rules are the versions of the rules that the functions follow: two releases with the same rules give the same rows
// and the same figures.
type Rules struct {
	// Ingest is the version of the ingestor's checks, and Analyze that of the analyzer's definitions.
	Ingest  string `json:"ingest"`
	Analyze string `json:"analyze"`
}

// Promotable reports whether r says enough about its images to verify a copy of them.
func (r *Release) Promotable() bool {
	complete := r.Platform != ""
	for _, f := range pipeline.Functions() {
		complete = complete && r.SBOMs[f] != "" && r.Sizes[f] > 0
	}
	return complete
}

// SameImages reports whether r and other run the same images, with the same facts about them. Neither the commit nor
// the time matters: a commit that changes no image makes no new release.
func (r *Release) SameImages(other *Release) bool {
	return maps.Equal(r.Images, other.Images) && maps.Equal(r.SBOMs, other.SBOMs) && maps.Equal(r.Sizes, other.Sizes) &&
		r.Platform == other.Platform
}

// To is the release that a stage gets when r is promoted to it at a time. The release replaced is nil for a first
// promotion.
func (r *Release) To(stage string, replaced *Release, now time.Time) *Release {
	promoted := *r
	promoted.Stage, promoted.PromotedFrom = stage, r.Stage
	promoted.Hold, promoted.RolledBackFrom = "", ""
	promoted.Time = replaced.Next(now)
	return &promoted
}

// Promoted reports whether r is what a promotion of from gives, at any time.
func (r *Release) Promoted(from *Release) bool {
	return r.SameRelease(from) && r.PromotedFrom == from.Stage && r.Hold == "" &&
		r.RolledBackFrom == ""
}

// CheckStep makes sure that images may go from one stage to another: only to the next one.
func CheckStep(from, to string) error {
	if err := cmp.Or(CheckStage(from), CheckStage(to)); err != nil {
		return err
	}
	order := Order()
	at := slices.Index(order, from)
	switch {
	case at+1 < len(order) && order[at+1] == to:
		return nil
	case to == order[0]:
		return fmt.Errorf("%s is the first stage, nothing is promoted to it: %s", to, HowTo(to))
	}
	return fmt.Errorf("%s does not take the images of %s: %s", to, from, HowTo(to))
}
