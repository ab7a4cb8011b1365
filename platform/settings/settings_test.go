package settings_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/platform/release"
	"github.com/mejan/mejan/platform/settings"
)

func load(values map[string]string) (settings.Stage, error) {
	return settings.Load("dev", func(key string) string { return values[key] })
}

func required() map[string]string {
	return map[string]string{
		"senderEmail":    "from@example.com",
		"receiverEmails": "one@example.com, two@example.com",
		"alarmEmail":     "oncall@example.com",
	}
}

// Three addresses are all that a stage has to say; the rest has defaults that suit a first deployment.
func TestLoadDefaults(t *testing.T) {
	got, err := load(required())
	if err != nil {
		t.Fatal(err)
	}
	want := settings.Stage{
		Name:             "dev",
		SenderEmail:      "from@example.com",
		ReceiverEmails:   []string{"one@example.com", "two@example.com"},
		AlarmEmail:       "oncall@example.com",
		ModelID:          "us.amazon.nova-lite-v1:0",
		IngestLimits:     pipeline.DefaultLimits(),
		LogLevel:         "info",
		LogRetentionDays: 30,
		Functions: map[pipeline.Function]settings.Function{
			pipeline.Ingestor: {TimeoutSeconds: 300, MemoryMB: 512},
			pipeline.Analyzer: {TimeoutSeconds: 120, MemoryMB: 512},
			pipeline.Notifier: {TimeoutSeconds: 60, MemoryMB: 256},
		},
		Retention: settings.Retention{InputDays: 90, ProcessedDays: 365, RejectDays: 365, FailureDays: 90},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Every key that the package says it reads changes the settings, so that none is read under another name.
func TestLoadReadsEveryKey(t *testing.T) {
	other := map[string]string{
		"senderEmail": "other@example.com", "receiverEmails": `["other@example.com"]`, "alarmEmail": "other@example.com",
		"modelId": "amazon.nova-pro-v1:0", "ingestLimits": "object=1GiB", "logLevel": "debug", "logRetentionDays": "14",
		"protect": "true", "forceDestroy": "true",
	}
	before, err := load(required())
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range settings.Keys() {
		values := required()
		if value, ok := other[key]; ok {
			values[key] = value
		} else if strings.HasSuffix(key, "MemoryMB") {
			values[key] = "1024"
		} else {
			values[key] = "33"
		}
		after, err := load(values)
		if err != nil {
			t.Errorf("%s: %v", key, err)
		} else if cmp.Equal(before, after) {
			t.Errorf("%s=%s changes nothing", key, values[key])
		}
	}
}

// Who mistypes settings learns of everything at once, and for each the key and the command that mends it.
func TestLoadReportsEveryProblem(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change map[string]string
		want   []string
	}{
		{"nothing set", map[string]string{"senderEmail": "", "receiverEmails": "", "alarmEmail": ""}, []string{
			"mejan:senderEmail: not set; pulumi config set --stack dev mejan:senderEmail you@example.com",
			"mejan:receiverEmails: not set; " +
				"pulumi config set --stack dev mejan:receiverEmails you@example.com,others@example.com",
			"mejan:alarmEmail: not set; pulumi config set --stack dev mejan:alarmEmail you@example.com",
		}},
		{"named sender", map[string]string{"senderEmail": "Mejan <from@example.com>"}, []string{"mejan:senderEmail:"}},
		{
			"comma in an address",
			map[string]string{"receiverEmails": `["\"a,b\"@example.com"]`},
			[]string{"mejan:receiverEmails:"},
		},
		{"one bad receiver", map[string]string{"receiverEmails": "one@example.com,nobody"}, []string{`"nobody" is not`}},
		{"trailing comma", map[string]string{"receiverEmails": "one@example.com,"}, []string{`"" is not`}},
		{"broken list", map[string]string{"receiverEmails": `["one@example.com"`}, []string{"is not a list"}},
		{
			"too many receivers",
			map[string]string{"receiverEmails": strings.Repeat("one@example.com,", 50) + "x@example.com"},
			[]string{"at most 50"},
		},
		{"model", map[string]string{"modelId": "nova"}, []string{"mejan:modelId us.amazon.nova-lite-v1:0"}},
		{"limits", map[string]string{"ingestLimits": "objects=1"}, []string{"not one of object, value, depth, ratio"}},
		{"level", map[string]string{"logLevel": "INFO"}, []string{"debug, info, warn, error"}},
		{"retention between steps", map[string]string{"logRetentionDays": "31"}, []string{"30 days or 60, not 31"}},
		{"not a number", map[string]string{"ingestorMemoryMB": "512MB"}, []string{"mejan:ingestorMemoryMB 512"}},
		{"too much", map[string]string{"analyzerTimeoutSeconds": "901"}, []string{"from 30 to 900"}},
		{"no time to work", map[string]string{
			"ingestorTimeoutSeconds": "29", "analyzerTimeoutSeconds": "29", "notifierTimeoutSeconds": "29",
		}, []string{"mejan:ingestorTimeoutSeconds:", "mejan:analyzerTimeoutSeconds:", "mejan:notifierTimeoutSeconds:"}},
		{"outlives its claim", map[string]string{"notifierTimeoutSeconds": "76"}, []string{"from 30 to 60"}},
		{"more than one may reserve", map[string]string{"ingestorReservedConcurrency": "901"}, []string{"from 0 to 900"}},
		{
			"more than all may reserve",
			map[string]string{"ingestorReservedConcurrency": "400", "analyzerReservedConcurrency": "501"},
			[]string{"mejan:analyzerReservedConcurrency: the functions reserve 901 together, want 900 or less"},
		},
		{"flag", map[string]string{"protect": "yes"}, []string{"neither true nor false"}},
		{"both flags", map[string]string{"protect": "true", "forceDestroy": "true"}, []string{"contradicts mejan:protect"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			values := required()
			for key, value := range tt.change {
				values[key] = value
			}
			_, err := load(values)
			if err == nil {
				t.Fatal("no error")
			}
			for _, want := range tt.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error does not say %q:\n%v", want, err)
				}
			}
		})
	}
}

// A model is accepted only where the analyzer can be allowed to invoke it: the regions of other geographies are unknown.
func TestLoadModel(t *testing.T) {
	for id, good := range map[string]bool{
		"amazon.nova-lite-v1:0":                        true,
		"us.amazon.nova-lite-v1:0":                     true,
		"eu.anthropic.claude-sonnet-4-20250514-v1:0":   true,
		"apac.amazon.nova-micro-v1:0":                  true,
		"ai21.jamba-1-5-mini-v1:0":                     true,
		"zai.glm-4.6":                                  true,
		"global.amazon.nova-2-lite-v1:0":               false,
		"us-gov.amazon.nova-lite-v1:0":                 false,
		"jp.amazon.nova-2-lite-v1:0":                   false,
		"au.anthropic.claude-sonnet-4-5-20250929-v1:0": false,
		"us.global.amazon.nova-2-lite-v1:0":            false,
		"us.nova-lite-v1:0":                            false,
		"nova-lite-v1:0":                               false,
	} {
		values := required()
		values["modelId"] = id
		_, err := load(values)
		if good && err != nil {
			t.Errorf("%s: %v", id, err)
		} else if want := "neither a Bedrock model nor"; !good && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: error %v, want one that says %q", id, err, want)
		}
	}
}

// Functions may reserve all that AWS lets them.
func TestLoadReserved(t *testing.T) {
	values := required()
	values["ingestorReservedConcurrency"], values["analyzerReservedConcurrency"] = "500", "400"
	if _, err := load(values); err != nil {
		t.Error(err)
	}
}

// A stage's name becomes part of names on AWS, so it is refused where it could not.
func TestLoadStageName(t *testing.T) {
	values := required()
	for _, name := range []string{"", "Dev", "my-stage", "dev/x", strings.Repeat("d", 21)} {
		if _, err := settings.Load(name, func(key string) string { return values[key] }); err == nil {
			t.Errorf("stage %q: no error", name)
		}
	}
}

// The committed file of each stage is usable as it is, and only the last stage guards its data.
func TestCommittedStages(t *testing.T) {
	for _, stage := range release.Order() {
		s, err := settings.FromFile(filepath.Join("..", "..", "Pulumi."+stage+".yaml"), stage)
		if err != nil {
			t.Errorf("%s: %v", stage, err)
		}
		if want := stage == "prod"; s.Protect != want {
			t.Errorf("%s: protect is %t, want %t", stage, s.Protect, want)
		}
		if want := stage == "dev"; s.ForceDestroy != want {
			t.Errorf("%s: forceDestroy is %t, want %t", stage, s.ForceDestroy, want)
		}
	}
}

// A file is read as Pulumi reads it, and a key that nothing reads, which Pulumi would ignore, is refused.
func TestFromFile(t *testing.T) {
	const good = "config:\n  aws:region: us-east-1\n  mejan:senderEmail: a@example.com\n" +
		"  mejan:receiverEmails: [b@example.com, c@example.com]\n  mejan:alarmEmail: d@example.com\n"
	for _, tt := range []struct{ name, extra, want string }{
		{"good", "  mejan:protect: true\n  mejan:logRetentionDays: 90\n", ""},
		{"misspelt", "  mejan:senderMail: x@example.com\n", "mejan:senderMail: nothing reads this key"},
		{"secret", "  mejan:modelId: {secure: abc}\n", "mejan:modelId: want a plain value or a list"},
		{"invalid", "  mejan:logLevel: loud\n", "mejan:logLevel:"},
		{"not yaml", "\t:", "decode"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "Pulumi.dev.yaml")
			if err := os.WriteFile(path, []byte(good+tt.extra), 0o600); err != nil {
				t.Fatal(err)
			}
			s, err := settings.FromFile(path, "dev")
			if tt.want == "" {
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff([]string{"b@example.com", "c@example.com"}, s.ReceiverEmails); diff != "" {
					t.Errorf("receivers (-want +got):\n%s", diff)
				}
				if !s.Protect || s.LogRetentionDays != 90 {
					t.Errorf("protect %t, %d days, want true and 90", s.Protect, s.LogRetentionDays)
				}
			} else if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want one that says %q", err, tt.want)
			}
		})
	}
}
