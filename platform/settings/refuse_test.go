package settings_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/mejan/mejan/platform/settings"
)

// What cannot work is refused before anything is deployed, and the refusal has the command that mends it.
func TestRefusals(t *testing.T) {
	for _, tt := range []struct {
		name       string
		key, value string
		want       string
	}{
		{"misspelt", "mejan:senderEial", "x@mejan.io", "mejan:senderEial: nothing reads this key, did you mean " +
			"mejan:senderEmail?; pulumi config rm --stack dev mejan:senderEial"},
		{"misspelt case", "mejan:modelID", "x", "did you mean mejan:modelId?; pulumi config rm --stack dev mejan:modelID"},
		{"misspelt namespace", "megan:alarmEmail", "x", "did you mean mejan:alarmEmail?"},
		{"misspelt provider key", "aws:regoin", "x", "did you mean aws:region?; pulumi config rm --stack dev aws:regoin"},
		{"unknown", "mejan:colour", "x", "mejan:colour: nothing reads this key; docs/settings.md lists"},

		{"no region", "aws:region", "", "aws:region: not set; pulumi config set --stack dev aws:region us-east-1"},
		{"zone", "aws:region", "us-east-1a", `"us-east-1a" is not a region of AWS`},
		{"account", "aws:allowedAccountIds", `["12345678901"]`, `"12345678901" is not an account id of 12 digits; ` +
			`pulumi config set --stack dev aws:allowedAccountIds '["123456789012"]'`},
		{"account object", "aws:allowedAccountIds", `{"a":1}`, "is not an account id"},
		{"long prefix", "mejan:prefix", "a2345678901234567890", "is not up to 19 lower-case letters and digits"},
		{"upper case", "mejan:prefix", "Mejan", "; pulumi config set --stack dev mejan:prefix mejan"},
		{"hyphens", "mejan:prefix", "a--b", "with single hyphens"},
		{"reserved", "mejan:prefix", "sthree", "names that S3 reserves"},

		{"broken list", "mejan:receiverEmails", `["one@mejan.io"`, "is not a list"},
		{"empty list", "mejan:receiverEmails", `[]`, "mejan:receiverEmails: not set"},
		{"trailing comma", "mejan:receiverEmails", "one@mejan.io,", `"" is not an e-mail address`},
		{"one bad receiver", "mejan:receiverEmails", "one@mejan.io,nobody", `"nobody" is not an e-mail address that ` +
			"SES takes: no @; pulumi config set --stack dev mejan:receiverEmails you@example.com,others@example.com"},
		{"too many receivers", "mejan:receiverEmails", receivers(51, 40), "51 addresses, SES takes at most 50"},

		{"model", "mejan:modelId", "nova", "mejan:modelId us.amazon.nova-lite-v1:0"},
		{"long model", "mejan:modelId", "amazon." + strings.Repeat("x", 140), "is neither a Bedrock model"},
		{"half a price", "mejan:modelPrice", "0.30", `"0.30" is not a price`},
		{"limits", "mejan:ingestLimits", "objects=1", "not one of object, value, depth, ratio"},
		{"level", "mejan:logLevel", "INFO", "debug, info, warn, error"},
		{"retention between steps", "mejan:logRetentionDays", "31", "30 days or 60, not 31"},
		{"not a number", "mejan:ingestorMemoryMB", "512MB", "mejan:ingestorMemoryMB 512"},
		{"too much", "mejan:analyzerTimeoutSeconds", "901", "from 30 to 900"},
		{"no time to work", "mejan:ingestorTimeoutSeconds", "29", "from 30 to 900"},
		{"outlives its claim", "mejan:notifierTimeoutSeconds", "76", "from 30 to 60"},
		{"more than one may reserve", "mejan:ingestorReservedConcurrency", "901", "from 0 to 900"},
		{"flag", "mejan:protect", "yes", `"yes" is neither true nor false; pulumi config set --stack dev mejan:protect true`},
		{"signature", "mejan:signature", "keyless", `"keyless" is not one of none, key, identity; ` +
			"pulumi config set --stack dev mejan:signature key"},
		{"signature by no key", "mejan:signature", "key", "mejan:signatureKey: not set, but mejan:signature is key; " +
			"pulumi config set --stack dev mejan:signatureKey platform/release.pub"},
		{"signature by nobody", "mejan:signature", "identity", "mejan:signatureSubject: not set, but mejan:signature is identity"},
		{"signature of no issuer", "mejan:signature", "identity", "mejan:signatureIssuer: not set, but mejan:signature is identity; " +
			"pulumi config set --stack dev mejan:signatureIssuer https://token.actions.githubusercontent.com"},
		{"key without a policy", "mejan:signatureKey", "release.pub", "mejan:signatureKey: belongs to mejan:signature key, " +
			"and this stage has none; pulumi config rm --stack dev mejan:signatureKey"},
		{"issuer without a policy", "mejan:signatureIssuer", "https://issuer.example.com", "belongs to mejan:signature identity"},
		{"list for a flag", "mejan:protect", `["true"]`, "is neither true nor false"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := load(t, required(map[string]string{tt.key: tt.value}))
			refusedWith(t, err, tt.want)
		})
	}
}

func refusedWith(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error %v\nwant one that says %q", err, want)
	}
}

// longHost ends the addresses of receivers.
const longHost = "@long-name-of-a-trading-desk.mejan.io"

// receivers lists n addresses of so many bytes.
func receivers(n, length int) string {
	var list []string
	for i := range n {
		name := fmt.Sprintf("%02d", i)
		list = append(list, name+strings.Repeat("x", length-len(name)-len(longHost))+longHost)
	}
	return strings.Join(list, ",")
}

// Keys that belong to a provider or to Pulumi itself pass.
func TestForeignKeysPass(t *testing.T) {
	for _, key := range []string{
		"aws:forbiddenAccountIds", "aws:assumeRoles", "aws:endpoints", "aws:token", "aws:accessKey", "pulumi:tags",
		"aws:skipRegionValidation", "github:token",
	} {
		if _, err := load(t, required(map[string]string{key: "x"})); err != nil {
			t.Errorf("%s: %v", key, err)
		}
	}
}

// Settings that are fine alone, but not together.
func TestRefusedTogether(t *testing.T) {
	_, err := load(t, required(map[string]string{
		"mejan:ingestorReservedConcurrency": "400", "mejan:analyzerReservedConcurrency": "501",
	}))
	refusedWith(t, err, "mejan:analyzerReservedConcurrency: the functions reserve 901 together, want 900 or less")
}

// A signature that cannot be verified, or not as its author believes, is refused with the setting that mends it.
func TestRefusedSignatures(t *testing.T) {
	for _, tt := range []struct{ name, key, value, want string }{
		{"key outside the repository", "mejan:signatureKey", "../release.pub", "is not the path of a file in the repository"},
		{"absolute key", "mejan:signatureKey", "/etc/release.pub", "is not the path of a file in the repository"},
		{"private address", "mejan:signatureIssuer", "issuer", `"issuer" is not the address of an issuer`},
		{"pattern of issuers", "mejan:signatureIssuer", "https://.*", "is not the address of an issuer"},
		{"half a pattern", "mejan:signatureSubject", "^release", "begin it with ^ and end it with $"},
		{"half a pattern at the end", "mejan:signatureSubject", "release$", "begin it with ^ and end it with $"},
		{"broken pattern", "mejan:signatureSubject", "^($", "missing closing"},
		{"root outside the repository", "mejan:signatureRoot", "..", "is not the path of a file in the repository"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			values := companions(tt.key)
			values[tt.key] = tt.value
			_, err := load(t, required(values))
			refusedWith(t, err, tt.want)
		})
	}
	_, err := load(t, required(map[string]string{
		"mejan:signature": "key", "mejan:signatureKey": "release.pub", "mejan:signatureSubject": "release",
	}))
	refusedWith(t, err, "mejan:signatureSubject: belongs to mejan:signature identity, and this stage has key")
}

// A pattern is anchored as a whole: no alternative of it matches a part of another name.
func TestSubjectPattern(t *testing.T) {
	for subject, want := range map[string]string{
		"release": "", "^release": "", "^a|b$": "^(?:a|b)$", "^https://x/.*$": "^(?:https://x/.*)$",
	} {
		if got := settings.SubjectPattern(subject); got != want {
			t.Errorf("%q is the pattern %q, want %q", subject, got, want)
		}
	}
}

// A value that Pulumi keeps encrypted would be shown in plain text, which its owner does not expect.
func TestSecretIsRefused(t *testing.T) {
	_, err := load(t, required(nil), "mejan:alarmEmail")
	refusedWith(t, err, "mejan:alarmEmail: is a secret")
	refusedWith(t, err, "pulumi config set --stack dev --plaintext mejan:alarmEmail VALUE")
}

// Someone with many mistakes learns of all of them at once: unknown keys, addresses, model, price, sizes.
func TestEveryProblemAtOnce(t *testing.T) {
	_, err := loadStage(t, "uat", map[string]string{
		"aws:region":                   "eu-west-1",
		"mejan:senderEial":             "from@mejan.io",
		"mejan:receiverEmails":         "ü@mejan.io,you@example.com",
		"mejan:modelId":                "us.amazon.nova-lite-v1:0",
		"mejan:notifierTimeoutSeconds": "90",
		"mejan:protect":                "false",
	})
	if err == nil {
		t.Fatal("no error")
	}
	var got []string
	for line := range strings.SplitSeq(err.Error(), "\n") {
		key, rest, _ := strings.Cut(line, ": ")
		if _, command, ok := strings.Cut(rest, "; pulumi config "); ok {
			fields := strings.Fields(command)
			if slices.Index(fields, "uat") < 0 || slices.Index(fields, key) < 0 {
				t.Errorf("the command is not about the key and the stage: %s", line)
			}
		} else if !strings.HasPrefix(line, "settings of stage") {
			t.Errorf("no command: %s", line)
		}
		got = append(got, key)
	}
	want := []string{
		`settings of stage "uat":`, "mejan:senderEial", "mejan:senderEmail", "mejan:receiverEmails", "mejan:receiverEmails",
		"mejan:alarmEmail", "mejan:modelId", "mejan:modelPrice", "mejan:notifierTimeoutSeconds", "mejan:forceDestroy",
	}
	if !slices.Equal(got, want) {
		t.Errorf("problems with %q, want %q:\n%v", got, want, err)
	}
}

// A stage's name becomes part of names on AWS, so it is refused where it could not.
func TestStageName(t *testing.T) {
	for _, name := range []string{"", "Dev", "my-stage", "dev/x", strings.Repeat("d", 21)} {
		_, err := loadStage(t, name, required(nil))
		refusedWith(t, err, "pulumi stack init")
	}
}

// What Pulumi hands over is JSON, or the program does not start.
func TestBrokenHandOver(t *testing.T) {
	_, err := settings.FromPulumi("dev", "{", "")
	refusedWith(t, err, "decode the configuration")
	_, err = settings.FromPulumi("dev", "{}", "{")
	refusedWith(t, err, "decode the secret keys")
}
