package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/platform/release"
)

// nothing is an engine that must not be asked for anything.
type nothing struct{ t *testing.T }

var errAsked = errors.New("asked")

func (n nothing) NewResource(args pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	n.t.Errorf("%s %s: registered", args.TypeToken, args.Name)
	return "", nil, errAsked
}

func (n nothing) Call(args pulumi.MockCallArgs) (resource.PropertyMap, error) {
	n.t.Errorf("%s: called", args.Token)
	return nil, errAsked
}

// A bare `pulumi up` with a key that nothing reads, a placeholder and addresses that are missing is refused with all of
// them, before anything is looked up or registered.
func TestSettingsAreRefusedUnderPulumi(t *testing.T) {
	t.Setenv(pulumi.EnvConfig, `{"aws:region":"us-east-1","aws:defaultTags":"{\"tags\":{\"stage\":\"dev\"}}",`+
		`"mejan:senderEial":"from@mejan.io","mejan:alarmEmail":"developers@example.com","mejan:forceDestroy":"true"}`)
	t.Setenv(pulumi.EnvConfigSecretKeys, `["mejan:forceDestroy"]`)
	err := pulumi.RunErr(program, pulumi.WithMocks("mejan", "dev", nothing{t}))
	if err == nil {
		t.Fatal("not refused")
	}
	for _, want := range []string{
		"mejan:senderEial: nothing reads this key, did you mean mejan:senderEmail?", "mejan:forceDestroy: is a secret",
		"mejan:senderEmail: not set; pulumi config set --stack dev mejan:senderEmail", "mejan:receiverEmails: not set",
		`mejan:alarmEmail: "developers@example.com" is a placeholder`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("error does not say %q:\n%v", want, err)
		}
	}
}

// account is an AWS account in which every function exists, and that takes no resource. It counts how often the program
// looks a function up.
type account struct{ lookups int }

func (a *account) Call(args pulumi.MockCallArgs) (resource.PropertyMap, error) {
	if args.Token == "aws:lambda/getFunction:getFunction" {
		a.lookups++
	}
	return args.Args, nil
}

func (a *account) NewResource(args pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	return "", nil, errors.New(args.TypeToken + " is registered")
}

// Promise: what is wrong with a stage's release file, or missing, stops the program before it registers anything, and
// only a file that is really absent leads to the question whether functions exist.
func TestProgram(t *testing.T) {
	for _, tt := range []struct {
		name, file string
		noRoot     bool
		want       string
		looksUp    bool
	}{
		{name: "no file", want: "git checkout -- platform/releases/dev.json", looksUp: true},
		{name: "an empty file", file: "\n", want: "the file is empty"},
		{name: "another stage's file", file: releaseFile(t, "prod"), want: `a release of stage "prod"`},
		{name: "no root directory", noRoot: true, want: "3.150"},
		{name: "a release", file: releaseFile(t, "dev"), want: "is registered"},
		{name: "for a laptop", file: platformFile(t, "linux/amd64"), want: "Lambda runs them on linux/arm64"},
		{name: "for Lambda", file: platformFile(t, "linux/arm64"), want: "is registered"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			root := t.TempDir()
			if tt.file != "" {
				dir := filepath.Join(root, "platform", "releases")
				if err := errors.Join(os.MkdirAll(dir, 0o755), os.WriteFile(filepath.Join(dir, "dev.json"), []byte(tt.file), 0o600)); err != nil {
					t.Fatal(err)
				}
			}
			if tt.noRoot {
				root = ""
			}
			t.Setenv(pulumi.EnvConfig, `{"aws:region":"us-east-1","mejan:senderEmail":"reports@mejan.io",`+
				`"mejan:receiverEmails":"readers@mejan.io","mejan:alarmEmail":"alarms@mejan.io","mejan:forceDestroy":"true"}`)
			aws := &account{}
			ctx, err := pulumi.NewContext(t.Context(), pulumi.RunInfo{
				Project: "mejan", Stack: "dev", RootDirectory: root, Mocks: aws,
			})
			if err != nil {
				t.Fatal(err)
			}
			err = pulumi.RunWithContext(ctx, program)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want one that says %q", err, tt.want)
			}
			if looksUp := aws.lookups > 0; looksUp != tt.looksUp {
				t.Errorf("%d lookups, want some: %v", aws.lookups, tt.looksUp)
			}
		})
	}
}

// platformFile is a release of dev whose images are for a platform.
func platformFile(t *testing.T, platform string) string {
	t.Helper()
	r, err := release.Parse([]byte(releaseFile(t, "dev")))
	if err != nil {
		t.Fatal(err)
	}
	r.Platform = platform
	data, err := r.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func releaseFile(t *testing.T, stage string) string {
	t.Helper()
	r := release.Release{Stage: stage, Source: strings.Repeat("0", 40), Images: map[pipeline.Function]string{}}
	for _, f := range pipeline.Functions() {
		r.Images[f] = "sha256:" + strings.Repeat("a", 64)
	}
	data, err := r.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
