package settings_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mejan/mejan/platform/settings"
)

const providerARN = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"

// github is the settings by which workflows may act on a stage, with change on top.
func github(change map[string]string) map[string]string {
	values := required(map[string]string{"mejan:githubRepository": "acme/mejan", "mejan:githubProvider": providerARN})
	for key, value := range change {
		values[key] = value
	}
	return values
}

// Workflows may act on a stage only where its settings name a repository, and the account's provider is either named or
// made on purpose.
func TestGitHub(t *testing.T) {
	for _, tt := range []struct {
		values map[string]string
		want   settings.GitHub
	}{
		{required(nil), settings.GitHub{}},
		{github(nil), settings.GitHub{Repository: "acme/mejan", Provider: providerARN}},
		{github(map[string]string{"mejan:githubProvider": "create"}), settings.GitHub{Repository: "acme/mejan"}},
		{
			github(map[string]string{
				"mejan:githubRepository": "acme@12/mejan.io@345", "mejan:stateBucket": "acme-state",
				"mejan:stateKey": "arn:aws:kms:eu-west-1:123456789012:key/1234abcd",
			}),
			settings.GitHub{
				Repository: "acme@12/mejan.io@345", Provider: providerARN, StateBucket: "acme-state",
				StateKey: "arn:aws:kms:eu-west-1:123456789012:key/1234abcd",
			},
		},
	} {
		s, err := load(t, tt.values)
		if err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff(tt.want, s.GitHub); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

// A setting that would let other workflows in, or none, is refused with the command that mends it: a pattern in the repository's name, a
// provider of other tokens, a role without provider, and settings that nothing reads.
func TestGitHubRefused(t *testing.T) {
	for key, refused := range map[string][]string{
		"mejan:githubRepository": {"acme/*", "acme/mejan?", "acme", "*/mejan", "acme/mejan:environment:dev", "a/b/c", "acme/mejan@*"},
		"mejan:githubProvider": {
			"make", "arn:aws:iam::123456789012:oidc-provider/example.com",
			"arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com/acme",
		},
		"mejan:stateBucket": {"*", "acme/state", "Acme"},
		"mejan:stateKey":    {"alias/mejan", "arn:aws:kms:us-east-1:123456789012:key/*"},
	} {
		for _, value := range refused {
			_, err := load(t, github(map[string]string{key: value}))
			refusedWith(t, err, key+": \""+value+"\" is not ")
			refusedWith(t, err, "; pulumi config set --stack dev "+key+" ")
		}
	}
	_, err := load(t, github(map[string]string{"mejan:githubProvider": ""}))
	refusedWith(t, err, "mejan:githubProvider: not set: give the ARN of the account's provider")
	for _, key := range []string{"mejan:githubProvider", "mejan:stateBucket", "mejan:stateKey"} {
		_, err := load(t, required(map[string]string{key: "create"}))
		refusedWith(t, err, key+": set, but without mejan:githubRepository no workflow may act on the stage; "+
			"pulumi config rm --stack dev "+key)
	}
}
