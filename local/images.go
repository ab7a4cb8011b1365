package local

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/local/registry"
	"github.com/mejan/mejan/platform/images"
	"github.com/mejan/mejan/platform/release"
)

// Images are the functions' images, in a registry of this process, and the release that names them.
type Images struct {
	registry *registry.Registry
	release  *release.Release
}

// BuildImages starts a registry and fills it with the images that ko builds from the checkout for this machine. Close
// it.
func BuildImages(ctx context.Context, root, stage string, progress images.Progress) (*Images, error) {
	return openImages(ctx, root, stage, func(repo string) (*release.Release, error) {
		built, err := images.Build(ctx, images.Args{Root: root, Platform: registry.HostPlatform(), Progress: progress})
		if err != nil {
			return nil, err
		}
		return pushed(ctx, repo, stage, built)
	})
}

// pushed is a release of images that were built, once they are in a registry.
func pushed(
	ctx context.Context, repo, stage string, built map[pipeline.Function]images.Built,
) (*release.Release, error) {
	to, err := images.NewRegistry(repo, nil)
	if err != nil {
		return nil, err
	}
	digests, err := to.PushAll(ctx, built)
	return &release.Release{Stage: stage, Source: "local", Images: digests}, err
}

// ReleasedImages starts a registry, and has fetch fill it with the images of a stage's release. They must be for this
// machine. Close it.
func ReleasedImages(
	ctx context.Context, root string, r *release.Release, fetch func(ctx context.Context, repo string) error,
) (*Images, error) {
	if r.Platform != registry.HostPlatform() {
		return nil, fmt.Errorf("the release of %s is for %s, and this machine runs %s: build one for it, "+
			"mejan images --stage %s --platform %[3]s --repo HOST/PREFIX, and promote that",
			r.Stage, cmp.Or(r.Platform, "an unknown platform"), registry.HostPlatform(), release.Order()[0])
	}
	return openImages(ctx, root, r.Stage, func(repo string) (*release.Release, error) { return r, fetch(ctx, repo) })
}

func openImages(
	ctx context.Context, root, stage string, fill func(repo string) (*release.Release, error),
) (*Images, error) {
	s, err := stageSettings(root, stage)
	if err != nil {
		return nil, err
	}
	r, err := registry.Start(ctx)
	if err != nil {
		return nil, err
	}
	filled, err := fill(r.Address() + "/" + s.Prefix())
	if err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return &Images{registry: r, release: filled}, nil
}

// Close stops the registry.
func (i *Images) Close() error { return i.registry.Close() }
