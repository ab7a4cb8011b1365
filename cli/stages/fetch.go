package stages

import (
	"context"
	"fmt"

	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/platform/images"
	"github.com/mejan/mejan/platform/release"
)

// Fetch verifies the images of a release, and copies them to a registry that is no stage's.
func Fetch(
	ctx context.Context, r *release.Release, source, destination *images.Registry, progress images.Progress,
) error {
	for _, function := range pipeline.Functions() {
		done := progress("fetch " + string(function))
		stored, err := verify(ctx, source, r, function)
		if err == nil {
			_, err = destination.Copy(ctx, function, stored)
		}
		if err != nil {
			done("")
			return fmt.Errorf("%s of %s: %w", function, r.Stage, err)
		}
		done(fmt.Sprintf("%.1f MB, %s", float64(stored.Size)/1e6, stored.Digest))
	}
	return nil
}
