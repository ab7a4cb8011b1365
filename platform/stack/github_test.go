package stack_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/mejan/mejan/platform/settings"
	"github.com/mejan/mejan/platform/stack"
)

const providerARN = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"

// forGitHub is a stage that the workflows of acme/mejan may act on.
func forGitHub(t *testing.T, stage string) settings.Stage {
	t.Helper()
	s := committed(t, stage)
	s.GitHub = settings.GitHub{
		Repository: "acme/mejan", Provider: providerARN, StateBucket: "acme-state",
		StateKey: "arn:aws:kms:us-east-1:123456789012:key/1234abcd",
	}
	return s
}

// A role lets in jobs of one repository in environments that it names, with a token meant for AWS, and nothing else. The
// environment of a stage opens its roles, that of previews the one that only reads. The stage after may read too: it
// takes the images from here.
func TestTrust(t *testing.T) {
	for stage, want := range map[string]map[string][]any{
		"dev": {
			"preview": {"repo:acme/mejan:environment:dev-preview", "repo:acme/mejan:environment:uat"},
			"promote": {"repo:acme/mejan:environment:dev"}, "deploy": {"repo:acme/mejan:environment:dev"},
		},
		"prod": {
			"preview": {"repo:acme/mejan:environment:prod-preview"},
			"promote": {"repo:acme/mejan:environment:prod"}, "deploy": {"repo:acme/mejan:environment:prod"},
		},
	} {
		p := run(t, forGitHub(t, stage), nil)
		if roles := p.of("iam/role"); len(roles) != len(want) {
			t.Errorf("%s: %d roles, want %d", stage, len(roles), len(want))
		}
		for part, subjects := range want {
			trusted := map[string]any{"Version": "2012-10-17", "Statement": []any{map[string]any{
				"Effect": "Allow", "Action": []any{"sts:AssumeRoleWithWebIdentity"},
				"Principal": map[string]any{"Federated": providerARN},
				"Condition": map[string]any{"StringEquals": map[string]any{
					"token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
					"token.actions.githubusercontent.com:sub": subjects,
				}},
			}}}
			role := p.one(t, "iam/role", "-"+part)
			if diff := cmp.Diff(trusted, role.Inputs["assumeRolePolicy"]); diff != "" {
				t.Errorf("%s (-want +got):\n%s", role, diff)
			}
		}
	}
}

// An account has one provider. It is made where a stage is told to, for AWS's tokens only; a named one is left alone,
// and one of another account is refused: no workflow could use it.
func TestGitHubProvider(t *testing.T) {
	s := forGitHub(t, "dev")
	if made := run(t, s, nil).of("iam/openIdConnectProvider"); len(made) > 0 {
		t.Errorf("made %v although the account has a provider", made)
	}
	s.GitHub.Provider = ""
	p := run(t, s, nil)
	want := map[string]any{"url": "https://token.actions.githubusercontent.com", "clientIdLists": []any{"sts.amazonaws.com"}}
	if diff := cmp.Diff(want, p.one(t, "iam/openIdConnectProvider", "").Inputs); diff != "" {
		t.Errorf("provider (-want +got):\n%s", diff)
	}
	trusted := dig(t, p.one(t, "iam/role", "-deploy").Inputs, "assumeRolePolicy", "Statement", 0, "Principal", "Federated")
	if trusted != providerARN {
		t.Errorf("the roles trust %v, want the provider that is made", trusted)
	}
	s.GitHub.Provider = strings.Replace(providerARN, "123456789012", "210987654321", 1)
	err := pulumi.RunErr(stack.Program(s, nil), pulumi.WithMocks("mejan", "dev", &recorder{region: s.AWS.Region}))
	if err == nil || !strings.Contains(err.Error(), "is not in account 123456789012") {
		t.Errorf("error %v, want that the provider is of another account", err)
	}
}

// No workflow may act on a stage whose settings do not say so.
func TestNoGitHub(t *testing.T) {
	for _, r := range run(t, committed(t, "dev"), nil) {
		if strings.HasPrefix(r.Type, "aws:iam/") {
			t.Errorf("%s exists without a repository in the settings", r)
		}
	}
}

// changing are the actions that change something. What is not on a list of verbs counts as a change.
func changing(action string) bool {
	_, verb, _ := strings.Cut(action, ":")
	return !slices.ContainsFunc([]string{"Get", "List", "Describe", "BatchGet"}, func(reads string) bool {
		return strings.HasPrefix(verb, reads)
	})
}

// deletesData are the actions that lose data, history, or what people have confirmed.
var deletesData = []string{
	"dynamodb:DeleteTable", "dynamodb:DeleteItem", "s3:DeleteBucket", "s3:DeleteObjectVersion", "sqs:DeleteQueue",
	"sqs:PurgeQueue", "logs:DeleteLogGroup", "ecr:DeleteRepository", "ecr:BatchDeleteImage", "sns:DeleteTopic",
}

// The role of previews changes nothing and reads no data; the role of promotions reaches registries only; the role of
// deployments changes only what has the stage's name, and not the roles of workflows. No role deletes data.
func TestGitHubGrants(t *testing.T) {
	for _, stage := range []string{"dev", "uat"} {
		found := map[string]bool{}
		for _, s := range run(t, forGitHub(t, stage), nil).statements(t) {
			part := strings.TrimPrefix(s.of.Name, "mejan-"+stage+"-")
			if s.of.Type != "aws:iam/rolePolicy:RolePolicy" {
				continue
			}
			found[part] = true
			for _, action := range s.actions {
				service, _, _ := strings.Cut(action, ":")
				switch {
				case slices.Contains(deletesData, action):
					t.Errorf("%s: %s may %s", stage, part, action)
				case part == "promote" && service != "ecr":
					t.Errorf("%s: promote may %s", stage, action)
				case part == "preview" && changing(action) && action != "kms:Decrypt":
					t.Errorf("%s: preview may %s", stage, action)
				}
			}
			for _, resource := range s.resources {
				checkReach(t, stage, part, s.actions, resource)
			}
		}
		if want := map[string]bool{"preview": true, "promote": true, "deploy": true}; !cmp.Equal(found, want) {
			t.Errorf("%s: policies of %v", stage, found)
		}
	}
}

// checkReach looks at one resource of a grant.
func checkReach(t *testing.T, stage, part string, actions []string, resource string) {
	t.Helper()
	for _, other := range []string{"preview", "promote", "deploy"} {
		if strings.HasSuffix(resource, "role/mejan-"+stage+"-"+other+"-us-east-1") || strings.HasSuffix(resource, "role/mejan-"+stage+"-*") {
			t.Errorf("%s: %s may %v on %s, a role of workflows", stage, part, actions, resource)
		}
	}
	data := strings.Contains(resource, "-data-*/") || strings.Contains(resource, "-failures-*/")
	if data && part != "deploy" {
		t.Errorf("%s: %s may %v on data, %s", stage, part, actions, resource)
	}
	if resource == "*" || !slices.ContainsFunc(actions, changing) {
		return // TestNoWildcards looks at the first, and reading goes further: the stage before, the account's log groups
	}
	named := strings.Contains(resource, "mejan-"+stage) || strings.Contains(resource, "/mejan/"+stage) ||
		strings.HasSuffix(resource, ":identity/reports@example.com") || strings.HasSuffix(resource, ":key/1234abcd")
	if !named && !strings.HasSuffix(resource, ":event-source-mapping:*") {
		t.Errorf("%s: %s may %v on %s, which does not have the stage's name", stage, part, actions, resource)
	}
}

// The policies of a role are within IAM's limit, also with the longest names.
func TestGitHubPolicySize(t *testing.T) {
	const most = 10_240 // characters of all inline policies of a role
	s := longest(t)
	s.GitHub = forGitHub(t, "dev").GitHub
	for _, r := range run(t, s, nil).of("iam/rolePolicy") {
		text, err := json.Marshal(r.Inputs["policy"])
		if err != nil {
			t.Fatal(err)
		}
		if len(text) > most {
			t.Errorf("%s: %d characters, IAM takes %d", r, len(text), most)
		}
	}
}

// Every change of what a workflow may do to a stage is seen in review.
func TestGitHubPlan(t *testing.T) {
	var roles plan
	for _, r := range run(t, forGitHub(t, "uat"), nil) {
		if strings.HasPrefix(r.Type, "aws:iam/") {
			roles = append(roles, r)
		}
	}
	got, err := json.MarshalIndent(roles, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	got = append(got, '\n')
	path := filepath.Join("testdata", "github.json")
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("roles changed; if it is meant, go test ./stack -update (-golden +now):\n%s", diff)
	}
}
