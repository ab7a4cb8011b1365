package stages

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/platform/images"
	"github.com/mejan/mejan/platform/release"
)

// verifyAll verifies all images of a release and returns those that are right, with what is wrong with the others.
func verifyAll(
	ctx context.Context, registry *images.Registry, r *release.Release,
) (map[pipeline.Function]*images.Stored, error) {
	if err := checkPromotable(r); err != nil {
		return nil, err
	}
	all := map[pipeline.Function]*images.Stored{}
	var problems []error
	for _, function := range pipeline.Functions() {
		stored, err := verify(ctx, registry, r, function)
		if err != nil {
			problems = append(problems, fmt.Errorf("%s of %s: %w", function, r.Stage, err))
			continue
		}
		all[function] = stored
	}
	return all, errors.Join(problems...)
}

// checkPromotable makes sure that a release says what to verify.
func checkPromotable(r *release.Release) error {
	if r.Promotable() {
		return nil
	}
	return fmt.Errorf("%s does not say which bills of materials belong to its images, since it was written by an "+
		"earlier version: %s", release.File(r.Stage), release.HowTo(r.Stage))
}

// verify finds an image of a release in a registry, and makes sure that it is the one: a plain image of that digest and
// size, with that bill of materials.
func verify(
	ctx context.Context, registry *images.Registry, r *release.Release, function pipeline.Function,
) (*images.Stored, error) {
	stored, err := registry.Find(ctx, function, r.Images[function])
	switch {
	case errors.Is(err, images.ErrMissing), errors.Is(err, images.ErrNoSBOM):
		return nil, fmt.Errorf("%w; push it again: %s", err, release.HowTo(r.Stage))
	case err != nil:
		return nil, err
	case !slices.Contains(stored.SBOMs, r.SBOMs[function]):
		return nil, fmt.Errorf("the bill of materials %s of image %s is not in the registry; push it again: %s",
			r.SBOMs[function], stored.Digest, release.HowTo(r.Stage))
	case stored.Size != r.Sizes[function]:
		return nil, fmt.Errorf("image %s has %d bytes, %s says %d",
			stored.Digest, stored.Size, release.File(r.Stage), r.Sizes[function])
	}
	return stored, nil
}
