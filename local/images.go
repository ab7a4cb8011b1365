package local

import (
	"context"
	"errors"

	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/local/registry"
	"github.com/mejan/mejan/platform/release"
)

// Progress is told that a step begins, and by the function that it returns how it ended: the result in words, empty for
// a step that came to nothing.
type Progress func(what string) (done func(result string))

// Images are the functions' images, in a registry of this process.
type Images struct {
	registry *registry.Registry
	digests  map[pipeline.Function]string
}

// BuildImages starts a registry and fills it with the images that ko builds from the checkout for this machine. Close
// it.
func BuildImages(ctx context.Context, root, stage string, progress Progress) (*Images, error) {
	s, err := stageSettings(root, stage)
	if err != nil {
		return nil, err
	}
	r, err := registry.Start(ctx)
	if err != nil {
		return nil, err
	}
	digests, err := build(ctx, registry.BuildArgs{
		Root: root, Repo: r.Address() + "/" + s.Prefix(), Platform: registry.HostPlatform(), Offline: true,
	}, progress)
	if err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return &Images{registry: r, digests: digests}, nil
}

// Close stops the registry.
func (i *Images) Close() error { return i.registry.Close() }

// release is what the program deploys.
func (i *Images) release(stage string) *release.Release {
	return &release.Release{Stage: stage, Source: "local", Images: i.digests}
}

// Digests builds the images for a platform and pushes them to repo, or, where that is empty, to a registry that is gone
// afterwards. It returns the digest of each.
func Digests(ctx context.Context, root, repo, platform string, progress Progress) (
	_ map[pipeline.Function]string, err error,
) {
	args := registry.BuildArgs{Root: root, Repo: repo, Platform: platform}
	if repo == "" {
		r, err := registry.Start(ctx)
		if err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, r.Close()) }()
		args.Repo, args.Offline = r.Repo(), true
	}
	return build(ctx, args, progress)
}

func build(ctx context.Context, args registry.BuildArgs, progress Progress) (map[pipeline.Function]string, error) {
	var done func(string)
	args.Progress = func(s registry.Step) {
		switch {
		case !s.Ended:
			done = progress(s.Name)
		case s.Err != nil:
			done("")
		default:
			done("done")
		}
	}
	hashes, err := registry.Build(ctx, args)
	if err != nil {
		return nil, err
	}
	digests := make(map[pipeline.Function]string, len(hashes))
	for function, hash := range hashes {
		digests[function] = hash.String()
	}
	return digests, nil
}
