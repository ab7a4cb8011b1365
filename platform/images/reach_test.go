package images_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"

	"github.com/mejan/mejan/platform/images"
)

// Promise: whether a registry takes the images is known without a build, and an answer that does not come costs no more
// than its limit.
func TestReach(t *testing.T) {
	repo := startRegistry(t)
	if err := images.CanPush(t.Context(), repo, authn.DefaultKeychain); err != nil {
		t.Error(err)
	}
	for _, repo := range []string{"", "MEJAN", "https://host/mejan", "host/mejan:tag"} {
		if err := images.CanPush(t.Context(), repo, authn.DefaultKeychain); err == nil {
			t.Errorf("repository %q was accepted", repo)
		}
	}
	hangs := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	t.Cleanup(hangs.Close)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	address := strings.TrimPrefix(hangs.URL, "http://")
	if err := images.CanPush(ctx, address+"/mejan", authn.DefaultKeychain); err == nil {
		t.Error("a registry that does not answer takes images")
	}
}
