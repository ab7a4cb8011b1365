package main

import (
	"io"
	"strings"
	"testing"

	"github.com/mejan/mejan/functions/pipeline"
)

// The function starts with exactly the variables that the contract lists for it.
func TestCompose(t *testing.T) {
	env := map[string]string{
		pipeline.EnvStage: "dev", pipeline.EnvLogLevel: "info", pipeline.EnvTableName: "mejan-dev-analyses",
		pipeline.EnvSenderEmail: "reports@example.com", pipeline.EnvReceiverEmail: "a@example.com,b@example.com",
		pipeline.EnvTestReceiverEmail: "success@simulator.amazonses.com",
	}
	if _, err := compose(t.Context(), lookup(env), io.Discard); err != nil {
		t.Error(err)
	}
	if len(env) != len(pipeline.Notifier.Env()) {
		t.Errorf("%d variables set, the contract lists %v", len(env), pipeline.Notifier.Env())
	}
}

// Whoever deploys learns of all that is wrong with the environment at once, by the variables' names.
func TestComposeNamesWhatIsWrong(t *testing.T) {
	for name, test := range map[string]struct {
		env  map[string]string
		want []string
	}{
		"nothing set": {nil, pipeline.Notifier.Env()},
		"bad values": {
			map[string]string{
				pipeline.EnvStage: "dev", pipeline.EnvLogLevel: "loud", pipeline.EnvTableName: "t",
				pipeline.EnvSenderEmail: "reports", pipeline.EnvReceiverEmail: "a@example.com,bob",
				pipeline.EnvTestReceiverEmail: "tests",
			},
			[]string{
				"LOG_LEVEL", `"loud"`, " SENDER_EMAIL", `"reports"`, " RECEIVER_EMAIL", `"bob"`, "TEST_RECEIVER_EMAIL", `"tests"`,
			},
		},
	} {
		_, err := compose(t.Context(), lookup(test.env), io.Discard)
		if err == nil {
			t.Errorf("%s: no error", name)
			continue
		}
		for _, want := range test.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %q lacks %q", name, err, want)
			}
		}
	}
}

func lookup(env map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		value, set := env[name]
		return value, set
	}
}
