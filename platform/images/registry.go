package images

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"

	"github.com/mejan/mejan/functions/pipeline"
)

// Errors of registries.
var (
	// ErrMissing means that a registry does not have an image.
	ErrMissing = errors.New("is not in the registry")
	// ErrNoSBOM means that nothing in the registry refers to an image as its bill of materials.
	ErrNoSBOM = errors.New("has no bill of materials")
	// ErrTagTaken means that a tag leads to another image. Tags are never moved.
	ErrTagTaken = errors.New("is the tag of another image")
)

// Registry is where a stage keeps its images. All methods may be repeated after an error at any point: they look at
// what is there and add what is missing.
type Registry struct {
	// repo is the registry and the prefix: the image of a function lies in `<repo>/<function>`.
	repo    string
	options []remote.Option
	// puller asks a registry once how to log in.
	puller *remote.Puller
}

// NewRegistry is the registry with images in `<repo>/<function>`. login is asked for credentials; nil means the logins
// of docker.
func NewRegistry(repo string, login authn.Keychain, options ...remote.Option) (*Registry, error) {
	if login == nil {
		login = authn.DefaultKeychain
	}
	r := &Registry{repo: repo, options: append([]remote.Option{remote.WithAuthFromKeychain(login)}, options...)}
	if _, err := r.repository("x"); err != nil {
		return nil, err
	}
	var err error
	r.puller, err = remote.NewPuller(r.options...)
	return r, err
}

// Stored is an image in a registry, with everything that refers to it.
type Stored struct {
	Digest string
	// SBOMs are the digests of its bills of materials. There may be more than one, such as by different versions of ko.
	SBOMs []string
	// Size is the number of bytes of manifest, configuration and compressed layers.
	Size int64

	image     v1.Image
	referrers []v1.Image
}

// Find looks an image up, with all that refers to it. The error is [ErrMissing] if the registry does not have it,
// [ErrIndex] if it is no plain image, and [ErrNoSBOM] if it has no bill of materials.
func (r *Registry) Find(ctx context.Context, function pipeline.Function, digest string) (*Stored, error) {
	repository, err := r.repository(function)
	if err != nil {
		return nil, err
	}
	ref := repository.Digest(digest)
	found, err := remote.Get(ref, r.pull(ctx)...)
	switch {
	case isNotFound(err):
		return nil, fmt.Errorf("image %s %w", ref, ErrMissing)
	case err != nil:
		return nil, r.failed(err, "look for %s", ref)
	case !found.MediaType.IsImage():
		return nil, fmt.Errorf("image %s %w", ref, ErrIndex)
	}
	stored := &Stored{Digest: digest}
	if stored.image, err = found.Image(); err != nil {
		return nil, r.failed(err, "read %s", ref)
	}
	if stored.Size, err = weight(stored.image); err != nil {
		return nil, fmt.Errorf("read %s: %w", ref, err)
	}
	if err := r.addReferrers(ctx, stored, ref); err != nil {
		return nil, err
	}
	if len(stored.SBOMs) == 0 {
		return nil, fmt.Errorf("image %s %w", ref, ErrNoSBOM)
	}
	return stored, nil
}

// addReferrers finds what refers to an image: its bill of materials, and whatever else was attached to it.
func (r *Registry) addReferrers(ctx context.Context, stored *Stored, ref name.Digest) error {
	digests, err := r.referrers(ctx, ref)
	if err != nil {
		return err
	}
	for _, digest := range digests {
		at := ref.Context().Digest(digest.String())
		referrer, err := remote.Image(at, r.pull(ctx)...)
		if err != nil {
			return r.failed(err, "read %s, which refers to image %s", at, ref.DigestStr())
		}
		manifest, err := referrer.Manifest()
		if err != nil {
			return r.failed(err, "read %s", at)
		}
		if manifest.Subject == nil || manifest.Subject.Digest.String() != ref.DigestStr() {
			return fmt.Errorf("%s is listed as a referrer of image %s, and names another subject", at, ref.DigestStr())
		}
		if manifest.ArtifactType == string(sbomType) {
			stored.SBOMs = append(stored.SBOMs, digest.String())
		}
		stored.referrers = append(stored.referrers, referrer)
	}
	return nil
}

// referrers lists what a registry knows to refer to an image, in the order of the digests.
func (r *Registry) referrers(ctx context.Context, ref name.Digest) ([]v1.Hash, error) {
	index, err := remote.Referrers(ref, r.pull(ctx)...)
	if err != nil {
		return nil, r.failed(err, "ask what refers to %s", ref)
	}
	manifest, err := index.IndexManifest()
	if err != nil {
		return nil, fmt.Errorf("read what refers to %s: %w", ref, err)
	}
	digests := make([]v1.Hash, 0, len(manifest.Manifests))
	for _, descriptor := range manifest.Manifests {
		digests = append(digests, descriptor.Digest)
	}
	slices.SortFunc(digests, func(a, b v1.Hash) int { return strings.Compare(a.String(), b.String()) })
	return slices.Compact(digests), nil
}

func (r *Registry) repository(function pipeline.Function) (name.Repository, error) {
	repository, err := name.NewRepository(r.repo+"/"+string(function), name.StrictValidation)
	if err != nil {
		return name.Repository{}, fmt.Errorf("%q is no registry and prefix, as host:port/mejan is: %w", r.repo, err)
	}
	return repository, nil
}

// pull are the options of a request that reads.
func (r *Registry) pull(ctx context.Context) []remote.Option {
	return []remote.Option{remote.WithContext(ctx), remote.Reuse(r.puller)}
}

// failed is an error of the registry, with the remedy for a login that is missing.
func (r *Registry) failed(err error, format string, args ...any) error {
	what := fmt.Sprintf(format, args...)
	var answer *transport.Error
	if errors.As(err, &answer) &&
		(answer.StatusCode == http.StatusUnauthorized || answer.StatusCode == http.StatusForbidden) {
		host, _, _ := strings.Cut(r.repo, "/")
		return fmt.Errorf("%s: %w; log in: docker login %s", what, err, host)
	}
	return fmt.Errorf("%s: %w", what, err)
}

func isNotFound(err error) bool {
	var answer *transport.Error
	return errors.As(err, &answer) && answer.StatusCode == http.StatusNotFound
}
