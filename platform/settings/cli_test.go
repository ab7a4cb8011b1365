package settings_test

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/diag"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/config"
	"github.com/pulumi/pulumi/sdk/v3/go/common/workspace"

	"github.com/mejan/mejan/platform/release"
	"github.com/mejan/mejan/platform/settings"
)

// open reads a stage's file as the Pulumi CLI does.
func open(t *testing.T, path string) *workspace.ProjectStack {
	t.Helper()
	project, err := workspace.LoadProject(filepath.Join("..", "..", "Pulumi.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	sink := diag.DefaultSink(io.Discard, io.Discard, diag.FormatOptions{Color: "never"})
	stack, err := workspace.LoadProjectStack(sink, project, path)
	if err != nil {
		t.Fatal(err)
	}
	return stack
}

// added writes a stage's file as the CLI does, and returns its lines that the committed file does not have. The lines
// of that must all be there, in order.
func added(t *testing.T, stage string, changed *workspace.ProjectStack) []string {
	t.Helper()
	saved := filepath.Join(t.TempDir(), "Pulumi."+stage+".yaml")
	if err := changed.Save(saved); err != nil {
		t.Fatal(err)
	}
	lines := func(path string) []string {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return strings.SplitAfter(string(data), "\n")
	}
	before, after := lines(committed(stage)), lines(saved)
	var more, rest []string
	for _, line := range after {
		if slices.Contains(before, line) {
			rest = append(rest, line)
		} else {
			more = append(more, strings.TrimSpace(line))
		}
	}
	if diff := cmp.Diff(before, rest); diff != "" {
		t.Errorf("%s: the CLI rewrites what is committed (-committed +saved):\n%s", stage, diff)
	}
	return more
}

// `pulumi stack init` adds its salt to a committed file, and `pulumi config set` the addresses, and neither touches
// anything else: the values are spelled as the CLI spells them.
func TestCLIOnlyAdds(t *testing.T) {
	const salt = "v1:c2FsdA==:v1:bm9uY2U=:dGFn"
	for _, stage := range release.Order() {
		stack := open(t, committed(stage))
		var want []string
		if stack.EncryptionSalt == "" {
			stack.EncryptionSalt = salt
			want = append(want, "encryptionsalt: "+salt)
		}
		if diff := cmp.Diff(want, added(t, stage, stack)); diff != "" {
			t.Errorf("%s: stack init (-want +added):\n%s", stage, diff)
		}
		for _, name := range []string{"senderEmail", "receiverEmails", "alarmEmail"} {
			key := config.MustMakeKey(settings.Namespace, name)
			if _, set := stack.Config[key]; !set {
				stack.Config[key] = config.NewValue("a@mejan.io")
				want = append(want, "mejan:"+name+": a@mejan.io")
			}
		}
		got := added(t, stage, stack)
		slices.Sort(want)
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: config set (-want +added):\n%s", stage, diff)
		}
	}
}

// The file of a stage means the same on a laptop, where we read it, as under Pulumi, which hands it over as JSON.
func TestFileMeansWhatPulumiHandsOver(t *testing.T) {
	for _, text := range []string{
		"config:\n  aws:region: us-east-1\n  aws:profile: desk\n  aws:allowedAccountIds: [123456789012, \"012345678901\"]\n" +
			"  aws:defaultTags:\n    tags: {stage: dev}\n  mejan:senderEmail: a@mejan.io\n" +
			"  mejan:receiverEmails:\n    - b@mejan.io\n    - c@bücher.de\n  mejan:alarmEmail: d@mejan.io\n" +
			"  mejan:protect: true\n  mejan:logRetentionDays: 90\n  mejan:inputRetentionDays: \"14\"\n",
		"config:\n  aws:region: us-east-1\n  mejan:senderEmail: a@mejan.io\n  mejan:receiverEmails: b@mejan.io,c@mejan.io\n" +
			"  mejan:alarmEmail: d@mejan.io\n  mejan:forceDestroy: \"true\"\n",
		// Without a namespace: the project's. Wrong: unknown, an object, a secret.
		// Keys without a namespace are the project's.
		"config:\n  aws:region: us-east-1\n  senderEmail: a@mejan.io\n  mejan:receiverEmails: b@mejan.io\n" +
			"  alarmEmail: d@mejan.io\n",
		"config:\n  mejan:senderEial: a@mejan.io\n  mejan:receiverEmails: {a: b}\n  mejan:logLevel: [info]\n",
	} {
		path := filepath.Join(t.TempDir(), "Pulumi.dev.yaml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		values, err := open(t, path).Config.Decrypt(config.NopDecrypter)
		if err != nil {
			t.Fatal(err)
		}
		handed := make(map[string]string)
		for key, value := range values {
			handed[key.String()] = value
		}
		data, err := json.Marshal(handed)
		if err != nil {
			t.Fatal(err)
		}
		want, wantErr := settings.FromPulumi("dev", string(data), "")
		got, gotErr := settings.FromFile(path, "dev")
		if diff := cmp.Diff(want, got); diff != "" || (wantErr == nil) != (gotErr == nil) {
			t.Errorf("%s\n(-Pulumi +file):\n%s\n%v\n%v", text, diff, wantErr, gotErr)
		}
	}
}
