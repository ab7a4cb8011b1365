package main

import (
	"errors"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
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
