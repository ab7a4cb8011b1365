package settings

import "regexp"

// GitHub says which workflows may act on a stage, and what they need besides the stage itself.
type GitHub struct {
	// Repository is the repository as the token of a workflow spells it: owner/name, or owner@1/name@2 with the numbers of
	// both. Empty: the stage has no roles for workflows.
	Repository string
	// Provider is the ARN of the account's identity provider of GitHub. Empty: the stage makes the provider.
	Provider string
	// StateBucket holds Pulumi's state, and StateKey is the ARN of the KMS key of its secrets. Each may be empty: then the
	// roles get no access to it.
	StateBucket, StateKey string
}

// createProvider is the value of githubProvider that makes the provider, which an account can have only once.
const createProvider = "create"

const (
	exampleRepository = "acme/mejan"
	exampleProvider   = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"
	exampleStateKey   = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
)

// The forms leave no room for a wildcard: the values become part of the trust policies.
var (
	repositoryForm = regexp.MustCompile(`^[A-Za-z0-9-]+(@[0-9]+)?/[A-Za-z0-9._-]+(@[0-9]+)?$`)
	providerForm   = regexp.MustCompile(
		`^arn:aws(-[a-z]+)*:iam::[0-9]{12}:oidc-provider/token\.actions\.githubusercontent\.com$`)
	bucketForm = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)
	kmsKeyForm = regexp.MustCompile(`^arn:aws(-[a-z]+)*:kms:[a-z0-9-]+:[0-9]{12}:key/[a-z0-9-]+$`)
)

// github reads what workflows may do. The other keys go with the repository only, so that none is set in vain.
func (l *loader) github() GitHub {
	g := GitHub{
		Repository: l.config[keyGitHubRepository], Provider: l.config[keyGitHubProvider],
		StateBucket: l.config[keyStateBucket], StateKey: l.config[keyStateKey],
	}
	for _, v := range []struct {
		key, value, example, what string
		form                      *regexp.Regexp
	}{
		{keyGitHubRepository, g.Repository, exampleRepository, "a repository, owner/name", repositoryForm},
		{keyGitHubProvider, g.Provider, exampleProvider, `"create" or the ARN of GitHub's identity provider`, providerForm},
		{keyStateBucket, g.StateBucket, "acme-pulumi-state", "the name of a bucket", bucketForm},
		{keyStateKey, g.StateKey, exampleStateKey, "the ARN of a KMS key", kmsKeyForm},
	} {
		switch {
		case v.value == "":
		case g.Repository == "":
			l.remedy(v.key, "rm", v.key, "set, but without %s no workflow may act on the stage", keyGitHubRepository)
		case !v.form.MatchString(v.value) && (v.key != keyGitHubProvider || v.value != createProvider):
			l.problem(v.key, v.example, "%q is not %s", v.value, v.what)
		}
	}
	switch {
	case g.Repository != "" && g.Provider == "":
		l.problem(keyGitHubProvider, exampleProvider,
			"not set: give the ARN of the account's provider, or `create` in the one stage that makes it")
	case g.Provider == createProvider:
		g.Provider = ""
	}
	return g
}
