package registry

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"

	"github.com/mejan/mejan/functions/pipeline"
)

// ErrIndex means that a reference leads to an index of several images. Lambda takes a plain image only.
var ErrIndex = errors.New("is an index of several images, and Lambda takes a plain image only")

// BuildArgs says what to build and where to put it.
type BuildArgs struct {
	// Root is the checkout: the folder with go.work, .ko.yaml and tools/go.mod.
	Root string
	// Repo is where the images go: each becomes `<Repo>/<function>`. ko finds credentials for it as docker does, and
	// those of AWS by itself.
	Repo string
	// Platform is one operating system and architecture, such as linux/arm64.
	Platform string
	// Offline builds on an empty base image in place of the one in .ko.yaml, and without an SBOM: what a function needs
	// to be started here.
	Offline bool
	// Functions are built in this order; none means all of them.
	Functions []pipeline.Function
	// Cache is a folder that ko keeps binaries in between builds; empty means one of the user's cache folder.
	Cache string
	// Ko is the path of a ko binary; empty means the one that tools/go.mod pins, compiled where need be.
	Ko string
	// Progress is told about each step; nil tells nobody.
	Progress func(Step)
}

// Build builds images of functions with ko, pushes them, and returns their digests. The digest depends on the source,
// the compiler, the base image and the platform alone: not on the folder, the machine, or the day.
//
// An image that is an index gives [ErrIndex]. Builds of several processes wait for each other.
func Build(ctx context.Context, args BuildArgs) (map[pipeline.Function]v1.Hash, error) {
	b := build{BuildArgs: args}
	if len(b.Functions) == 0 {
		b.Functions = pipeline.Functions()
	}
	if err := b.prepare(ctx); err != nil {
		return nil, err
	}
	defer b.release()
	digests := make(map[pipeline.Function]v1.Hash, len(b.Functions))
	for _, function := range b.Functions {
		err := tell(b.Progress, "build "+string(function), func() (err error) {
			digests[function], err = b.function(ctx, function)
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("build image of %s: %w", function, err)
		}
	}
	return digests, nil
}

// build is one call of [Build].
type build struct {
	BuildArgs
	env     []string
	release func()
}

// prepare checks the arguments, finds ko, takes the cache, and makes the environment that every ko runs in.
func (b *build) prepare(ctx context.Context) error {
	platform, err := v1.ParsePlatform(b.Platform)
	if err != nil {
		return fmt.Errorf("platform %q: %w", b.Platform, err)
	}
	if platform.OS == "" || platform.Architecture == "" || strings.ContainsAny(b.Platform, ", ") {
		return fmt.Errorf("platform %q: want one operating system and architecture: the image %w", b.Platform, ErrIndex)
	}
	if b.Root, err = filepath.Abs(b.Root); err != nil {
		return fmt.Errorf("checkout %q: %w", b.Root, err)
	}
	if b.Ko == "" {
		if b.Ko, err = FindKo(ctx, b.Root, b.Progress); err != nil {
			return err
		}
	}
	if b.Cache == "" {
		user, err := os.UserCacheDir()
		if err != nil {
			return fmt.Errorf("find the user's cache folder: %w", err)
		}
		b.Cache = filepath.Join(user, "mejan", "ko")
	}
	if b.release, err = lockFolder(ctx, b.Cache, b.Progress); err != nil {
		return err
	}
	b.env = append(cleanEnv(os.Environ()), "KO_DOCKER_REPO="+b.Repo, "KOCACHE="+b.Cache)
	if b.Offline {
		base, err := seedBase(b.Cache, *platform)
		if err != nil {
			b.release()
			return err
		}
		b.env = append(b.env, "KO_DEFAULTBASEIMAGE="+base)
	}
	return nil
}

// scratch makes a folder for one image. It lies in the checkout, since ko takes its path for a part of a reference, in
// which an upper-case letter, as macOS has one in its temporary folders, is not allowed.
func (b *build) scratch() (string, error) {
	out := filepath.Join(b.Root, "out")
	if err := os.MkdirAll(out, 0o755); err != nil {
		return "", err
	}
	return os.MkdirTemp(out, "image-")
}

// command makes a command that is ended with all that it has started: a compiler that outlives ko would write into a
// cache that is no longer ours.
func command(ctx context.Context, name string, args ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, name, args...)
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	c.Cancel = func() error { return syscall.Kill(-c.Process.Pid, syscall.SIGTERM) }
	c.WaitDelay = 5 * time.Second
	return c
}

// function builds and pushes one image.
func (b *build) function(ctx context.Context, function pipeline.Function) (v1.Hash, error) {
	built, err := b.scratch()
	if err != nil {
		return v1.Hash{}, fmt.Errorf("make folder for the image: %w", err)
	}
	defer os.RemoveAll(built)
	layoutPath, err := filepath.Rel(b.Root, built)
	if err != nil {
		return v1.Hash{}, fmt.Errorf("folder for the image: %w", err)
	}
	// ko takes a relative path as a local package, and looks for .ko.yaml where it runs.
	args := []string{
		"build", "--base-import-paths", "--platform=" + b.Platform, "--oci-layout-path=" + layoutPath,
		"./functions/" + string(function),
	}
	if b.Offline {
		args = slices.Insert(args, 1, "--sbom=none")
	}
	var stdout, stderr bytes.Buffer
	ko := command(ctx, b.Ko, args...)
	ko.Dir, ko.Env, ko.Stdout, ko.Stderr = b.Root, b.env, &stdout, &stderr
	if err := ko.Run(); err != nil {
		return v1.Hash{}, fmt.Errorf("run ko: %w\n%s", err, complaint(stderr.String()))
	}
	reference, err := name.NewDigest(strings.TrimSpace(stdout.String()))
	if err != nil {
		return v1.Hash{}, fmt.Errorf("ko's answer: %w", err)
	}
	digest, err := v1.NewHash(reference.DigestStr())
	if err != nil {
		return v1.Hash{}, fmt.Errorf("ko's answer: %w", err)
	}
	if err := checkPlain(built, digest); err != nil {
		return v1.Hash{}, fmt.Errorf("image %s: %w", reference, err)
	}
	return digest, nil
}

// complaint takes from what ko said the error that it ended with, without the log before it.
func complaint(said string) string {
	if at := strings.LastIndex(said, "\nError: "); at >= 0 {
		said = said[at:]
	}
	return strings.TrimSpace(said)
}

// checkPlain makes sure that what ko left in an OCI layout under this digest is one image. The layout says it without
// asking the registry, whose credentials only ko has.
func checkPlain(folder string, digest v1.Hash) error {
	index, err := layout.ImageIndexFromPath(folder)
	if err != nil {
		return fmt.Errorf("read layout: %w", err)
	}
	manifest, err := index.IndexManifest()
	if err != nil {
		return fmt.Errorf("read layout: %w", err)
	}
	for _, descriptor := range manifest.Manifests {
		switch {
		case descriptor.Digest != digest:
		case descriptor.MediaType.IsIndex():
			return ErrIndex
		default:
			return nil
		}
	}
	return errors.New("not in the layout that ko wrote")
}
