package release

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"

	"github.com/mejan/mejan/functions/pipeline"
)

var (
	stageForm    = regexp.MustCompile(`^[a-z][a-z0-9]*$`)
	sourceForm   = regexp.MustCompile(`^[0-9a-f]{40}([0-9a-f]{24})?$`)
	digestForm   = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)
	platformForm = regexp.MustCompile(`^[a-z0-9]+/[a-z0-9]+(/[a-z0-9]+)?$`)
)

// Validate reports everything that is wrong with r. It must name its stage, its commit, and an image for each function;
// the other fields may be missing, but not wrong.
func (r *Release) Validate() error {
	var problems []error
	problem := func(format string, args ...any) { problems = append(problems, fmt.Errorf(format, args...)) }
	if !stageForm.MatchString(r.Stage) {
		problem("stage %q: want lower-case letters and digits, such as dev", r.Stage)
	}
	if !sourceForm.MatchString(r.Source) {
		problem("source %q: want a full git commit, 40 or 64 hexadecimal digits", r.Source)
	}
	if r.Platform != "" && !platformForm.MatchString(r.Platform) {
		problem("platform %q: want an operating system and an architecture, such as linux/arm64", r.Platform)
	}
	if r.PromotedFrom != "" && !stageForm.MatchString(r.PromotedFrom) {
		problem("promoted_from %q: want the name of a stage, such as dev", r.PromotedFrom)
	}
	if r.RolledBackFrom != "" && !sourceForm.MatchString(r.RolledBackFrom) {
		problem("rolled_back_from %q: want a full git commit, 40 or 64 hexadecimal digits", r.RolledBackFrom)
	}
	for _, f := range pipeline.Functions() {
		if digest, ok := r.Images[f]; !ok {
			problem("images: none for the %s", f)
		} else if !digestForm.MatchString(digest) {
			problem("images: %s: %q is not a digest, want sha256: and 64 hexadecimal digits", f, digest)
		}
		if digest, ok := r.SBOMs[f]; ok && !digestForm.MatchString(digest) {
			problem("sboms: %s: %q is not a digest, want sha256: and 64 hexadecimal digits", f, digest)
		}
		if size, ok := r.Sizes[f]; ok && size <= 0 {
			problem("sizes: %s: %d bytes is no size of an image", f, size)
		}
	}
	problems = append(problems, unknown("images", r.Images)...)
	problems = append(problems, unknown("sboms", r.SBOMs)...)
	problems = append(problems, unknown("sizes", r.Sizes)...)
	slices.SortFunc(problems, func(a, b error) int { return cmp.Compare(a.Error(), b.Error()) })
	return errors.Join(problems...)
}

// unknown reports the keys of a table that are no functions.
func unknown[V any](table string, values map[pipeline.Function]V) []error {
	var problems []error
	for f := range values {
		if !slices.Contains(pipeline.Functions(), f) {
			problems = append(problems, fmt.Errorf("%s: no function is called %q", table, f))
		}
	}
	return problems
}
