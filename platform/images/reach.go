package images

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"gopkg.in/yaml.v3"

	"github.com/mejan/mejan/functions/pipeline"
)

// CanPush tries whether a registry takes the images of a build: it begins an upload to `<repo>/<function>` for each
// function, and cancels it. The error joins those of all functions.
func CanPush(ctx context.Context, repo string, login authn.Keychain) error {
	t, end := bound(ctx)
	defer end()
	var problems []error
	for _, function := range pipeline.Functions() {
		ref, err := name.NewTag(repo+"/"+string(function)+":latest", name.StrictValidation)
		if err != nil {
			return fmt.Errorf("%q is no registry and prefix, as host:port/mejan is: %w", repo, err)
		}
		if err := remote.CheckPushPermission(ref, login, t); err != nil {
			problems = append(problems, fmt.Errorf("begin an upload to %s: %w", ref.Context(), err))
		}
	}
	return errors.Join(problems...)
}

// CanPull tries whether a registry has an image, which a build takes as its base.
func CanPull(ctx context.Context, reference string) error {
	ref, err := name.ParseReference(reference)
	if err != nil {
		return fmt.Errorf("reference %q: %w", reference, err)
	}
	t, end := bound(ctx)
	defer end()
	if _, err := remote.Head(ref, remote.WithContext(ctx), remote.WithTransport(t),
		remote.WithAuthFromKeychain(authn.DefaultKeychain), remote.WithRetryBackoff(once)); err != nil {
		return fmt.Errorf("ask for %s: %w", reference, err)
	}
	return nil
}

// once is a single attempt: a person waits, and can try again.
var once = remote.Backoff{Steps: 1}

// DefaultBase is the base image that .ko.yaml of a checkout names.
func DefaultBase(root string) (string, error) {
	data, err := os.ReadFile(filepath.Join(root, ".ko.yaml"))
	if err != nil {
		return "", err
	}
	var config struct {
		Base string `yaml:"defaultBaseImage"`
	}
	if err := yaml.Unmarshal(data, &config); err != nil {
		return "", fmt.Errorf("read .ko.yaml: %w", err)
	}
	if strings.TrimSpace(config.Base) == "" {
		return "", errors.New(".ko.yaml names no defaultBaseImage")
	}
	return config.Base, nil
}

// bound is a transport whose requests end with ctx: the library sends some without one.
func bound(ctx context.Context) (t http.RoundTripper, end func()) {
	inner := remote.DefaultTransport.(*http.Transport).Clone()
	return boundTransport{ctx, inner}, inner.CloseIdleConnections
}

type boundTransport struct {
	ctx   context.Context
	inner http.RoundTripper
}

func (t boundTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	return t.inner.RoundTrip(r.WithContext(t.ctx))
}
