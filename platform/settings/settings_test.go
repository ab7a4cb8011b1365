package settings_test

import (
	"encoding/json"
	"maps"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/platform/release"
	"github.com/mejan/mejan/platform/settings"
)

// load reads settings as Pulumi hands them over.
func load(t *testing.T, values map[string]string, secret ...string) (settings.Stage, error) {
	t.Helper()
	return loadStage(t, "dev", values, secret...)
}

func loadStage(t *testing.T, stage string, values map[string]string, secret ...string) (settings.Stage, error) {
	t.Helper()
	config, err := json.Marshal(values)
	if err != nil {
		t.Fatal(err)
	}
	secretKeys, err := json.Marshal(secret)
	if err != nil {
		t.Fatal(err)
	}
	return settings.FromPulumi(stage, string(config), string(secretKeys))
}

// required is the region and the addresses, with change on top.
func required(change map[string]string) map[string]string {
	values := map[string]string{
		"aws:region":           "us-east-1",
		"aws:defaultTags":      `{"tags":{"stage":"dev"}}`,
		"mejan:senderEmail":    "from@mejan.io",
		"mejan:receiverEmails": "one@mejan.io, two@mejan.io",
		"mejan:alarmEmail":     "oncall@mejan.io",
	}
	maps.Copy(values, change)
	return values
}

// A region and three addresses are all that a stage has to say; the rest has defaults that suit a first deployment.
func TestDefaults(t *testing.T) {
	got, err := load(t, required(nil))
	if err != nil {
		t.Fatal(err)
	}
	want := settings.Stage{
		Name:              "dev",
		AWS:               settings.AWS{Region: "us-east-1", Prefix: "mejan-dev"},
		SenderEmail:       "from@mejan.io",
		ReceiverEmails:    []string{"one@mejan.io", "two@mejan.io"},
		TestReceiverEmail: "success@simulator.amazonses.com",
		AlarmEmail:        "oncall@mejan.io",
		Model: settings.Model{
			ID: "us.amazon.nova-lite-v1:0", Foundation: "amazon.nova-lite-v1:0", Regions: []string{"us-*"},
			Price: pipeline.Price{In: 0.06, Out: 0.24},
		},
		IngestLimits:     pipeline.DefaultLimits(),
		LogLevel:         "info",
		LogRetentionDays: 30,
		Functions: map[pipeline.Function]settings.Function{
			pipeline.Ingestor: {TimeoutSeconds: 300, MemoryMB: 512},
			pipeline.Analyzer: {TimeoutSeconds: 120, MemoryMB: 512},
			pipeline.Notifier: {TimeoutSeconds: 60, MemoryMB: 256},
		},
		Retention: settings.Retention{InputDays: 90, ProcessedDays: 365, RejectDays: 365, FailureDays: 90},
		Protect:   true,
		Signature: settings.Signature{Policy: settings.SignatureNone},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Every key that the package says it reads changes the settings, so that none is read under another name.
func TestReadsEveryKey(t *testing.T) {
	other := map[string]string{
		"aws:region": "us-west-2", "aws:profile": "trading", "aws:allowedAccountIds": "[123456789012]",
		"mejan:prefix": "desk", "mejan:senderEmail": "other@mejan.io", "mejan:receiverEmails": `["other@mejan.io"]`,
		"mejan:testReceiverEmail": "other@mejan.io", "mejan:alarmEmail": "other@mejan.io", "mejan:modelId": "amazon.nova-pro-v1:0", "mejan:modelPrice": "1/2",
		"mejan:ingestLimits": "object=1GiB", "mejan:logLevel": "debug", "mejan:logRetentionDays": "14",
		"mejan:forceDestroy": "true", "mejan:signature": "key", "mejan:signatureKey": "other.pub",
		"mejan:signatureIssuer": "https://other.example.com", "mejan:signatureSubject": "^other$",
		"mejan:signatureRoot": "other.json", "mejan:githubRepository": "acme/other", "mejan:githubProvider": "create",
		"mejan:stateBucket": "state", "mejan:stateKey": "arn:aws:kms:us-east-1:123456789012:key/1",
	}
	for _, key := range settings.Keys() {
		without := required(companions(key))
		if key == "mejan:signature" {
			without = required(nil) // the policy none has no companions
		}
		if key == "mejan:protect" {
			// The opposite of forceDestroy, and read as such.
			if _, err := load(t, required(map[string]string{key: "false"})); err == nil {
				t.Errorf("%s=false changes nothing", key)
			}
			continue
		}
		before, err := load(t, without)
		if err != nil {
			t.Fatal(err)
		}
		value, ok := other[key]
		switch {
		case ok:
		case strings.HasSuffix(key, "MemoryMB"):
			value = "1024"
		default:
			value = "33"
		}
		with := companions(key)
		with[key] = value
		after, err := load(t, required(with))
		if err != nil {
			t.Errorf("%s: %v", key, err)
		} else if cmp.Equal(before, after) {
			t.Errorf("%s=%s changes nothing", key, value)
		}
	}
}

// companions are the settings without which a stage cannot have another one.
func companions(key string) map[string]string {
	with := map[string]string{}
	switch key {
	case "mejan:signatureKey":
		with = map[string]string{"mejan:signature": "key", key: "release.pub"}
	case "mejan:signatureIssuer", "mejan:signatureSubject", "mejan:signatureRoot":
		with = map[string]string{
			"mejan:signature": "identity", "mejan:signatureIssuer": "https://issuer.example.com",
			"mejan:signatureSubject": "release",
		}
	case "mejan:githubRepository", "mejan:githubProvider", "mejan:stateBucket", "mejan:stateKey":
		with = map[string]string{"mejan:githubRepository": "acme/mejan", "mejan:githubProvider": providerARN}
	case "mejan:signature":
		with = map[string]string{"mejan:signatureKey": "release.pub"}
	}
	return with
}

// The functions may reserve all that AWS lets them.
func TestReserved(t *testing.T) {
	values := required(map[string]string{
		"mejan:ingestorReservedConcurrency": "500", "mejan:analyzerReservedConcurrency": "400",
	})
	if _, err := load(t, values); err != nil {
		t.Error(err)
	}
}

// A stage can be destroyed as a whole or not at all. Unless it says that its data may go, it is protected.
func TestProtection(t *testing.T) {
	for _, tt := range []struct {
		protect, forceDestroy string
		want                  bool // protected
		refused               string
	}{
		{"", "", true, ""},
		{"true", "", true, ""},
		{"true", "false", true, ""},
		{"", "false", true, ""},
		{"", "true", false, ""},
		{"false", "true", false, ""},
		{"true", "true", true, "contradicts mejan:protect; pulumi config set --stack dev mejan:forceDestroy false"},
		{"false", "", false, "stop at the first bucket that holds an object; " +
			"pulumi config set --stack dev mejan:forceDestroy true"},
		{"false", "false", false, "pulumi config set --stack dev mejan:forceDestroy true"},
	} {
		s, err := load(t, required(map[string]string{
			"mejan:protect": tt.protect, "mejan:forceDestroy": tt.forceDestroy,
		}))
		switch {
		case tt.refused != "":
			if err == nil || !strings.Contains(err.Error(), tt.refused) {
				t.Errorf("protect %q, forceDestroy %q: error %v, want %q", tt.protect, tt.forceDestroy, err, tt.refused)
			}
		case err != nil:
			t.Errorf("protect %q, forceDestroy %q: %v", tt.protect, tt.forceDestroy, err)
		case s.Protect != tt.want || s.ForceDestroy == tt.want:
			t.Errorf("protect %q, forceDestroy %q: protected %t, destroyed by force %t, want %t and %t",
				tt.protect, tt.forceDestroy, s.Protect, s.ForceDestroy, tt.want, !tt.want)
		}
	}
}

// A first deployment asks for all three addresses at once, each with the command that sets it.
func TestAsksForAddresses(t *testing.T) {
	_, err := settings.FromFile(write(t, "config:\n  aws:region: us-east-1\n"), "dev")
	want := "settings of stage \"dev\":\n" +
		"mejan:senderEmail: not set; pulumi config set --stack dev mejan:senderEmail you@example.com\n" +
		"mejan:receiverEmails: not set; " +
		"pulumi config set --stack dev mejan:receiverEmails you@example.com,others@example.com\n" +
		"mejan:alarmEmail: not set; pulumi config set --stack dev mejan:alarmEmail you@example.com"
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}

// The committed file of each stage is complete but for the addresses, and has no placeholder in their place.
func TestCommittedStages(t *testing.T) {
	for _, stage := range release.Order() {
		_, err := settings.FromFile(committed(stage), stage)
		if err == nil {
			continue
		}
		for line := range strings.SplitSeq(err.Error(), "\n") {
			if !strings.HasPrefix(line, "settings of stage") && !strings.Contains(line, "Email: not set") &&
				!strings.Contains(line, "Emails: not set") {
				t.Errorf("%s: %s", stage, line)
			}
		}
	}
}

// The committed file of each stage is usable as it is on a laptop, and only the first stage gives its data up.
func TestCommittedStagesLocally(t *testing.T) {
	for _, stage := range release.Order() {
		s, err := settings.LocalFromFile(committed(stage), stage)
		if err != nil {
			t.Errorf("%s: %v", stage, err)
		}
		if want := stage != "dev"; s.Protect != want || s.ForceDestroy == want {
			t.Errorf("%s: protect %t, forceDestroy %t, want %t and %t", stage, s.Protect, s.ForceDestroy, want, !want)
		}
	}
}

func committed(stage string) string { return filepath.Join("..", "..", "Pulumi."+stage+".yaml") }
