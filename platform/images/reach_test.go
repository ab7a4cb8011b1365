package images_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"

	"github.com/mejan/mejan/platform/images"
)

// Promise: what a registry takes, and whether it has a base image, is known without a build, and an answer that does not
// come costs no more than its limit.
func TestReach(t *testing.T) {
	repo := startRegistry(t)
	host, _, _ := strings.Cut(repo, "/")
	if err := images.CanPush(t.Context(), repo, authn.DefaultKeychain); err != nil {
		t.Error(err)
	}
	if err := images.CanPull(t.Context(), host+"/base:latest"); err == nil || !strings.Contains(err.Error(), "base") {
		t.Errorf("a base image that is not there: %v", err)
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
	if err := images.CanPull(ctx, address+"/base"); err == nil {
		t.Error("a registry that does not answer has a base image")
	}
}

// Promise: the base image is the one that ko takes.
func TestDefaultBase(t *testing.T) {
	for _, tt := range []struct{ config, want string }{
		{"defaultBaseImage: gcr.io/base\nbuilds: []\n", "gcr.io/base"},
		{"builds: []\n", ""},
		{"defaultBaseImage: [", ""},
	} {
		root := t.TempDir()
		if err := os.WriteFile(filepath.Join(root, ".ko.yaml"), []byte(tt.config), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := images.DefaultBase(root)
		if got != tt.want || (err == nil) != (tt.want != "") {
			t.Errorf("%q: %q, %v; want %q", tt.config, got, err, tt.want)
		}
	}
	if _, err := images.DefaultBase("../.."); err != nil {
		t.Error(err)
	}
}
