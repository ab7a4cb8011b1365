package doctor

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"go/version"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/blang/semver"

	"github.com/mejan/mejan/platform/images"
)

// output runs a program in a folder and returns what it printed. An error carries the program's own complaint.
func output(ctx context.Context, folder, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = folder
	return printed(ctx, cmd)
}

// printed runs a command and returns what it printed. An error carries the program's own complaint.
func printed(ctx context.Context, cmd *exec.Cmd) (string, error) {
	cmd.WaitDelay = time.Second // a child of a wrapper script may keep the output open
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		if cause := context.Cause(ctx); cause != nil {
			err = cause
		}
		if said := strings.TrimSpace(stderr.String()); said != "" {
			err = fmt.Errorf("%w: %s", err, said)
		}
		return "", fmt.Errorf("%s: %w", strings.Join(cmd.Args, " "), err)
	}
	// Old versions of the AWS CLI print their version to stderr.
	if text := strings.TrimSpace(stdout.String()); text != "" {
		return text, nil
	}
	return strings.TrimSpace(stderr.String()), nil
}

func findGo(ctx context.Context, s *Subject) Finding {
	work, err := os.ReadFile(filepath.Join(s.Root, "go.work"))
	if err != nil {
		return problem("git checkout -- go.work", "%v", err)
	}
	want := regexp.MustCompile(`(?m)^go (\S+)`).FindStringSubmatch(string(work))
	if want == nil {
		return problem("git checkout -- go.work", "go.work names no version of Go")
	}
	remedy := "install Go " + want[1] + " or later: https://go.dev/dl/"
	got, err := output(ctx, s.Root, "go", "env", "GOVERSION")
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return problem(remedy, "the command go is missing")
	case err != nil:
		return problem(remedy, "%v", err)
	// A development version has no place in the order; the go command has judged it by itself.
	case version.IsValid(got) && version.Compare(got, "go"+want[1]) < 0:
		return problem(remedy, "%s is installed, go.work wants %s", got, want[1])
	}
	return ok("%s, go.work wants %s", got, want[1])
}

// findToolchain looks for the Go that compiles the images, which the go command downloads where it is another.
func findToolchain(ctx context.Context, s *Subject) Finding {
	want, err := images.Toolchain(s.Root)
	if err != nil {
		return problem("git checkout -- .ko.yaml", "%v", err)
	}
	cmd := exec.CommandContext(ctx, "go", "env", "GOVERSION")
	cmd.Dir, cmd.Env = s.Root, append(os.Environ(), "GOTOOLCHAIN="+want)
	got, err := printed(ctx, cmd)
	if err != nil || got != want {
		return problem("install "+want+" (https://go.dev/dl/), or give the go command a GOPROXY that has it",
			".ko.yaml pins %s, and the go command answers %s", want, cmp.Or(got, fmt.Sprint(err)))
	}
	return ok("%s, which .ko.yaml pins", got)
}

func findGit(ctx context.Context, s *Subject) Finding {
	got, err := output(ctx, s.Root, "git", "--version")
	if err != nil {
		return problem("install git: https://git-scm.com/downloads", "%v", err)
	}
	if _, err := output(ctx, s.Root, "git", "rev-parse", "--verify", "HEAD"); err != nil {
		return warning("images are released from a clone: git clone, then work in it", "%s, but %v", got, err)
	}
	return ok("%s", got)
}

func findMake(ctx context.Context, s *Subject) Finding {
	got, err := output(ctx, s.Root, "make", "--version")
	if err != nil {
		return problem("install make: apt-get install make, or xcode-select --install", "%v", err)
	}
	first, _, _ := strings.Cut(got, "\n")
	return ok("%s", first)
}

// leastCLI are the first versions of the AWS CLI that know AWS_ENDPOINT_URL.
const leastCLI = ">=1.29.0 <2.0.0 || >=2.13.0"

func findAWSCLI(ctx context.Context, s *Subject) Finding {
	const page = "https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html"
	f, got := s.installed(ctx, "aws", "--version", page)
	switch {
	case f.State == Problem:
		f.State = Warning // only a person needs it: mejan has an SDK
		return f
	case f.State == OK && !semver.MustParseRange(leastCLI)(got):
		return warning("update it: "+page+", or give --endpoint-url to each command",
			"%s is installed; AWS_ENDPOINT_URL, by which it finds the local cloud, came with 2.13 and 1.29", got)
	}
	return f
}
