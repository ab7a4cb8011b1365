package stack_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mejan/mejan/platform/settings"
)

// Names are as long as AWS allows even with the longest prefix, stage and region.
func TestNamesFit(t *testing.T) {
	s := longest(t)
	limits := map[string]struct {
		property string
		most     int
		// random is what Pulumi appends where the program gives no name.
		random int
	}{
		"aws:s3/bucketV2:BucketV2":                    {"", 63, len("-1a2b3c4")},
		"aws:lambda/permission:Permission":            {"", 100, len("-1a2b3c4")},
		"aws:iam/role:Role":                           {"name", 64, 0},
		"aws:lambda/function:Function":                {"name", 64, 0},
		"aws:cloudwatch/eventRule:EventRule":          {"name", 64, 0},
		"aws:sesv2/configurationSet:ConfigurationSet": {"configurationSetName", 64, 0},
		"aws:sqs/queue:Queue":                         {"name", 80, 0},
		"aws:iam/rolePolicy:RolePolicy":               {"name", 128, 0},
		"aws:cloudwatch/metricAlarm:MetricAlarm":      {"name", 255, 0},
		"aws:dynamodb/table:Table":                    {"name", 255, 0},
		"aws:cloudwatch/eventBus:EventBus":            {"name", 256, 0},
		"aws:ecr/repository:Repository":               {"name", 256, 0},
		"aws:sns/topic:Topic":                         {"name", 256, 0},
		"aws:cloudwatch/logGroup:LogGroup":            {"name", 512, 0},
	}
	checked := make(map[string]bool)
	for _, r := range run(t, s, exampleRelease(s.Name)) {
		limit, known := limits[r.Type]
		name, named := r.Inputs["name"].(string)
		if limit.property == "" {
			name = r.Name
		} else if limit.property != "name" {
			name, _ = r.Inputs[limit.property].(string)
		}
		switch {
		case !known && named:
			t.Errorf("%s: add the limit of its name to this test", r)
		case known && (name == "" || len(name)+limit.random > limit.most):
			t.Errorf("%s: %q is longer than %d, or empty", r, name, limit.most-limit.random)
		case known:
			checked[r.Type] = true
		}
	}
	if len(checked) != len(limits) {
		t.Errorf("checked %d kinds of names, want %d", len(checked), len(limits))
	}
}

// longest is a stage whose name, prefix and region are as long as they may be.
func longest(t *testing.T) settings.Stage {
	t.Helper()
	name := strings.Repeat("s", 20)
	path := filepath.Join(t.TempDir(), "Pulumi."+name+".yaml")
	text := "config:\n  aws:region: ap-southeast-1\n  mejan:prefix: " + strings.Repeat("p", 19) +
		"\n  mejan:modelId: global.amazon.nova-2-lite-v1:0\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := settings.LocalFromFile(path, name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// A second copy in the account shares no name with the first, and the same stage in another region shares none that an
// account has only once.
func TestCopies(t *testing.T) {
	names := func(prefix, region string) map[string]bool {
		s := committed(t, "dev")
		s.AWS.Prefix, s.AWS.Region = prefix, region
		found := make(map[string]bool)
		for _, r := range run(t, s, exampleRelease("dev")) {
			name := r.Inputs["name"]
			if r.Type == "aws:iam/rolePolicy:RolePolicy" {
				name = nil // unique within its role
			}
			if name == nil {
				name = r.Inputs["configurationSetName"]
			}
			if name, ok := name.(string); ok {
				found[r.Type+" "+name] = true
			}
		}
		return found
	}
	first := names("mejan-dev", "us-east-1")
	for name := range names("desk-dev", "us-east-1") {
		if first[name] {
			t.Errorf("both copies have %s", name)
		}
	}
	roles := 0
	for name := range names("mejan-dev", "eu-west-1") {
		if strings.HasPrefix(name, "aws:iam/role:") {
			roles++
			if first[name] {
				t.Errorf("both regions have %s", name)
			}
		}
	}
	if roles != 3 {
		t.Errorf("%d roles, want 3", roles)
	}
}
