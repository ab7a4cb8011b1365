package main

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/static"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/platform/images"
	"github.com/mejan/mejan/platform/release"
)

// The stories in testdata/script-promote tell how releases go from stage to stage, with a registry for each stage and a
// real clone. They need no AWS, and build no image.
func TestPromotion(t *testing.T) {
	tell(t, "testdata/script-promote", nil)
}

// stages [STAGE [MODE]] starts an empty registry for each stage, or for one, and says in DEV, UAT and PROD where its images
// go.
func startStages(ts *testscript.TestScript, _ bool, args []string) {
	s, mode := of(ts), ""
	names := release.Order()
	if len(args) > 0 {
		names = args[:1]
	}
	if len(args) > 1 {
		mode = args[1]
	}
	for _, stage := range names {
		s.stages[stage] = newRegistry(ts, mode)
		ts.Setenv(strings.ToUpper(stage), s.stages[stage].address+"/mejan-"+stage)
	}
}

// release STAGE REPO NAME [FAULT] makes three images that hold NAME, pushes them as a build does, and commits the release
// of them. A fault is one of: index, which pushes indexes instead; bare, which pushes no bills of materials; othersbom,
// whose release names others; uncommitted.
func makeRelease(ts *testscript.TestScript, _ bool, args []string) {
	stage, repo, text := args[0], args[1], args[2]
	fault := strings.Join(args[3:], "")
	registry := openRegistry(ts, repo)
	before, err := release.Read(releases(ts), stage)
	if !errors.Is(err, fs.ErrNotExist) {
		ts.Check(err)
	}
	made := &release.Release{
		Stage: stage, Source: gitOutput(ts, "rev-parse", "HEAD"), Platform: release.LambdaPlatform, Go: "go1.26.6",
		Time:   before.Next(time.Now()),
		Images: map[pipeline.Function]string{}, SBOMs: map[pipeline.Function]string{}, Sizes: map[pipeline.Function]int64{},
	}
	for _, function := range pipeline.Functions() {
		built := exampleImage(ts, text+string(function), "{}")
		switch fault {
		case "index", "bare":
			made.Images[function] = pushBare(ts, repo+"/"+string(function), text, fault == "index")
		default:
			_, err := registry.Push(of(ts).t.Context(), function, built)
			ts.Check(err)
			ts.Check(registry.Tag(of(ts).t.Context(), function, made.Source, built.Digest))
			ts.Check(registry.Tag(of(ts).t.Context(), function, made.Tag(), built.Digest))
			made.Images[function] = built.Digest
		}
		made.SBOMs[function], made.Sizes[function] = built.SBOM, built.Size
		if fault == "othersbom" {
			made.SBOMs[function] = exampleImage(ts, text+string(function), "{\"other\": true}").SBOM
		}
	}
	ts.Check(made.Write(releases(ts)))
	if fault != "uncommitted" {
		gitOutput(ts, "add", "platform/releases")
		gitOutput(ts, "commit", "-qm", "release("+stage+"): "+text)
	}
}

// runs STAGE REPO NAME expects that the release of the stage names the images that hold NAME, and that the registry has
// them, with the tags of the commit and of the release.
func stageRuns(ts *testscript.TestScript, _ bool, args []string) {
	r, err := release.Read(releases(ts), args[0])
	ts.Check(err)
	for _, function := range pipeline.Functions() {
		if want := exampleImage(ts, args[2]+string(function), "{}").Digest; r.Images[function] != want {
			ts.Fatalf("the release of %s has image %s for %s, want %s", args[0], r.Images[function], function, want)
		}
		for _, tag := range []string{r.Source, r.Tag()} {
			set, err := openRegistry(ts, args[1]).CheckTag(of(ts).t.Context(), function, tag, r.Images[function])
			if err != nil || !set {
				ts.Fatalf("image of %s has no tag %s: %v", function, tag, err)
			}
		}
	}
	registryHas(ts, false, args)
}

// has STAGE REPO NAME expects that the registry has the images that hold NAME, with their bills of materials.
func registryHas(ts *testscript.TestScript, _ bool, args []string) {
	registry := openRegistry(ts, args[1])
	for _, function := range pipeline.Functions() {
		want := exampleImage(ts, args[2]+string(function), "{}")
		stored, err := registry.Find(of(ts).t.Context(), function, want.Digest)
		ts.Check(err)
		if !slices.Equal(stored.SBOMs, []string{want.SBOM}) {
			ts.Fatalf("image of %s has the bills of materials %q, want %q", function, stored.SBOMs, want.SBOM)
		}
	}
}

// untouched STAGE expects that nothing was written to the registry of a stage since it was started or last asked. The
// upload by which a promotion tries its login does not count, since it is cancelled.
func untouched(ts *testscript.TestScript, _ bool, args []string) {
	if wrote := of(ts).stages[args[0]].written(); len(wrote) > 0 {
		ts.Fatalf("written to the registry of %s: %q", args[0], wrote)
	}
}

// wrote STAGE expects that something was written to the registry of a stage, and begins to count anew.
func wrote(ts *testscript.TestScript, _ bool, args []string) {
	if len(of(ts).stages[args[0]].written()) == 0 {
		ts.Fatalf("nothing was written to the registry of %s", args[0])
	}
}

// taken REPO NAME gives the tag of the release of dev to another image.
func takeTag(ts *testscript.TestScript, _ bool, args []string) {
	r, err := release.Read(releases(ts), "dev")
	ts.Check(err)
	registry, other := openRegistry(ts, args[0]), exampleImage(ts, "another", "{}")
	_, err = registry.Push(of(ts).t.Context(), pipeline.Notifier, other)
	ts.Check(err)
	ts.Check(registry.Tag(of(ts).t.Context(), pipeline.Notifier, r.Source, other.Digest))
	of(ts).stages["uat"].written()
}

// earlier STAGE writes the release of a stage as versions did that said less about the images, and commits it.
func earlierRelease(ts *testscript.TestScript, _ bool, args []string) {
	r, err := release.Read(releases(ts), args[0])
	ts.Check(err)
	data, err := json.Marshal(map[string]any{"stage": r.Stage, "source": r.Source, "images": r.Images})
	ts.Check(err)
	ts.Check(os.WriteFile(release.Path(releases(ts), args[0]), data, 0o600))
	gitOutput(ts, "commit", "-qam", "earlier")
}

// source STAGE REVISION has the release of a stage say that it was built from another commit, and commits it.
func setSource(ts *testscript.TestScript, _ bool, args []string) {
	r, err := release.Read(releases(ts), args[0])
	ts.Check(err)
	if r.Source = args[1]; len(args[1]) != 40 {
		r.Source = gitOutput(ts, "rev-parse", args[1])
	}
	ts.Check(r.Write(releases(ts)))
	gitOutput(ts, "commit", "-qam", "release("+args[0]+"): from "+args[1])
}

func openRegistry(ts *testscript.TestScript, repo string) *images.Registry {
	registry, err := images.NewRegistry(repo, motoLogin{})
	ts.Check(err)
	return registry
}

func releases(ts *testscript.TestScript) string {
	return filepath.Join(ts.MkAbs("."), "platform", "releases")
}

func gitOutput(ts *testscript.TestScript, args ...string) string {
	git := exec.Command("git", args...)
	git.Dir = ts.MkAbs(".")
	for _, variable := range storyVariables {
		git.Env = append(git.Env, variable+"="+ts.Getenv(variable))
	}
	out, err := git.Output()
	ts.Check(err)
	return strings.TrimSpace(string(out))
}

// storyVariables are what git needs of a story's environment.
var storyVariables = []string{
	"PATH", "HOME", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_NOSYSTEM",
	"GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL",
}

// exampleImage is a small image for Lambda. The same text and document give the same digests.
func exampleImage(ts *testscript.TestScript, text, document string) images.Built {
	image, err := mutate.AppendLayers(mutate.MediaType(empty.Image, types.OCIManifestSchema1),
		static.NewLayer([]byte(text), types.OCILayer))
	ts.Check(err)
	built, err := images.NewBuilt(image, []byte(document))
	ts.Check(err)
	return built
}

// pushBare pushes an image without a bill of materials, or an index of it, and returns the digest.
func pushBare(ts *testscript.TestScript, repository, text string, index bool) string {
	at, err := name.NewRepository(repository)
	ts.Check(err)
	image, err := mutate.AppendLayers(empty.Image, static.NewLayer([]byte(text), types.OCILayer))
	ts.Check(err)
	var pushed interface {
		remote.Taggable
		Digest() (v1.Hash, error)
	} = image
	if index {
		pushed = mutate.AppendManifests(empty.Index, mutate.IndexAddendum{Add: image})
	}
	digest, err := pushed.Digest()
	ts.Check(err)
	ts.Check(remote.Push(at.Digest(digest.String()), pushed))
	return digest.String()
}
