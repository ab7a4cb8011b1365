package local

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mejan/mejan/local/registry"
	"github.com/mejan/mejan/platform/images"
	"github.com/mejan/mejan/platform/release"
)

// Promise: the images that the local cloud starts are those that `make images` pushes for the same platform, from any
// checkout.
func TestImagesAreThoseOfARelease(t *testing.T) {
	t.Log("looking for ko; compiling it takes some minutes the first time")
	ours, err := BuildImages(t.Context(), "..", "dev", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer ours.Close()
	ko, err := images.FindKo(t.Context(), "..", nil)
	if err != nil {
		t.Fatal(err)
	}
	stage, err := registry.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer stage.Close()
	built, err := images.Build(t.Context(), images.Args{
		Root: otherCheckout(t), Platform: registry.HostPlatform(), Ko: ko, Cache: t.TempDir(),
	})
	if err != nil {
		t.Fatal(err)
	}
	released, err := pushed(t.Context(), stage.Address()+"/other-uat", "uat", built)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(released.Images, ours.release.Images); diff != "" {
		t.Errorf("images of a release (-) and of the local cloud (+):\n%s", diff)
	}
}

// otherCheckout copies what goes into the images to another folder.
func otherCheckout(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	if err := os.CopyFS(filepath.Join(root, "functions"), os.DirFS("../functions")); err != nil {
		t.Fatal(err)
	}
	work, err := os.ReadFile("../go.work")
	if err != nil {
		t.Fatal(err)
	}
	config, err := os.ReadFile("../.ko.yaml")
	if err != nil {
		t.Fatal(err)
	}
	onlyFunctions := regexp.MustCompile(`(?m)^\t\./(cli|local|platform)\n`).ReplaceAll(work, nil)
	for name, text := range map[string][]byte{"go.work": onlyFunctions, ".ko.yaml": config} {
		if err := os.WriteFile(filepath.Join(root, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// Promise: a release for another platform is refused by name, before any image is fetched.
func TestOtherPlatform(t *testing.T) {
	for _, tt := range []struct{ platform, want string }{
		{"plan9/mips", "the release of uat is for plan9/mips, and this machine runs " + registry.HostPlatform()},
		{"", "the release of uat is for an unknown platform, and this machine runs " + registry.HostPlatform()},
	} {
		r := &release.Release{Stage: "uat", Platform: tt.platform}
		_, err := ReleasedImages(t.Context(), "..", r, func(context.Context, string) error {
			t.Error("images were fetched")
			return nil
		})
		if err == nil || !strings.Contains(err.Error(), tt.want) ||
			!strings.Contains(err.Error(), "--platform "+registry.HostPlatform()) {
			t.Errorf("got %v, want %q", err, tt.want)
		}
	}
}
