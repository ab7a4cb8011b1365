package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	ecrtypes "github.com/aws/aws-sdk-go-v2/service/ecr/types"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/mejan/mejan/cli/command"
	"github.com/mejan/mejan/cli/signature"
	"github.com/mejan/mejan/cli/sigstore"
	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/functions/pipeline/pipelinetest"
	"github.com/mejan/mejan/platform/release"
)

// TestMain lets the stories run this binary as mejan, and as the program beside it that signs.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"mejan":               func() { command.Main(run) },
		signature.ProgramName: func() { command.Main(sigstore.Run) },
	})
}

// The stories in testdata/script tell how images are built, pushed and recorded from a fresh clone, and that each reason
// why they cannot be is found before anything is built. They need no AWS. One of them builds real images, which compiles
// the functions for Lambda.
func TestStories(t *testing.T) {
	tell(t, "testdata/script", nil)
}

// The stories in testdata/script-aws tell the same where a stage's own repositories get the images. moto answers for AWS.
func TestStoriesOnAWS(t *testing.T) {
	moto := pipelinetest.Moto(t)
	tell(t, "testdata/script-aws", &moto)
}

func tell(t *testing.T, dir string, moto *aws.Config) {
	t.Helper()
	testscript.Run(t, testscript.Params{
		Dir: dir,
		Setup: func(e *testscript.Env) error {
			e.Vars = append(e.Vars, storyEnv(t)...)
			if moto != nil {
				e.Setenv("AWS_ENDPOINT_URL", *moto.BaseEndpoint)
				e.Setenv("AWS_ACCESS_KEY_ID", "key")
				e.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
			}
			e.Values[storyKey{}] = &story{t: t, moto: moto, stages: map[string]*storyRegistry{}}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"clone": cloneCheckout, "registry": startRegistry, "hold": hold, "released": released,
			"built": builtImages, "repositories": makeRepositories, "internet": internet,
			"stages": startStages, "release": makeRelease, "runs": stageRuns, "has": registryHas, "untouched": untouched, "wrote": wrote,
			"taken": takeTag, "earlier": earlierRelease, "source": setSource, "keypair": makeKeys, "policy": setPolicy,
			"forge": forge, "sigstore": startSigstore, "bundles": countBundles, "kms": startKMS,
		},
		RequireExplicitExec: true,
	})
}

// storyEnv is an environment without credentials, with the caches of this machine, and with an identity for git.
func storyEnv(t *testing.T) []string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	env := []string{
		"XDG_CACHE_HOME=" + cache, "GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com",
		"AWS_EC2_METADATA_DISABLED=true", "AWS_MAX_ATTEMPTS=1",
		"AWS_CONFIG_FILE=/no-home/config", "AWS_SHARED_CREDENTIALS_FILE=/no-home/credentials",
	}
	for _, name := range []string{"GOCACHE", "GOMODCACHE", "GOPROXY", "GONOSUMDB", "GOSUMDB", "GOFLAGS"} {
		value, err := exec.CommandContext(t.Context(), "go", "env", name).Output()
		if err != nil {
			t.Fatal(err)
		}
		env = append(env, name+"="+strings.TrimSpace(string(value)))
	}
	return env
}

// story is what the commands of one script share.
type story struct {
	t        *testing.T
	moto     *aws.Config
	registry *storyRegistry
	stages   map[string]*storyRegistry
}

type storyKey struct{}

func of(ts *testscript.TestScript) *story { return ts.Value(storyKey{}).(*story) }

// clone DIR makes a fresh clone of this repository, as it is committed, and goes there. The clone has no remote, so that
// no story can push to this repository.
func cloneCheckout(ts *testscript.TestScript, _ bool, args []string) {
	root, err := filepath.Abs("../..")
	ts.Check(err)
	ts.Check(ts.Exec("git", "-c", "safe.directory=*", "clone", "-q", "--shared", root, args[0]))
	ts.Check(ts.Chdir(args[0]))
	ts.Check(ts.Exec("git", "remote", "remove", "origin"))
	ts.Check(ts.Exec("git", "switch", "-q", "-C", "main"))
}

// registry [MODE] starts a registry on loopback, and says in REGISTRY where.
func startRegistry(ts *testscript.TestScript, _ bool, args []string) {
	s := of(ts)
	s.registry = newRegistry(ts, strings.Join(args, " "))
	ts.Setenv("REGISTRY", s.registry.address)
}

// hold STAGE REASON puts a hold into the release of a stage.
func hold(ts *testscript.TestScript, _ bool, args []string) {
	dir, err := release.Dir(ts.MkAbs("."))
	ts.Check(err)
	r, err := release.Read(dir, args[0])
	ts.Check(err)
	r.Hold = args[1]
	ts.Check(r.Write(dir))
}

// built expects that images were built or pushed; with a leading ! that none were so far.
func builtImages(ts *testscript.TestScript, neg bool, _ []string) {
	s := of(ts)
	said := ts.ReadFile("stderr")
	was := regexp.MustCompile(`build (ingestor|analyzer|notifier|ko)`).MatchString(said) ||
		s.registry != nil && s.registry.pushed()
	if _, err := os.Stat(ts.MkAbs("out")); err == nil {
		was = true
	}
	if was == neg {
		ts.Fatalf("images were built: %t", was)
	}
}

// released STAGE REPO expects a release of the stage, made of HEAD, whose images the registry has.
func released(ts *testscript.TestScript, _ bool, args []string) {
	dir, err := release.Dir(ts.MkAbs("."))
	ts.Check(err)
	r, err := release.Read(dir, args[0])
	ts.Check(err)
	head := exec.Command("git", "rev-parse", "HEAD")
	head.Dir = ts.MkAbs(".")
	commit, err := head.Output()
	ts.Check(err)
	if r.Source != string(bytes.TrimSpace(commit)) {
		ts.Fatalf("release of %s, HEAD is %s", r.Source, commit)
	}
	registry := of(ts).registry.images(ts, args[1])
	for _, function := range pipeline.Functions() {
		stored, err := registry.Find(of(ts).t.Context(), function, r.Images[function])
		ts.Check(err)
		if !slices.Equal(stored.SBOMs, []string{r.SBOMs[function]}) || stored.Size != r.Sizes[function] {
			ts.Fatalf("image of %s: bills of materials %q and %d bytes, the release says %q and %d", function,
				stored.SBOMs, stored.Size, r.SBOMs[function], r.Sizes[function])
		}
		if set, err := registry.CheckTag(of(ts).t.Context(), function, r.Source, r.Images[function]); err != nil || !set {
			ts.Fatalf("image of %s is not tagged by the commit: %v", function, err)
		}
	}
}

// repositories PREFIX [REGION] makes the repositories of a stage in ECR.
func makeRepositories(ts *testscript.TestScript, _ bool, args []string) {
	s := of(ts)
	config := *s.moto
	if len(args) > 1 {
		config.Region = args[1]
	}
	client := ecr.NewFromConfig(config)
	for _, function := range pipeline.Functions() {
		name := aws.String(args[0] + "/" + string(function))
		_, err := client.CreateRepository(s.t.Context(), &ecr.CreateRepositoryInput{
			RepositoryName: name, ImageTagMutability: ecrtypes.ImageTagMutabilityImmutable,
		})
		ts.Check(err)
	}
	ts.Defer(func() {
		for _, function := range pipeline.Functions() {
			name := aws.String(args[0] + "/" + string(function))
			_, _ = client.DeleteRepository(s.t.Context(), &ecr.DeleteRepositoryInput{RepositoryName: name})
		}
	})
}
