package images

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/partial"
	"github.com/google/go-containerregistry/pkg/v1/remote"

	"github.com/mejan/mejan/functions/pipeline"
)

// Push puts an image that was built, and its bill of materials, into the registry. It reports whether anything was
// missing.
func (r *Registry) Push(ctx context.Context, function pipeline.Function, built Built) (changed bool, err error) {
	return r.put(ctx, function, built.image, []v1.Image{built.sbom})
}

// PushAll pushes images that were built and returns their digests.
func (r *Registry) PushAll(
	ctx context.Context, all map[pipeline.Function]Built,
) (map[pipeline.Function]string, error) {
	digests := make(map[pipeline.Function]string, len(all))
	for function, built := range all {
		if _, err := r.Push(ctx, function, built); err != nil {
			return nil, fmt.Errorf("push image of %s: %w", function, err)
		}
		digests[function] = built.Digest
	}
	return digests, nil
}

// Copy puts an image of another registry, and everything that refers to it, into this one. The digests stay. It reports
// whether anything was missing.
func (r *Registry) Copy(ctx context.Context, function pipeline.Function, stored *Stored) (changed bool, err error) {
	return r.put(ctx, function, stored.image, stored.referrers)
}

// put adds what is missing: the blobs of the image, its manifest, then the same for each referrer. It may be
// interrupted anywhere, since a manifest in the registry always has its blobs.
func (r *Registry) put(
	ctx context.Context, function pipeline.Function, image v1.Image, referrers []v1.Image,
) (changed bool, err error) {
	repository, err := r.repository(function)
	if err != nil {
		return false, err
	}
	digest, err := image.Digest()
	if err != nil {
		return false, err
	}
	ref := repository.Digest(digest.String())
	there, err := r.has(ctx, ref)
	if err != nil {
		return false, err
	}
	pusher, err := remote.NewPusher(r.options...)
	if err != nil {
		return false, err
	}
	if !there {
		if err := pusher.Push(ctx, ref, image); err != nil {
			return false, r.failed(err, "put %s", ref)
		}
	}
	known, err := r.referrers(ctx, ref)
	if err != nil {
		return false, err
	}
	for _, referrer := range referrers {
		digest, err := referrer.Digest()
		if err != nil {
			return false, err
		}
		if slices.Contains(known, digest) {
			continue
		}
		there = false
		if err := r.putReferrer(ctx, pusher, repository, referrer); err != nil {
			return false, err
		}
	}
	return !there, nil
}

// putReferrer adds a manifest with a subject. A registry without the referrers API finds it by a tag that the library
// keeps, and that tag is written after the manifest. So the manifest is put even when it is there: the connection may
// have been cut between the two.
func (r *Registry) putReferrer(
	ctx context.Context, pusher *remote.Pusher, repository name.Repository, referrer v1.Image,
) error {
	digest, err := referrer.Digest()
	if err != nil {
		return err
	}
	ref := repository.Digest(digest.String())
	blobs, err := referrer.Layers()
	if err != nil {
		return r.failed(err, "read %s", ref)
	}
	config, err := partial.ConfigLayer(referrer)
	if err != nil {
		return r.failed(err, "read %s", ref)
	}
	for _, blob := range append(blobs, config) {
		if err := pusher.Upload(ctx, repository, blob); err != nil {
			return r.failed(err, "put a blob of %s", ref)
		}
	}
	if err := pusher.Put(ctx, ref, referrer); err != nil {
		return r.failed(err, "put %s", ref)
	}
	return nil
}

// Has reports whether the registry has an image of another one, and everything that refers to it.
func (r *Registry) Has(ctx context.Context, function pipeline.Function, stored *Stored) (bool, error) {
	repository, err := r.repository(function)
	if err != nil {
		return false, err
	}
	ref := repository.Digest(stored.Digest)
	if there, err := r.has(ctx, ref); err != nil || !there {
		return false, err
	}
	known, err := r.referrers(ctx, ref)
	if err != nil {
		return false, err
	}
	for _, referrer := range stored.referrers {
		digest, err := referrer.Digest()
		if err != nil {
			return false, err
		}
		if !slices.Contains(known, digest) {
			return false, nil
		}
	}
	return true, nil
}

// HasImage reports whether the registry has an image.
func (r *Registry) HasImage(ctx context.Context, function pipeline.Function, digest string) (bool, error) {
	repository, err := r.repository(function)
	if err != nil {
		return false, err
	}
	return r.has(ctx, repository.Digest(digest))
}

func (r *Registry) has(ctx context.Context, ref name.Reference) (bool, error) {
	_, err := remote.Head(ref, r.pull(ctx)...)
	if isNotFound(err) {
		return false, nil
	}
	if err != nil {
		return false, r.failed(err, "look for %s", ref)
	}
	return true, nil
}

// CheckTag makes sure that a tag is free, or leads to this digest already. The error is [ErrTagTaken] otherwise.
func (r *Registry) CheckTag(ctx context.Context, function pipeline.Function, tag, digest string) (set bool, err error) {
	repository, err := r.repository(function)
	if err != nil {
		return false, err
	}
	ref := repository.Tag(tag)
	found, err := remote.Head(ref, r.pull(ctx)...)
	switch {
	case isNotFound(err):
		return false, nil
	case err != nil:
		return false, r.failed(err, "look for %s", ref)
	case found.Digest.String() != digest:
		return false, fmt.Errorf("%s %w, %s; want %s", ref, ErrTagTaken, found.Digest, digest)
	}
	return true, nil
}

// Tag gives an image that is in the registry a tag. A registry with immutable tags refuses a tag that is there, even at
// the same digest, so Tag looks first.
func (r *Registry) Tag(ctx context.Context, function pipeline.Function, tag, digest string) error {
	set, err := r.CheckTag(ctx, function, tag, digest)
	if err != nil || set {
		return err
	}
	repository, err := r.repository(function)
	if err != nil {
		return err
	}
	found, err := remote.Get(repository.Digest(digest), r.pull(ctx)...)
	if err != nil {
		return r.failed(err, "look for %s", repository.Digest(digest))
	}
	options := append(slices.Clone(r.options), remote.WithContext(ctx))
	if err := remote.Tag(repository.Tag(tag), found, options...); err != nil {
		return r.failed(err, "tag %s", repository.Tag(tag))
	}
	// Another promotion may have set the tag meanwhile. Where tags are immutable, the first one keeps it.
	if _, err := r.CheckTag(ctx, function, tag, digest); err != nil {
		return err
	}
	return nil
}
