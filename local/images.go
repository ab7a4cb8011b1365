package local

import (
	"context"
	"errors"

	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/local/registry"
	"github.com/mejan/mejan/platform/images"
	"github.com/mejan/mejan/platform/release"
)

// Images are the functions' images, in a registry of this process.
type Images struct {
	registry *registry.Registry
	digests  map[pipeline.Function]string
}

// BuildImages starts a registry and fills it with the images that ko builds from the checkout for this machine. Close
// it.
func BuildImages(ctx context.Context, root, stage string, progress images.Progress) (*Images, error) {
	s, err := stageSettings(root, stage)
	if err != nil {
		return nil, err
	}
	r, err := registry.Start(ctx)
	if err != nil {
		return nil, err
	}
	digests, err := fill(ctx, r.Address()+"/"+s.Prefix(), images.Args{
		Root: root, Platform: registry.HostPlatform(), Progress: progress,
	})
	if err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return &Images{registry: r, digests: digests}, nil
}

// fill builds images, and pushes them to a registry and prefix.
func fill(ctx context.Context, repo string, args images.Args) (map[pipeline.Function]string, error) {
	built, err := images.Build(ctx, args)
	if err != nil {
		return nil, err
	}
	to, err := images.NewRegistry(repo, nil)
	if err != nil {
		return nil, err
	}
	return to.PushAll(ctx, built)
}

// Close stops the registry.
func (i *Images) Close() error { return i.registry.Close() }

// release is what the program deploys.
func (i *Images) release(stage string) *release.Release {
	return &release.Release{Stage: stage, Source: "local", Images: i.digests}
}
