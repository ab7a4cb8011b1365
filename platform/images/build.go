// Package images builds the functions' images with ko, keeps them in registries, and copies them from one registry to
// another. An image is known by its digest, which no copy changes.
package images

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

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"

	"github.com/mejan/mejan/functions/pipeline"
)

// ErrIndex means that a reference leads to an index of several images. Lambda takes a plain image only.
var ErrIndex = errors.New("is an index of several images, and Lambda takes a plain image only")

// Progress is called when a step begins. The function that it returns is called when the step ends, with the result in
// words; the result is empty when the step failed.
type Progress func(step string) (done func(result string))

// Args says what to build.
type Args struct {
	// Root is the checkout: the folder with go.work, .ko.yaml and tools/go.mod.
	Root string
	// Platform is one operating system and architecture, such as linux/arm64.
	Platform string
	// Functions are built in this order; nil means all of them.
	Functions []pipeline.Function
	// Cache is the folder in which ko keeps binaries between builds; empty means [Cache].
	Cache string
	// Ko is the path of a ko binary; empty means the one that tools/go.mod pins.
	Ko string
	// Progress hears of each step; nil means no one does.
	Progress Progress
}

// Cache is the folder in which ko keeps binaries between builds.
func Cache() (string, error) {
	user, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("find the cache folder (set HOME or XDG_CACHE_HOME): %w", err)
	}
	return filepath.Join(user, "mejan", "ko"), nil
}

// Build builds the images with ko and returns them, held in memory. Their digests depend on the source, the platform
// and the versions of Go and ko, which the checkout pins: not on the folder, the machine or the day.
//
// An image that is an index gives [ErrIndex]. Builds of several processes wait for each other.
func Build(ctx context.Context, args Args) (map[pipeline.Function]Built, error) {
	b := build{Args: args}
	if b.Functions == nil {
		b.Functions = pipeline.Functions()
	}
	if err := b.prepare(ctx); err != nil {
		return nil, err
	}
	defer b.release()
	all := make(map[pipeline.Function]Built, len(b.Functions))
	for _, function := range b.Functions {
		err := b.Progress.run("build "+string(function), func() (string, error) {
			built, err := b.function(ctx, function)
			all[function] = built
			return built.Digest, err
		})
		if err != nil {
			return nil, fmt.Errorf("build image of %s: %w", function, err)
		}
	}
	return all, nil
}

// run does the work of a step and reports it.
func (p Progress) run(step string, work func() (result string, err error)) error {
	done := func(string) {}
	if p != nil {
		done = p(step)
	}
	result, err := work()
	if err != nil {
		result = ""
	}
	done(result)
	return err
}

// build is one call of [Build].
type build struct {
	Args
	env     []string
	release func()
}

// prepare checks the arguments, finds ko, locks the cache, and makes the environment of every ko process.
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
	if b.Cache == "" {
		if b.Cache, err = Cache(); err != nil {
			return err
		}
	}
	if b.Ko == "" {
		if b.Ko, err = FindKo(ctx, b.Root, b.Progress); err != nil {
			return err
		}
	}
	// ko overwrites the binaries in its cache in place, so two builds at once could read each other's halves.
	if b.release, err = LockFolder(ctx, b.Cache, "wait for another build", b.Progress); err != nil {
		return err
	}
	base, errBase := seedBase(b.Cache, *platform)
	settings, errSettings := goSettings(ctx, b.Root)
	if err := errors.Join(errBase, errSettings); err != nil {
		b.release()
		return err
	}
	b.env = slices.Concat(cleanEnv(os.Environ()), settings,
		[]string{"KO_DOCKER_REPO=", "KOCACHE=" + b.Cache, "KO_DEFAULTBASEIMAGE=" + base})
	return nil
}

// scratch makes a folder for one image. The folder lies in the checkout because ko takes its path as a part of a
// reference, in which upper-case letters are not allowed; the temporary folders of macOS have some. If the checkout
// cannot be written, the folder lies in the cache, whose path has no upper-case letters on Linux.
func (b *build) scratch() (string, error) {
	out := filepath.Join(b.Root, "out")
	if os.MkdirAll(out, 0o755) == nil {
		if folder, err := os.MkdirTemp(out, "image-"); err == nil {
			return folder, nil
		}
	}
	return os.MkdirTemp(b.Cache, "image-")
}

// command makes a command that is ended together with its children: a compiler that outlives ko would write into a
// cache whose lock is gone.
// An interrupt is the one signal after which the go command removes its temporary folder.
func command(ctx context.Context, name string, args ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, name, args...)
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	c.Cancel = func() error { return syscall.Kill(-c.Process.Pid, syscall.SIGINT) }
	c.WaitDelay = 5 * time.Second
	return c
}

// function builds one image.
func (b *build) function(ctx context.Context, function pipeline.Function) (Built, error) {
	scratch, err := b.scratch()
	if err != nil {
		return Built{}, fmt.Errorf("make folder for the image: %w", err)
	}
	defer os.RemoveAll(scratch)
	// ko kills the go command when it is interrupted, which then leaves its temporary folder behind; so it gets ours.
	folder, temporary := filepath.Join(scratch, "image"), filepath.Join(scratch, "tmp")
	if err := os.Mkdir(temporary, 0o755); err != nil {
		return Built{}, fmt.Errorf("make folder for the image: %w", err)
	}
	layoutPath, err := filepath.Rel(b.Root, folder)
	if err != nil {
		return Built{}, fmt.Errorf("folder for the image: %w", err)
	}
	sboms := filepath.Join(scratch, "sbom")
	// ko takes a relative path as a local package, and looks for .ko.yaml where it runs.
	args := []string{
		"build", "--base-import-paths", "--platform=" + b.Platform, "--oci-layout-path=" + layoutPath,
		"--push=false", "--sbom-dir=" + sboms, "./functions/" + string(function),
	}
	var stdout, stderr bytes.Buffer
	ko := command(ctx, b.Ko, args...)
	ko.Dir, ko.Env, ko.Stdout, ko.Stderr = b.Root, append(slices.Clone(b.env), "TMPDIR="+temporary), &stdout, &stderr
	if err := ko.Run(); err != nil {
		return Built{}, fmt.Errorf("run ko: %w\n%s", err, complaint(stderr.String()))
	}
	_, text, _ := strings.Cut(strings.TrimSpace(stdout.String()), "@")
	digest, err := v1.NewHash(text)
	if err != nil {
		return Built{}, fmt.Errorf("read the digest that ko printed: %w", err)
	}
	if err := checkPlain(folder, digest); err != nil {
		return Built{}, fmt.Errorf("image %s: %w", digest, err)
	}
	return readBuilt(folder, sboms, digest)
}

// complaint cuts the log before the final error out of what ko printed.
func complaint(printed string) string {
	if at := strings.LastIndex(printed, "\nError: "); at >= 0 {
		printed = printed[at:]
	}
	return strings.TrimSpace(printed)
}

// checkPlain makes sure that the digest in the OCI layout that ko wrote is one image. The layout needs no credentials;
// the registry would.
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
