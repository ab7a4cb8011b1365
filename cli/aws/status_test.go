package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mejan/mejan/cli/status"
	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/local"
	"github.com/mejan/mejan/local/registry"
	"github.com/mejan/mejan/platform/images"
	"github.com/mejan/mejan/platform/release"
)

// Promise: images that were built for this machine and promoted are those that the local cloud runs for the stage they
// came to. Git, Lambda and both registries agree, and status shows it. What differs is found by drift, each thing with
// the command that mends it.
func TestStagesAgree(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 15*time.Minute) // the first build of the images compiles ko
	defer cancel()
	l := newLaptop(t)
	built, err := images.Build(ctx, images.Args{Root: l.root, Platform: registry.HostPlatform()})
	if err != nil {
		t.Fatal(err)
	}
	l.release(ctx, "dev", built)
	l.mejan(0, "promote", "dev", "uat", "--from-repo", l.repos["dev"], "--to-repo", l.repos["uat"])
	l.startCloud(ctx, "uat")

	var stages []status.Stage
	if err := json.Unmarshal([]byte(l.mejan(0, "status", "--json", l.repo("dev"), l.repo("uat"))), &stages); err != nil {
		t.Fatal(err)
	}
	none, there := "", true
	want := map[string][]status.Function{}
	for _, function := range pipeline.Functions() {
		digest := built[function].Digest
		want["dev"] = append(want["dev"], status.Function{Name: function, Git: digest, Lambda: &none, Registry: &there})
		want["uat"] = append(want["uat"], status.Function{Name: function, Git: digest, Lambda: &digest, Registry: &there})
		want["prod"] = append(want["prod"], status.Function{Name: function, Lambda: &none})
	}
	for _, s := range stages {
		if diff := cmp.Diff(want[s.Name], s.Functions); diff != "" {
			t.Errorf("%s (-want +got):\n%s", s.Name, diff)
		}
	}
	if stages[1].Behind == nil || stages[1].Behind.Commits != 0 || stages[1].Problem != "" {
		t.Errorf("uat: %+v", stages[1])
	}
	if table := l.mejan(0, "status", l.repo("dev"), l.repo("uat")); !strings.Contains(table, "the same") ||
		!strings.Contains(table, "uat has the commit of dev") {
		t.Errorf("the table:\n%s", table)
	}

	l.expect(0, []string{"uat is as git says"}, "drift", "uat", "--preview=false", l.repo("uat"))
	l.expect(0, []string{"prod is as git says"}, "drift", "prod", "--preview=false")
	l.expect(1, []string{"no function runs it\n  make up STAGE=dev"}, "drift", "dev", "--preview=false", l.repo("dev"))

	// A release that is not deployed, with an image that the registry lacks.
	other, err := release.Read(l.dir(), "uat")
	if err != nil {
		t.Fatal(err)
	}
	other.Images[pipeline.Analyzer] = "sha256:" + strings.Repeat("0", 64)
	if err := other.Write(l.dir()); err != nil {
		t.Fatal(err)
	}
	l.expect(1, []string{"release: platform/releases/uat.json is not as git has it\n  make commit STAGE=uat"},
		"drift", "uat", "--preview=false", l.repo("uat"))
	l.git("commit", "--quiet", "--all", "--message", "by hand")
	l.expect(1, []string{
		"analyzer: it runs " + built[pipeline.Analyzer].Digest + ", and git says sha256:0000", "\n  make up STAGE=uat",
		"is not in the registry\n  make promote FROM=dev TO=uat",
	}, "drift", "uat", "--preview=false", l.repo("uat"))

	// Without a login nothing is known of AWS, and that is no agreement.
	t.Setenv("AWS_ACCESS_KEY_ID", "")
	l.expect(1, nil, "drift", "uat", "--preview=false", l.repo("uat"))
	if table := l.mejan(1, "status", l.repo("dev"), l.repo("uat")); !strings.Contains(table, "?") {
		t.Errorf("the table without a login:\n%s", table)
	}
}

// laptop is a clone with a registry for each of two stages.
type laptop struct {
	t     *testing.T
	root  string
	repos map[string]string
}

func newLaptop(t *testing.T) laptop {
	t.Helper()
	source, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	l := laptop{t, filepath.Join(t.TempDir(), "mejan"), map[string]string{}}
	clone := exec.CommandContext(t.Context(), "git", "-c", "safe.directory=*", "clone", "--quiet", "--shared", source, l.root)
	if out, err := clone.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	l.git("remote", "remove", "origin")
	l.git("switch", "--quiet", "-C", "main")
	l.git("config", "user.name", "a")
	l.git("config", "user.email", "a@example.com")
	for _, stage := range []string{"dev", "uat"} {
		r, err := registry.Start(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = r.Close() })
		l.repos[stage] = r.Address() + "/mejan-" + stage
	}
	t.Chdir(l.root)
	return l
}

func (l laptop) repo(stage string) string { return "--repo=" + stage + "=" + l.repos[stage] }

func (l laptop) dir() string { return filepath.Join(l.root, "platform", "releases") }

func (l laptop) git(args ...string) string {
	l.t.Helper()
	git := exec.CommandContext(l.t.Context(), "git", args...)
	git.Dir = l.root
	out, err := git.CombinedOutput()
	if err != nil {
		l.t.Fatalf("git %s: %v\n%s", args[0], err, out)
	}
	return strings.TrimSpace(string(out))
}

// release pushes images to the registry of a stage, and commits the release of them.
func (l laptop) release(ctx context.Context, stage string, built map[pipeline.Function]images.Built) {
	l.t.Helper()
	to, err := images.NewRegistry(l.repos[stage], nil)
	if err != nil {
		l.t.Fatal(err)
	}
	made := &release.Release{
		Stage: stage, Source: l.git("rev-parse", "HEAD"), Platform: registry.HostPlatform(), Time: time.Now().UTC(),
		Images: map[pipeline.Function]string{}, SBOMs: map[pipeline.Function]string{}, Sizes: map[pipeline.Function]int64{},
	}
	for function, image := range built {
		made.Images[function], made.SBOMs[function], made.Sizes[function] = image.Digest, image.SBOM, image.Size
	}
	if _, err := to.PushAll(ctx, built); err != nil {
		l.t.Fatal(err)
	}
	if err := made.Write(l.dir()); err != nil {
		l.t.Fatal(err)
	}
	l.git("add", "platform/releases")
	l.git("commit", "--quiet", "--message", "release("+stage+")")
}

// startCloud starts a cloud with the release of a stage, and has AWS stand for it.
func (l laptop) startCloud(ctx context.Context, stage string) {
	l.t.Helper()
	r, err := release.Read(l.dir(), stage)
	if err != nil {
		l.t.Fatal(err)
	}
	ours, err := local.ReleasedImages(ctx, l.root, r, func(_ context.Context, repo string) error {
		l.mejan(0, "fetch", stage, repo, "--repo", l.repos[stage])
		return nil
	})
	if err != nil {
		l.t.Fatal(err)
	}
	serve(ctx, l.t, l.root, stage, ours)
}

// mejan runs a command and returns what it prints for programs.
func (l laptop) mejan(want int, args ...string) string {
	l.t.Helper()
	var stdout, stderr bytes.Buffer
	if code := run(l.t.Context(), args, &stdout, &stderr); code != want {
		l.t.Fatalf("%q: exit %d, want %d:\n%s%s", args, code, want, &stdout, &stderr)
	}
	return stdout.String()
}

// expect runs a command and looks for parts of what it prints.
func (l laptop) expect(code int, parts []string, args ...string) {
	l.t.Helper()
	printed := l.mejan(code, args...)
	for _, part := range parts {
		if !strings.Contains(printed, part) {
			l.t.Errorf("%q printed no %q:\n%s", args, part, printed)
		}
	}
}

// Promise: drift has pulumi compare the resources where it is installed. A difference and a failure are told apart, and
// both fail.
func TestDriftPreview(t *testing.T) {
	newLaptop(t)
	bin := t.TempDir()
	path := os.Getenv("PATH")
	t.Setenv("PATH", bin+string(os.PathListSeparator)+path)
	for _, tt := range []struct {
		name, script string
		code         int
		want         []string
	}{
		{"nothing", "echo fine", 0, []string{`"previewed": true`}},
		{"changes", "echo error: no changes were expected but changes were proposed >&2; exit 255", 1, []string{
			`"previewed": true`, `"subject": "resources"`, `"remedy": "make up STAGE=dev"`,
		}},
		{"a failure", "echo error: no stack named dev >&2; exit 255", 1, []string{
			`"previewed": false`, `"differences": []`, "pulumi preview --stack dev: exit status 255",
		}},
		{"arguments", `test "$*" = "preview --stack dev --expect-no-changes --non-interactive"`, 0, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			script := []byte("#!/bin/sh\n" + tt.script + "\n")
			if err := os.WriteFile(filepath.Join(bin, "pulumi"), script, 0o700); err != nil {
				t.Fatal(err)
			}
			var stdout, stderr bytes.Buffer
			s := &status.Stage{Name: "dev"}
			d := drifting{looking: looking{json: true, stdout: &stdout, stderr: &stderr}, preview: true}
			if err := d.print(t.Context(), s); (err != nil) != (tt.code != 0) {
				t.Errorf("got %v", err)
			}
			for _, part := range tt.want {
				if !strings.Contains(stdout.String(), part) {
					t.Errorf("printed no %q:\n%s", part, &stdout)
				}
			}
		})
	}
}
