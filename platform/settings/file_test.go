package settings_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mejan/mejan/platform/settings"
)

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "Pulumi.dev.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// A file that cannot be used is refused with its name.
func TestFileRefused(t *testing.T) {
	_, err := settings.FromFile(filepath.Join(t.TempDir(), "Pulumi.dev.yaml"), "dev")
	refusedWith(t, err, "pulumi stack init dev")
	path := write(t, "\t:")
	_, err = settings.FromFile(path, "dev")
	refusedWith(t, err, path)
	_, err = settings.FromFile(write(t, "config:\n  mejan:alarmEmail:\n    secure: AAAB\n"), "dev")
	refusedWith(t, err, "mejan:alarmEmail: is a secret")
}

// The local cloud gets placeholders for addresses that are not set, and only for those. Nowhere else do they pass.
func TestPlaceholders(t *testing.T) {
	path := write(t, "config:\n  aws:region: us-east-1\n  mejan:alarmEmail: desk@mejan.io\n")
	s, err := settings.LocalFromFile(path, "dev")
	if err != nil {
		t.Fatal(err)
	}
	got := append([]string{s.SenderEmail, s.AlarmEmail}, s.ReceiverEmails...)
	want := []string{
		"reports@example.com", "desk@mejan.io", "stakeholders@example.com", "trading-desk@example.com",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("addresses (-want +got):\n%s", diff)
	}
	for _, placeholder := range []string{s.SenderEmail, s.ReceiverEmails[0]} {
		_, err := load(t, required(map[string]string{"mejan:alarmEmail": placeholder}))
		refusedWith(t, err, "is a placeholder")
	}
	_, err = settings.LocalFromFile(write(t, "config:\n  aws:region: us-east-1\n  mejan:alarmEmail: desk\n"), "dev")
	refusedWith(t, err, `"desk" is not an e-mail address`)
}

// A command that only has to find a stage's place on AWS can do so before the addresses are set.
func TestAWSFromFile(t *testing.T) {
	path := write(t, "config:\n  aws:region: us-gov-west-1\n  aws:profile: desk\n  mejan:prefix: second-copy\n"+
		"  aws:allowedAccountIds:\n    - \"012345678901\"\n    - 123456789012\n")
	got, err := settings.AWSFromFile(path, "dev")
	if err != nil {
		t.Fatal(err)
	}
	want := settings.AWS{
		Region: "us-gov-west-1", Profile: "desk", AllowedAccountIDs: []string{"012345678901", "123456789012"},
		Prefix: "second-copy-dev",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	_, err = settings.AWSFromFile(write(t, "config:\n  mejan:prefix: M\n"), "dev")
	refusedWith(t, err, "aws:region: not set; pulumi config set --stack dev aws:region us-east-1")
	refusedWith(t, err, "mejan:prefix")
}
