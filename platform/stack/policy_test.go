package stack_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/platform/settings"
)

// statement is a statement of any policy of a plan.
type statement struct {
	of                 registration
	effect             string
	actions, resources []string
	principal          any
}

// statements is every statement of every policy, wherever a plan holds one.
func (p plan) statements(t *testing.T) []statement {
	t.Helper()
	var found []statement
	for _, r := range p {
		for _, key := range []string{"policy", "assumeRolePolicy"} {
			document, ok := r.Inputs[key].(map[string]any)
			if !ok || document["Statement"] == nil {
				continue
			}
			for _, each := range document["Statement"].([]any) {
				found = append(found, statement{
					of: r, effect: dig(t, each, "Effect").(string), principal: dig(t, each, "Principal"),
					actions: texts(dig(t, each, "Action")), resources: texts(dig(t, each, "Resource")),
				})
			}
		}
	}
	return found
}

func texts(list any) []string {
	var out []string
	if elements, ok := list.([]any); ok {
		for _, element := range elements {
			out = append(out, element.(string))
		}
	}
	return out
}

// unbounded are the actions that AWS cannot grant on a resource. Those on event source mappings are bound by a condition.
var unbounded = []string{
	"dynamodb:ListStreams", "ecr:GetAuthorizationToken", "s3:ListAllMyBuckets",
	"sns:GetSubscriptionAttributes", "sns:Unsubscribe", "lambda:GetEventSourceMapping",
	"lambda:CreateEventSourceMapping", "lambda:UpdateEventSourceMapping", "lambda:DeleteEventSourceMapping",
}

// No policy allows everything of anything, to anybody.
func TestNoWildcards(t *testing.T) {
	for _, stage := range []string{"dev", "prod"} {
		all := run(t, forGitHub(t, stage), exampleRelease(stage)).statements(t)
		if len(all) < 20 {
			t.Fatalf("found %d statements, which cannot be all", len(all))
		}
		for _, s := range all {
			if s.effect == "Deny" {
				continue
			}
			if s.principal == "*" {
				t.Errorf("%s: allowed to anybody", s.of)
			}
			for _, action := range s.actions {
				if strings.Contains(action, "*") {
					t.Errorf("%s: allows %q", s.of, action)
				}
			}
			for _, resource := range s.resources {
				bounded := func(action string) bool { return !slices.Contains(unbounded, action) }
				if resource == "*" && !slices.ContainsFunc(s.actions, bounded) {
					continue
				}
				if parts := strings.SplitN(resource, ":", 6); len(parts) != 6 || strings.HasPrefix(parts[5], "*") {
					t.Errorf("%s: allows %v on %q", s.of, s.actions, resource)
				}
			}
		}
	}
}

// A function reaches its own part of the bucket. The ingestor cannot list, and cannot read what others put there; no
// function can delete; nobody but the ingestor writes, so that nobody else can forge a marker.
func TestBucketGrants(t *testing.T) {
	s, p := dev(t)
	data := "arn:aws:s3:::mejan-dev-data-1a2b3c4/"
	got := make(map[pipeline.Function][]string)
	for _, f := range pipeline.Functions() {
		for _, each := range p.statements(t) {
			if each.of.Type != "aws:iam/rolePolicy:RolePolicy" || each.of.Name != s.FunctionName(f) {
				continue
			}
			for _, resource := range each.resources {
				if key, ok := strings.CutPrefix(resource, data); ok {
					got[f] = append(got[f], fmt.Sprint(key, " ", each.actions))
				} else if strings.HasPrefix(resource, strings.TrimSuffix(data, "/")) {
					t.Errorf("the %s may %v on the bucket itself", f, each.actions)
				}
			}
		}
	}
	want := map[pipeline.Function][]string{
		pipeline.Ingestor: {
			"inputs/* [s3:GetObject]",
			"processed/* [s3:PutObject s3:AbortMultipartUpload]",
			"processed/hashes/* [s3:GetObject]",
			"rejects/* [s3:PutObject s3:AbortMultipartUpload]",
		},
		pipeline.Analyzer: {"analyses/* [s3:PutObject]", "processed/2* [s3:GetObject]"},
	}
	for _, grants := range got {
		slices.Sort(grants)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("grants on the data bucket (-want +got):\n%s", diff)
	}
}

// Whichever model a stage names, the analyzer may call it, in every region that answers, and no other model.
func TestModelGrants(t *testing.T) {
	const model = "amazon.nova-lite-v1:0"
	for _, tt := range []struct {
		id, region string
		regions    []string
		want       []string
	}{
		{model, "us-east-1", []string{"us-east-1"}, []string{"arn:aws:bedrock:us-east-1::foundation-model/" + model}},
		{"eu." + model, "il-central-1", []string{"il-central-1", "eu-*"}, []string{
			"arn:aws:bedrock:il-central-1:123456789012:inference-profile/eu." + model,
			"arn:aws:bedrock:il-central-1::foundation-model/" + model,
			"arn:aws:bedrock:eu-*::foundation-model/" + model,
		}},
		{"global." + model, "eu-west-1", []string{"eu-west-1", ""}, []string{
			"arn:aws:bedrock:eu-west-1:123456789012:inference-profile/global." + model,
			"arn:aws:bedrock:eu-west-1::foundation-model/" + model,
			"arn:aws:bedrock:::foundation-model/" + model,
		}},
		{"us-gov." + model, "us-gov-west-1", []string{"us-gov-*"}, []string{
			"arn:aws-us-gov:bedrock:us-gov-west-1:123456789012:inference-profile/us-gov." + model,
			"arn:aws-us-gov:bedrock:us-gov-*::foundation-model/" + model,
		}},
	} {
		s := committed(t, "dev")
		s.AWS.Region = tt.region
		s.Model = settings.Model{ID: tt.id, Foundation: model, Regions: tt.regions}
		var got []string
		for _, each := range run(t, s, exampleRelease("dev")).statements(t) {
			if slices.Contains(each.actions, "bedrock:InvokeModel") {
				got = append(got, each.resources...)
			}
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s in %s (-want +got):\n%s", tt.id, tt.region, diff)
		}
	}
}

// Every ARN that the program writes is of the partition that the stage is deployed to: in GovCloud and in China, one
// that begins with `arn:aws:` names nothing.
func TestPartition(t *testing.T) {
	for region, partition := range map[string]string{"us-gov-west-1": "aws-us-gov", "cn-north-1": "aws-cn"} {
		s := forGitHub(t, "dev")
		s.AWS.Region, s.GitHub.StateKey = region, ""
		s.GitHub.Provider = strings.Replace(providerARN, "aws", partition, 1)
		for _, each := range run(t, s, exampleRelease("dev")).statements(t) {
			for _, resource := range each.resources {
				if resource != "*" && !strings.HasPrefix(resource, "arn:"+partition+":") {
					t.Errorf("%s: %s: %q is not in the partition %s", region, each.of, resource, partition)
				}
			}
		}
	}
}

// A function is never without grants: when its role is replaced, the new role's policy comes first.
func TestGrantsOutliveTheirRole(t *testing.T) {
	_, p := dev(t)
	policies := p.of("iam/rolePolicy")
	for _, r := range policies {
		if !r.KeptUntilReplaced {
			t.Errorf("%s: may be deleted before its replacement exists", r)
		}
	}
	if len(policies) != len(pipeline.Functions()) {
		t.Errorf("%d policies, want %d", len(policies), len(pipeline.Functions()))
	}
}

// A bucket answers over TLS only, to whoever asks, about itself and about its objects.
func TestBucketsRefusePlainHTTP(t *testing.T) {
	_, p := dev(t)
	for _, bucket := range []string{"mejan-dev-data", "mejan-dev-failures"} {
		arn := "arn:aws:s3:::" + bucket + "-1a2b3c4"
		want := map[string]any{
			"Effect": "Deny", "Principal": "*", "Action": []any{"s3:*"}, "Resource": []any{arn, arn + "/*"},
			"Condition": map[string]any{"Bool": map[string]any{"aws:SecureTransport": "false"}},
		}
		got := dig(t, p.one(t, "s3/bucketPolicy", bucket).Inputs, "policy", "Statement", 0)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", bucket, diff)
		}
	}
}
