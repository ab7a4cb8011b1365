package enginetest

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pulumi/pulumi/pkg/v3/engine"

	"github.com/mejan/mejan/platform/release"
	"github.com/mejan/mejan/platform/settings"
	"github.com/mejan/mejan/platform/stack"
)

// setting is one change of a stage's settings, and all that it may touch.
type setting struct {
	// key is the setting, set the values to change. A setting that excludes another one changes both.
	key string
	set map[string]string
	// unless is the flag of stages that have the value already.
	unless  string
	touches []change
}

// guards is what carries a stage's protection in AWS. Pulumi's own is no change of a resource.
var guards = []change{
	"update dynamodb/table analyses", "update ecr/repository analyzer", "update ecr/repository ingestor",
	"update ecr/repository notifier", "update s3/bucketV2 data", "update s3/bucketV2 failures",
}

// signedByIdentity are settings that a stage has together.
var signedByIdentity = map[string]string{
	"mejan:signature": "identity", "mejan:signatureIssuer": "https://issuer.example.com",
	"mejan:signatureSubject": "release", "mejan:signatureRoot": "trusted_root.json",
}

// changedSettings has a line for each setting.
var changedSettings = []setting{
	{key: "mejan:senderEmail", set: map[string]string{"mejan:senderEmail": "other@mejan.io"}, touches: []change{"replace sesv2/emailIdentity", "update iam/rolePolicy notifier", "update lambda/function notifier"}},
	{key: "mejan:receiverEmails", set: map[string]string{"mejan:receiverEmails": "other@mejan.io"}, touches: []change{"update iam/rolePolicy notifier", "update lambda/function notifier"}},
	{key: "mejan:testReceiverEmail", set: map[string]string{"mejan:testReceiverEmail": "other@mejan.io"}, touches: []change{"update iam/rolePolicy notifier", "update lambda/function notifier"}},
	{key: "mejan:alarmEmail", set: map[string]string{"mejan:alarmEmail": "other@mejan.io"}, touches: []change{"replace sns/topicSubscription alarms"}},
	{key: "mejan:modelId", set: map[string]string{"mejan:modelId": "us.amazon.nova-micro-v1:0"}, touches: []change{"update iam/rolePolicy analyzer", "update lambda/function analyzer"}},
	{key: "mejan:modelPrice", set: map[string]string{"mejan:modelPrice": "1/2"}, touches: []change{"update lambda/function analyzer"}},
	{key: "mejan:ingestLimits", set: map[string]string{"mejan:ingestLimits": "object=1GiB"}, touches: []change{"update lambda/function ingestor"}},
	{key: "mejan:logLevel", set: map[string]string{"mejan:logLevel": "error"}, touches: []change{
		"update lambda/function analyzer", "update lambda/function ingestor", "update lambda/function notifier",
	}},
	{key: "mejan:logRetentionDays", set: map[string]string{"mejan:logRetentionDays": "60"}, touches: []change{
		"update cloudwatch/logGroup analyzer", "update cloudwatch/logGroup ingestor", "update cloudwatch/logGroup notifier",
	}},
	{key: "mejan:inputRetentionDays", set: map[string]string{"mejan:inputRetentionDays": "33"}, touches: []change{"update s3/bucketLifecycleConfigurationV2 data"}},
	{key: "mejan:processedRetentionDays", set: map[string]string{"mejan:processedRetentionDays": "33"}, touches: []change{"update s3/bucketLifecycleConfigurationV2 data"}},
	{key: "mejan:rejectRetentionDays", set: map[string]string{"mejan:rejectRetentionDays": "33"}, touches: []change{"update s3/bucketLifecycleConfigurationV2 data"}},
	{key: "mejan:failureRetentionDays", set: map[string]string{"mejan:failureRetentionDays": "33"}, touches: []change{"update s3/bucketLifecycleConfigurationV2 failures"}},
	{key: "mejan:ingestorTimeoutSeconds", set: map[string]string{"mejan:ingestorTimeoutSeconds": "45"}, touches: []change{"update lambda/function ingestor"}},
	{key: "mejan:ingestorMemoryMB", set: map[string]string{"mejan:ingestorMemoryMB": "2048"}, touches: []change{"update lambda/function ingestor"}},
	{key: "mejan:ingestorReservedConcurrency", set: map[string]string{"mejan:ingestorReservedConcurrency": "5"}, touches: []change{"update lambda/function ingestor"}},
	{key: "mejan:analyzerTimeoutSeconds", set: map[string]string{"mejan:analyzerTimeoutSeconds": "45"}, touches: []change{"update lambda/function analyzer"}},
	{key: "mejan:analyzerMemoryMB", set: map[string]string{"mejan:analyzerMemoryMB": "2048"}, touches: []change{"update lambda/function analyzer"}},
	{key: "mejan:analyzerReservedConcurrency", set: map[string]string{"mejan:analyzerReservedConcurrency": "5"}, touches: []change{"update lambda/function analyzer"}},
	{key: "mejan:notifierTimeoutSeconds", set: map[string]string{"mejan:notifierTimeoutSeconds": "45"}, touches: []change{"update lambda/function notifier"}},
	{key: "mejan:notifierMemoryMB", set: map[string]string{"mejan:notifierMemoryMB": "2048"}, touches: []change{"update lambda/function notifier"}},
	{key: "mejan:notifierReservedConcurrency", set: map[string]string{"mejan:notifierReservedConcurrency": "5"}, touches: []change{"update lambda/function notifier"}},
	{
		key: "mejan:protect", unless: "mejan:protect", touches: guards,
		set: map[string]string{"mejan:protect": "true", "mejan:forceDestroy": "false"},
	},
	{
		key: "mejan:forceDestroy", unless: "mejan:forceDestroy", touches: guards,
		set: map[string]string{"mejan:protect": "false", "mejan:forceDestroy": "true"},
	},
	// They say what is promoted and deployed, and are in no resource.
	{key: "mejan:signature", set: map[string]string{"mejan:signature": "key", "mejan:signatureKey": "release.pub"}},
	{key: "mejan:signatureKey", set: map[string]string{"mejan:signature": "key", "mejan:signatureKey": "release.pub"}},
	{key: "mejan:signatureIssuer", set: signedByIdentity},
	{key: "mejan:signatureSubject", set: signedByIdentity},
	{key: "mejan:signatureRoot", set: signedByIdentity},
	{key: "mejan:githubRepository", set: workflows, touches: roles},
	{key: "mejan:githubProvider", set: workflowsWith("mejan:githubProvider", "create"), touches: append([]change{"create iam/openIdConnectProvider github"}, roles...)},
	{key: "mejan:stateBucket", set: workflowsWith("mejan:stateBucket", "acme-state"), touches: roles},
	{key: "mejan:stateKey", set: workflowsWith("mejan:stateKey", "arn:aws:kms:us-east-1:123456789012:key/1"), touches: roles},
	// They say who deploys, and are in no resource.
	{key: "aws:profile", set: map[string]string{"aws:profile": "desk"}},
	{key: "aws:allowedAccountIds", set: map[string]string{"aws:allowedAccountIds": "123456789012"}},
}

// workflows are the settings that let workflows act on a stage, and roles is what they make. A running stage gets these
// and changes nothing else.
var (
	workflows = map[string]string{
		"mejan:githubRepository": "acme/mejan",
		"mejan:githubProvider":   "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com",
	}
	roles = []change{
		"create iam/role deploy", "create iam/role preview", "create iam/role promote",
		"create iam/rolePolicy deploy", "create iam/rolePolicy preview", "create iam/rolePolicy promote",
	}
)

// workflowsWith is workflows with one more key, or another value.
func workflowsWith(key, value string) map[string]string {
	values := maps.Clone(workflows)
	values[key] = value
	return values
}

// chosenOnce are the settings that are chosen before the first deployment, because names or places follow from them.
var chosenOnce = []string{"mejan:prefix", "aws:region"}

// Promise: a changed setting touches what it is about, in place where AWS can. Each setting is tried on every stage that
// does not have it yet.
func TestSettings(t *testing.T) {
	for _, stage := range release.Order() {
		t.Run(stage, func(t *testing.T) {
			t.Parallel()
			s := load(t, stage, nil)
			has := map[string]bool{"mejan:protect": s.Protect, "mejan:forceDestroy": s.ForceDestroy}
			ran := running(t, s)
			for _, changed := range changedSettings {
				if has[changed.unless] {
					continue
				}
				t.Run(changed.key, func(t *testing.T) {
					got := ran.copy(t).must("changed", load(t, stage, changed.set), images(stage, "a"))
					if diff := cmp.Diff(changed.touches, got); diff != "" {
						t.Errorf("%s touches (-want +got):\n%s", changed.key, diff)
					}
				})
			}
		})
	}
}

// Promise: a prefix that changes after the first deployment is refused on a protected stage, before anything is done: it
// gives every resource another name.
func TestPrefixOfRunningStage(t *testing.T) {
	for _, stage := range release.Order() {
		s := load(t, stage, nil)
		if !s.Protect {
			continue
		}
		t.Run(stage, func(t *testing.T) {
			d := running(t, s)
			d.said.Reset()
			other := load(t, stage, map[string]string{"mejan:prefix": "other"})
			if _, err := d.preview(engine.Update, stack.Program(other, images(stage, "a"))); err == nil {
				t.Error("the preview is not refused")
			}
			if said := d.said.String(); !strings.Contains(said, "protect") {
				t.Errorf("the operator reads %q, want that resources are protected", said)
			}
		})
	}
}

// Promise: no setting is left out of the table.
func TestEverySettingIsTried(t *testing.T) {
	tried := map[string]bool{}
	for _, change := range changedSettings {
		tried[change.key] = true
		if _, ok := change.set[change.key]; !ok {
			t.Errorf("the line of %s does not change it", change.key)
		}
	}
	for _, key := range settings.Keys() {
		if !tried[key] && !slices.Contains(chosenOnce, key) {
			t.Errorf("setting %s is not tried: add a line that says what its change touches", key)
		}
	}
}
