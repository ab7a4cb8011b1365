package doctor

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"

	"github.com/blang/semver"
	"gopkg.in/yaml.v3"
)

// pulumiRange is used when Pulumi.yaml requires no version: an earlier CLI does not tell the program where its root is.
const pulumiRange = ">=3.150.0"

func findPulumi(ctx context.Context, s *Subject) Finding {
	const page = "https://www.pulumi.com/docs/iac/download-install/"
	data, err := os.ReadFile(filepath.Join(s.Root, "Pulumi.yaml"))
	if err != nil {
		return problem("git checkout -- Pulumi.yaml", "%v", err)
	}
	project := struct {
		Required string `yaml:"requiredPulumiVersion"`
	}{pulumiRange}
	if err := yaml.Unmarshal(data, &project); err != nil {
		return problem("git checkout -- Pulumi.yaml", "Pulumi.yaml: %v", err)
	}
	want, err := semver.ParseRange(project.Required)
	if err != nil {
		return problem("git checkout -- Pulumi.yaml", "Pulumi.yaml: requiredPulumiVersion %q: %v", project.Required, err)
	}
	f, got := s.installed(ctx, "pulumi", "version", page)
	if f.State == OK && !want(got) {
		return problem("update it: "+page, "%s is installed, Pulumi.yaml wants %s", got, project.Required)
	}
	return f
}

// findPulumiLogin asks where the state of the stages is kept.
func findPulumiLogin(ctx context.Context, s *Subject) Finding {
	user, err := output(ctx, s.Root, "pulumi", "whoami", "--non-interactive")
	if err != nil {
		return problem("pulumi login, or without an account: pulumi login s3://BUCKET, or pulumi login --local", "%v", err)
	}
	return ok("as %s", user)
}

// findPassphrase looks for the passphrase of a stage whose file has a salt. Pulumi asks for it if it is not in the
// environment; an empty one is one, too.
func findPassphrase(_ context.Context, s *Subject) Finding {
	data, err := os.ReadFile(s.settingsFile())
	if err != nil {
		return problem("", "%v", err)
	}
	var stack struct {
		Salt string `yaml:"encryptionsalt"`
	}
	if err := yaml.Unmarshal(data, &stack); err != nil {
		return s.badSettings(err)
	}
	if stack.Salt == "" {
		return ok("the stage needs none")
	}
	if _, set := os.LookupEnv("PULUMI_CONFIG_PASSPHRASE"); set {
		return ok("from PULUMI_CONFIG_PASSPHRASE")
	}
	file := os.Getenv("PULUMI_CONFIG_PASSPHRASE_FILE")
	if file == "" {
		return warning("export PULUMI_CONFIG_PASSPHRASE_FILE=FILE", "the stage has a passphrase, and pulumi will ask for it")
	}
	if _, err := os.ReadFile(file); err != nil {
		return problem("export PULUMI_CONFIG_PASSPHRASE_FILE=FILE", "%v", err)
	}
	return ok("from %s", file)
}

var versionNumber = regexp.MustCompile(`[0-9]+\.[0-9]+\.[0-9]+\S*`)

// installed finds the version of a program that only a deployment needs: without a stage, its absence is a warning.
func (s *Subject) installed(ctx context.Context, name, flag, page string) (Finding, semver.Version) {
	said, err := output(ctx, s.Root, name, flag)
	missing := fmt.Sprintf("the command %s is missing", name)
	switch {
	case errors.Is(err, exec.ErrNotFound) && s.Stage == "":
		return warning("to deploy, install it: "+page, "%s", missing), semver.Version{}
	case errors.Is(err, exec.ErrNotFound):
		return problem("install it: "+page, "%s", missing), semver.Version{}
	case err != nil:
		return problem("install it anew: "+page, "%v", err), semver.Version{}
	}
	got, err := semver.Parse(versionNumber.FindString(said))
	if err != nil {
		return unknown("", "%s %s printed %q, which has no version", name, flag, said), semver.Version{}
	}
	return ok("%s", got), got
}
