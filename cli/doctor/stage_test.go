package doctor

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/platform/release"
)

// clone makes a repository with the sources of the images and the settings of dev, in one commit.
func clone(t *testing.T) (*Subject, func(args ...string) string) {
	t.Helper()
	for name, value := range map[string]string{
		"GIT_CONFIG_GLOBAL": filepath.Join(t.TempDir(), "gitconfig"), "GIT_CONFIG_NOSYSTEM": "1",
		"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.com",
		"GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.com",
	} {
		t.Setenv(name, value)
	}
	root := t.TempDir()
	git := func(args ...string) string {
		t.Helper()
		out, err := exec.CommandContext(t.Context(), "git", append([]string{"-C", root}, args...)...).CombinedOutput()
		if err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	write(t, filepath.Join(root, "functions/ingestor/main.go"), "package main\n")
	write(t, filepath.Join(root, ".ko.yaml"), "defaultEnv: []\n")
	write(t, filepath.Join(root, "tools/go.mod"), "module tools\n")
	write(t, filepath.Join(root, "Pulumi.dev.yaml"), devSettings)
	git("init", "-q")
	git("add", ".")
	git("commit", "-qm", "first")
	return &Subject{Root: root, Stage: "dev"}, git
}

// Promise: a release names a commit that has all that went into its images, and nothing that git does not show slips in.
func TestSource(t *testing.T) {
	for _, tt := range []struct {
		name  string
		files map[string]string
		git   [][]string
		want  State
		text  string
	}{
		{"committed", nil, nil, OK, "commit "},
		{
			"settings are no part of an image",
			map[string]string{"Pulumi.dev.yaml": "", "platform/releases/dev.json": "{}"},
			nil,
			OK, "commit ",
		},
		{"changed", map[string]string{"functions/ingestor/main.go": "package other\n"}, nil, Problem, "functions/ingestor/main.go"},
		{"new", map[string]string{"functions/ingestor/new.go": "package main\n"}, nil, Problem, "functions/ingestor/new.go"},
		{
			"new with a name that git quotes",
			map[string]string{"functions/ingestor/für.go": "package main\n"},
			nil, Problem,
			"functions/ingestor/für.go",
		},
		{
			"new, and the user hides new files",
			map[string]string{"functions/ingestor/new.go": "package main\n"},
			[][]string{{"config", "status.showUntrackedFiles", "no"}},
			Problem, "functions/ingestor/new.go",
		},
		{"ignored, but compiled", map[string]string{
			"functions/ingestor/local.go": "package main\n",
			".git/info/exclude":           "local.go\n",
		}, nil, Problem, "functions/ingestor/local.go"},
		{"ignored, and not compiled", map[string]string{
			"functions/ingestor/ingestor.test": "",
			".git/info/exclude":                "*.test\n",
		}, nil, OK, "commit "},
		{
			"staged",
			map[string]string{"functions/ingestor/new.go": "package main\n"},
			[][]string{{"add", "."}},
			Problem,
			"functions/ingestor/new.go",
		},
		{"removed", nil, [][]string{{"rm", "-q", "functions/ingestor/main.go"}}, Problem, "functions/ingestor/main.go"},
		{"ko's settings", map[string]string{".ko.yaml": "defaultEnv: [A=1]\n"}, nil, Problem, ".ko.yaml"},
		{"ko's version", map[string]string{"tools/go.mod": "module tools2\n"}, nil, Problem, "tools/go.mod"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, git := clone(t)
			for name, text := range tt.files {
				write(t, filepath.Join(s.Root, name), text)
			}
			for _, args := range tt.git {
				git(args...)
			}
			expect(t, findSource(t.Context(), s), tt.want, tt.text)
		})
	}
	t.Run("moved while it was built", func(t *testing.T) {
		s, git := clone(t)
		expect(t, findSource(t.Context(), s), OK)
		if err := SourceUnchanged(t.Context(), s); err != nil {
			t.Error(err)
		}
		git("commit", "-q", "--allow-empty", "-m", "second")
		if err := SourceUnchanged(t.Context(), s); err == nil || !strings.Contains(err.Error(), "moved") {
			t.Errorf("got %v, want an error that says the checkout moved", err)
		}
	})
	t.Run("no git repository", func(t *testing.T) {
		s, _ := clone(t)
		if err := os.RemoveAll(filepath.Join(s.Root, ".git")); err != nil {
			t.Fatal(err)
		}
		t.Setenv("GIT_CEILING_DIRECTORIES", filepath.Dir(s.Root))
		expect(t, findSource(t.Context(), s), Problem, "not a git repository", "git clone")
	})
	t.Run("nothing committed", func(t *testing.T) {
		s, git := clone(t)
		git("update-ref", "-d", "HEAD")
		expect(t, findSource(t.Context(), s), Problem, "git clone")
	})
	t.Run("unpacked inside of another repository", func(t *testing.T) {
		s, git := clone(t)
		write(t, filepath.Join(s.Root, ".gitignore"), "unpacked/\n")
		git("add", ".")
		git("commit", "-qm", "second")
		write(t, filepath.Join(s.Root, "unpacked/.ko.yaml"), "")
		s.Root = filepath.Join(s.Root, "unpacked")
		expect(t, findSource(t.Context(), s), Problem, "does not have these files")
	})
	t.Run("no git", func(t *testing.T) {
		s, _ := clone(t)
		t.Setenv("PATH", t.TempDir())
		expect(t, findSource(t.Context(), s), Problem, "git is missing")
	})
}

// Promise: a stage that does not exist, or has no settings, is found by name.
func TestStage(t *testing.T) {
	for _, tt := range []struct {
		name, stage string
		make        string // path that is made
		want        State
		text        string
	}{
		{"known", "dev", "Pulumi.dev.yaml", OK, "dev, uat, prod"},
		{"not in the order", "staging", "Pulumi.staging.yaml", Problem, "dev, uat, prod"},
		{"no settings", "uat", "Pulumi.dev.yaml", Problem, "Pulumi.uat.yaml"},
		{"settings are a folder", "dev", "Pulumi.dev.yaml/file", Problem, "not a file"},
		{"a path", "../dev", "Pulumi.dev.yaml", Problem, `"../dev"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			root := t.TempDir()
			write(t, filepath.Join(root, tt.make), "config: {}\n")
			expect(t, findStage(t.Context(), &Subject{Root: root, Stage: tt.stage}), tt.want, tt.text)
		})
	}
}

// Promise: all that is wrong with the settings is said at once, each with its command.
func TestSettings(t *testing.T) {
	s := &Subject{Root: t.TempDir(), Stage: "dev"}
	write(t, s.settingsFile(), "config:\n  aws:region: us-east-1\n  mejan:senderEial: a@mejan.dev\n")
	expect(t, findSettings(t.Context(), s), Problem, "mejan:senderEial", "mejan:receiverEmails",
		"pulumi config set --stack dev mejan:senderEmail")
	write(t, s.settingsFile(), devSettings)
	expect(t, findSettings(t.Context(), s), OK, "Pulumi.dev.yaml")
	// Where the stage lives is known although its addresses are not set.
	write(t, s.settingsFile(), "config:\n  aws:region: us-west-2\n")
	t.Setenv("AWS_REGION", "")
	t.Setenv("AWS_DEFAULT_REGION", "")
	expect(t, findRegion(t.Context(), s), OK, "us-west-2")
	write(t, s.settingsFile(), "config: {}\n")
	expect(t, findRegion(t.Context(), s), Problem, "aws:region", "pulumi config set")
	write(t, s.settingsFile(), "config: [\n")
	expect(t, findRegion(t.Context(), s), Problem, "Pulumi.dev.yaml")
}

// Promise: a passphrase that pulumi would ask for, or could not read, is known beforehand.
func TestPassphrase(t *testing.T) {
	const salted = "encryptionsalt: v1:abc=\n" + devSettings
	readable := filepath.Join(t.TempDir(), "passphrase")
	write(t, readable, "secret")
	for _, tt := range []struct {
		name, settings, variable, value string
		want                            State
		text                            string
	}{
		{"none needed", devSettings, "", "", OK, "none"},
		{"asked for", salted, "", "", Warning, "export PULUMI_CONFIG_PASSPHRASE_FILE"},
		{"in the environment", salted, "PULUMI_CONFIG_PASSPHRASE", "secret", OK, "PULUMI_CONFIG_PASSPHRASE"},
		{"empty", salted, "PULUMI_CONFIG_PASSPHRASE", "", OK, "PULUMI_CONFIG_PASSPHRASE"},
		{"in a file", salted, "PULUMI_CONFIG_PASSPHRASE_FILE", readable, OK, readable},
		{"in a file that is not there", salted, "PULUMI_CONFIG_PASSPHRASE_FILE", "/not/there", Problem, "/not/there"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := &Subject{Root: t.TempDir(), Stage: "dev"}
			write(t, s.settingsFile(), tt.settings)
			for _, name := range []string{"PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"} {
				t.Setenv(name, "") // restores it at the end
				if err := os.Unsetenv(name); err != nil {
					t.Fatal(err)
				}
			}
			if tt.variable != "" {
				t.Setenv(tt.variable, tt.value)
			}
			expect(t, findPassphrase(t.Context(), s), tt.want, tt.text)
		})
	}
}

// Promise: a stage's release is present, valid and in git, or what is missing is named.
func TestRelease(t *testing.T) {
	s, git := clone(t)
	path := release.Path(s.releases(), "dev")
	images := map[pipeline.Function]string{}
	for _, function := range pipeline.Functions() {
		images[function] = "sha256:" + strings.Repeat("a", 64)
	}
	first := git("rev-parse", "HEAD")
	expect(t, findRelease(t.Context(), s), Warning, "make foundation STAGE=dev", "make images STAGE=dev")
	expect(t, findReleaseFile(t.Context(), s), OK, "will be made")

	made := release.Release{Stage: "dev", Source: first, Images: images}
	if err := made.Write(s.releases()); err != nil {
		t.Fatal(err)
	}
	expect(t, findRelease(t.Context(), s), Warning, "not committed", "make commit STAGE=dev")
	git("add", ".")
	git("commit", "-qm", "release")
	expect(t, findRelease(t.Context(), s), OK, first[:12])
	expect(t, findReleaseFile(t.Context(), s), OK, "will be replaced")

	// The release of a later commit stays in the tree while an earlier one is checked out.
	made.Source = git("rev-parse", "HEAD")
	if err := made.Write(s.releases()); err != nil {
		t.Fatal(err)
	}
	git("reset", "-q", "--soft", first)
	expect(t, findReleaseFile(t.Context(), s), Warning, "comes after", first[:12])

	write(t, path, "<<<<<<< HEAD\n")
	expect(t, findRelease(t.Context(), s), Problem, "git checkout -- platform/releases/dev.json")
	expect(t, findReleaseFile(t.Context(), s), Warning, "cannot be read")
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(path, "file"), "")
	expect(t, findReleaseFile(t.Context(), s), Problem, "not a file")
	if err := os.RemoveAll(s.releases()); err != nil {
		t.Fatal(err)
	}
	write(t, s.releases(), "a file")
	expect(t, findReleases(t.Context(), s), Problem, "is a file")
	expect(t, findReleaseFile(t.Context(), s), OK)
}
