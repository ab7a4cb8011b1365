package images

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote"

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
