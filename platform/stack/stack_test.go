package stack_test

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/platform/settings"
)

func dev(t *testing.T) (settings.Stage, plan) {
	t.Helper()
	s := committed(t, "dev")
	return s, run(t, s, exampleRelease("dev"))
}

// A stage without a release gets everything but the functions and what hangs on them: the repositories above all,
// without which no image could be pushed to make a release.
func TestNoRelease(t *testing.T) {
	s := committed(t, "dev")
	kinds := make(map[string]int)
	for _, r := range run(t, s, nil) {
		kind, _, _ := strings.Cut(strings.TrimPrefix(r.Type, "aws:"), ":")
		kinds[kind]++
	}
	want := map[string]int{
		"s3/bucketV2": 2, "s3/bucketVersioningV2": 2, "s3/bucketLifecycleConfigurationV2": 2,
		"s3/bucketServerSideEncryptionConfigurationV2": 2, "s3/bucketOwnershipControls": 2,
		"s3/bucketPublicAccessBlock": 2, "s3/bucketPolicy": 2,
		"cloudwatch/eventBus": 1, "dynamodb/table": 1,
		"sesv2/configurationSet": 1, "sesv2/emailIdentity": 1,
		"sns/topic": 1, "sns/topicPolicy": 1, "sns/topicSubscription": 1,
		"ecr/repository": 3, "ecr/lifecyclePolicy": 3,
	}
	if diff := cmp.Diff(want, kinds); diff != "" {
		t.Errorf("kinds of resources (-want +got):\n%s", diff)
	}
}

// A function gets the variables that it requires, no others, and each with a value.
func TestEnvironment(t *testing.T) {
	s, p := dev(t)
	for _, f := range pipeline.Functions() {
		inputs := p.one(t, "lambda/function", s.FunctionName(f)).Inputs
		set := dig(t, inputs, "environment", "variables").(map[string]any)
		if diff := cmp.Diff(f.Env(), slices.Sorted(maps.Keys(set))); diff != "" {
			t.Errorf("%s (-required +set):\n%s", f, diff)
		}
		_, err := f.Load(func(name string) (string, bool) {
			value, ok := set[name].(string)
			return value, ok
		})
		if err != nil {
			t.Errorf("%s: %v", f, err)
		}
	}
}

// Each function runs exactly the image that the release names for it, by digest.
func TestImages(t *testing.T) {
	s, p := dev(t)
	for f, digest := range exampleRelease("dev").Images {
		uri := dig(t, p.one(t, "lambda/function", s.FunctionName(f)).Inputs, "imageUri").(string)
		repository, got, _ := strings.Cut(uri, "@")
		if got != digest || !strings.HasSuffix(repository, "/mejan-dev/"+string(f)) {
			t.Errorf("%s runs %s, want %s of its own repository", f, uri, digest)
		}
	}
}

// A tag means the same image for ever.
func TestRepositories(t *testing.T) {
	_, p := dev(t)
	for _, r := range p.of("ecr/repository") {
		if got := r.Inputs["imageTagMutability"]; got != "IMMUTABLE" {
			t.Errorf("%s: tags are %v", r, got)
		}
	}
}

// The rule passes what the ingestor announces; with a pattern of its own it would wait for ever.
func TestEventPattern(t *testing.T) {
	s, p := dev(t)
	pattern := p.one(t, "cloudwatch/eventRule", "").Inputs["eventPattern"]
	want := map[string]any{
		"source":      []any{pipeline.EventSource},
		"detail-type": []any{pipeline.EventDetailType},
	}
	if diff := cmp.Diff(want, pattern); diff != "" {
		t.Errorf("pattern (-event +pattern):\n%s", diff)
	}
	target := p.one(t, "cloudwatch/eventTarget", "").Inputs
	bus := p.one(t, "cloudwatch/eventBus", "").Inputs["name"]
	sets := dig(t, p.one(t, "lambda/function", s.FunctionName(pipeline.Ingestor)).Inputs,
		"environment", "variables", pipeline.EnvEventBusName)
	if target["eventBusName"] != bus || sets != bus {
		t.Errorf("rule listens on %v, ingestor writes to %v, want both on %v", target["eventBusName"], sets, bus)
	}
}

// Every object under inputs/ starts the ingestor, once, whatever its name: the ingestor tells what it ignores, a filter
// does not. No object that a function writes starts it, or the pipeline would feed on itself.
func TestIntake(t *testing.T) {
	_, p := dev(t)
	rules := dig(t, p.one(t, "s3/bucketNotification", "").Inputs, "lambdaFunctions").([]any)
	day := time.Date(2018, 2, 12, 0, 0, 0, 0, time.UTC)
	for key, want := range map[string]int{
		"inputs/a.json": 1, "inputs/x/a.json.gz": 1, "inputs/a.JSON": 1, "inputs/a.Json.GZ": 1, "inputs/a.json\t": 1,
		"inputs/a.csv": 1, "inputs/": 1, pipeline.ReplayKey("rejects/r.jsonl", "2"): 1,
		"other/a.json": 0, "a.json": 0, pipeline.MarkerKey("e"): 0, pipeline.ProcessedKey(day, "r"): 0,
		pipeline.RejectsKey(day, "r"): 0, pipeline.AnalysisKey("r"): 0,
	} {
		starts := 0
		for i := range rules {
			prefix, suffix := dig(t, rules, i, "filterPrefix").(string), dig(t, rules, i, "filterSuffix")
			if suffix != nil {
				t.Errorf("rule %d asks for the suffix %v", i, suffix)
			}
			if strings.HasPrefix(key, prefix) {
				starts++
			}
		}
		if starts != want {
			t.Errorf("%q starts the ingestor %d times, want %d", key, starts, want)
		}
	}
}

// Markers outlive everything: when one expires, an old file that comes again is analysed and mailed again.
func TestMarkersNeverExpire(t *testing.T) {
	_, p := dev(t)
	day := time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)
	expires := func(key string) bool {
		rules := dig(t, p.one(t, "s3/bucketLifecycleConfigurationV2", "-data").Inputs, "rules").([]any)
		return slices.ContainsFunc(rules, func(rule any) bool {
			return dig(t, rule, "expiration") != nil && strings.HasPrefix(key, dig(t, rule, "filter", "prefix").(string))
		})
	}
	// An ETag may begin with any hexadecimal digit.
	for _, digit := range "0123456789abcdef" {
		if key := pipeline.MarkerKey(strings.Repeat(string(digit), 32)); expires(key) {
			t.Errorf("%q expires", key)
		}
	}
	for _, key := range []string{
		"inputs/a.json", pipeline.ProcessedKey(day, "r"), pipeline.RejectsKey(day, "r"),
	} {
		if !expires(key) {
			t.Errorf("%q never expires", key)
		}
	}
}

// The keys of the table and of its index, and the filter on its stream, are spelled as the contract spells them.
func TestTable(t *testing.T) {
	_, p := dev(t)
	spelled := func(field string) string {
		f, _ := reflect.TypeFor[pipeline.Item]().FieldByName(field)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		return name
	}
	table := p.one(t, "dynamodb/table", "").Inputs
	if key := table["hashKey"]; key != spelled("AnalysisID") {
		t.Errorf("hash key %v, want %q", key, spelled("AnalysisID"))
	}
	index := []any{map[string]any{
		"name": pipeline.ReportsIndex, "hashKey": spelled("Interval"), "rangeKey": spelled("AsOf"),
		"projectionType": "INCLUDE", "nonKeyAttributes": []any{spelled("Fingerprint")},
	}}
	if diff := cmp.Diff(index, table["globalSecondaryIndexes"]); diff != "" {
		t.Errorf("index (-want +got):\n%s", diff)
	}
	mapping := p.one(t, "lambda/eventSourceMapping", "").Inputs
	pattern, err := json.Marshal(dig(t, mapping, "filterCriteria", "filters", 0, "pattern"))
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"eventName":["INSERT"]}`; string(pattern) != want {
		t.Errorf("filter %s, want %s", pattern, want)
	}
}

// Whatever the stream still holds when the mapping begins is mailed, and a record that always fails blocks nothing for
// long.
func TestDelivery(t *testing.T) {
	_, p := dev(t)
	mapping := p.one(t, "lambda/eventSourceMapping", "").Inputs
	if mapping["startingPosition"] != "TRIM_HORIZON" || mapping["maximumRecordAgeInSeconds"] != 86_400.0 {
		t.Errorf("from %v, up to %v s old, want all that the stream holds for a day",
			mapping["startingPosition"], mapping["maximumRecordAgeInSeconds"])
	}
	if retries, ok := mapping["maximumRetryAttempts"].(float64); !ok || retries < 1 || retries > 10 {
		t.Errorf("%v retries, want 1 to 10", mapping["maximumRetryAttempts"])
	}
}

// Services prove where a call comes from by what they are documented to send: S3 by bucket and account, because the ARN
// of a bucket has none, EventBridge by the rule alone.
func TestPermissions(t *testing.T) {
	_, p := dev(t)
	for name, want := range map[string]any{"-intake": "123456789012", "-route": nil} {
		permission := p.one(t, "lambda/permission", name).Inputs
		if permission["sourceArn"] == nil || permission["sourceAccount"] != want {
			t.Errorf("%s: from %v of account %v, want account %v",
				name, permission["sourceArn"], permission["sourceAccount"], want)
		}
	}
}

// What must exist first is waited for: AWS refuses, or a function fails, where it does not.
func TestOrder(t *testing.T) {
	s, p := dev(t)
	function := s.FunctionName(pipeline.Ingestor)
	for _, tt := range []struct{ kind, name, after string }{
		{"lambda/function", function, "aws:cloudwatch/logGroup:LogGroup " + function},
		{"lambda/function", function, "aws:iam/rolePolicy:RolePolicy " + function},
		{"s3/bucketNotification", "", "aws:lambda/permission:Permission mejan-dev-intake"},
		{"cloudwatch/eventTarget", "", "aws:lambda/permission:Permission mejan-dev-route"},
		{"cloudwatch/eventTarget", "", "aws:sqs/queuePolicy:QueuePolicy mejan-dev-route"},
		{"s3/bucketPolicy", "-data", "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock mejan-dev-data"},
	} {
		r := p.one(t, tt.kind, tt.name)
		if !slices.Contains(r.After, tt.after) {
			t.Errorf("%s does not wait for %s but for %v", r, tt.after, r.After)
		}
	}
}

// What a protected stage cannot lose is what nothing can bring back: data, history, and what people have confirmed. The
// rest stays replaceable, so that a setting can change it. Other stages protect nothing, so that they can be destroyed.
func TestProtect(t *testing.T) {
	want := []string{
		"cloudwatch/logGroup", "dynamodb/table", "ecr/repository", "s3/bucketLifecycleConfigurationV2",
		"s3/bucketOwnershipControls", "s3/bucketPolicy", "s3/bucketPublicAccessBlock",
		"s3/bucketServerSideEncryptionConfigurationV2", "s3/bucketV2", "s3/bucketVersioningV2", "sns/topic", "sqs/queue",
	}
	for _, protect := range []bool{true, false} {
		s := committed(t, "prod")
		s.Protect, s.ForceDestroy = protect, !protect
		p := run(t, s, exampleRelease("prod"))
		var protected, open []string
		for _, r := range p {
			kind, _, _ := strings.Cut(strings.TrimPrefix(r.Type, "aws:"), ":")
			if r.Protect {
				protected = append(protected, kind)
			} else {
				open = append(open, kind)
			}
		}
		slices.Sort(protected)
		protected = slices.Compact(protected)
		if protect {
			if diff := cmp.Diff(want, protected); diff != "" {
				t.Errorf("protected types (-want +got):\n%s", diff)
			}
			for _, kind := range open {
				if slices.Contains(want, kind) {
					t.Errorf("one of type %s is not protected", kind)
				}
			}
		} else if len(protected) > 0 {
			t.Errorf("protected without the setting: %v", protected)
		}
		for _, r := range p.of("s3/bucketV2") {
			if r.Inputs["forceDestroy"] == protect {
				t.Errorf("%s: force destroy %v, protect %v", r, r.Inputs["forceDestroy"], protect)
			}
		}
		table := p.one(t, "dynamodb/table", "").Inputs
		if table["deletionProtectionEnabled"] != protect || dig(t, table, "pointInTimeRecovery", "enabled") != protect {
			t.Errorf("protect %v, and the table can be deleted or not be restored: %v", protect, table)
		}
	}
}
