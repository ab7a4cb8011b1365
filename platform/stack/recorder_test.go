package stack_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/platform/release"
	"github.com/mejan/mejan/platform/settings"
	"github.com/mejan/mejan/platform/stack"
)

// registration is one resource as the program asks for it.
type registration struct {
	Type string `json:"type"`
	Name string `json:"name"`
	// Parent is the component that the resource belongs to.
	Parent  string `json:"parent,omitempty"`
	Protect bool   `json:"protect,omitempty"`
	// KeptUntilReplaced tells that the program forbids to delete it before its replacement exists.
	KeptUntilReplaced bool `json:"-"`
	// After is what must exist before it.
	After []string `json:"-"`
	// Inputs holds what the program sets; JSON within text is spread out.
	Inputs map[string]any `json:"inputs"`
}

func (r registration) String() string { return r.Type + " " + r.Name }

// recorder stands for AWS: it writes down what the program registers and answers with made-up outputs.
type recorder struct {
	region string
	// functions exist in the account. lookup, if set, is what looking one up fails with instead.
	functions []string
	lookup    string

	mu  sync.Mutex
	all []registration
}

func (r *recorder) NewResource(args pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	rpc := args.RegisterRPC
	entry := registration{
		Type: args.TypeToken, Name: args.Name, Parent: label(rpc.GetParent()), Protect: rpc.GetProtect(),
		KeptUntilReplaced: rpc.GetDeleteBeforeReplaceDefined() && !rpc.GetDeleteBeforeReplace(),
		Inputs:            spread(args.Inputs.Mappable()).(map[string]any),
	}
	for _, urn := range rpc.GetDependencies() {
		entry.After = append(entry.After, label(urn))
	}
	if !args.Custom {
		return "", args.Inputs, nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all = append(r.all, entry)
	return args.Name + "-id", r.answer(args), nil
}

func (r *recorder) Call(args pulumi.MockCallArgs) (resource.PropertyMap, error) {
	switch args.Token {
	case "aws:index/getCallerIdentity:getCallerIdentity":
		return resource.PropertyMap{
			"accountId": resource.NewStringProperty("123456789012"),
			"arn":       resource.NewStringProperty("arn:" + partition(r.region) + ":sts::123456789012:assumed-role/deploy/ci"),
		}, nil
	case "aws:lambda/getFunction:getFunction":
		return r.lookUp(args.Args["functionName"].StringValue())
	default:
		return nil, fmt.Errorf("the program calls %s, which nothing answers", args.Token)
	}
}

// partition is the partition of a region.
func partition(region string) string {
	switch {
	case strings.HasPrefix(region, "us-gov-"):
		return "aws-us-gov"
	case strings.HasPrefix(region, "cn-"):
		return "aws-cn"
	default:
		return "aws"
	}
}

// lookUp answers in the words of the AWS provider; Lambda's own are the last part.
func (r *recorder) lookUp(function string) (resource.PropertyMap, error) {
	switch {
	case r.lookup != "":
		return nil, errors.New(strings.ReplaceAll(r.lookup, "NAME", function))
	case slices.Contains(r.functions, function):
		return resource.PropertyMap{"functionName": resource.NewStringProperty(function)}, nil
	default:
		return nil, errors.New(strings.ReplaceAll(notFound, "NAME", function))
	}
}

// notFound is the provider's error about a function called NAME that does not exist.
const notFound = "invocation of aws:lambda/getFunction:getFunction returned an error: " +
	"invoking aws:lambda/getFunction:getFunction: 1 error occurred:\n\t* " +
	"reading Lambda Function (NAME) latest version: operation error Lambda: ListVersionsByFunction, " +
	"https response error StatusCode: 404, RequestID: 6b5c0f8e-0000-4000-8000-000000000000, " +
	"ResourceNotFoundException: Function not found: arn:aws:lambda:us-east-1:123456789012:function:NAME\n\n"

// arns is how AWS names what the program reads the name of.
var arns = map[string]string{
	"aws:s3/bucketV2:BucketV2":                    "arn:PARTITION:s3:::%s-1a2b3c4",
	"aws:sqs/queue:Queue":                         "arn:PARTITION:sqs:REGION:123456789012:%s",
	"aws:iam/role:Role":                           "arn:PARTITION:iam::123456789012:role/%s",
	"aws:cloudwatch/logGroup:LogGroup":            "arn:PARTITION:logs:REGION:123456789012:log-group:/aws/lambda/%s",
	"aws:lambda/function:Function":                "arn:PARTITION:lambda:REGION:123456789012:function:%s",
	"aws:cloudwatch/eventBus:EventBus":            "arn:PARTITION:events:REGION:123456789012:event-bus/%s",
	"aws:cloudwatch/eventRule:EventRule":          "arn:PARTITION:events:REGION:123456789012:rule/%s",
	"aws:dynamodb/table:Table":                    "arn:PARTITION:dynamodb:REGION:123456789012:table/%s",
	"aws:sesv2/configurationSet:ConfigurationSet": "arn:PARTITION:ses:REGION:123456789012:configuration-set/%s",
	"aws:sesv2/emailIdentity:EmailIdentity":       "arn:PARTITION:ses:REGION:123456789012:identity/sender-of-%s",
	"aws:sns/topic:Topic":                         "arn:PARTITION:sns:REGION:123456789012:%s",
	"aws:cloudwatch/metricAlarm:MetricAlarm":      "arn:PARTITION:cloudwatch:REGION:123456789012:alarm:%s",
	"aws:ecr/repository:Repository":               "arn:PARTITION:ecr:REGION:123456789012:repository/%s",
}

// answer is the outputs of a resource: its inputs, and what AWS would make up.
func (r *recorder) answer(args pulumi.MockResourceArgs) resource.PropertyMap {
	out := args.Inputs.Copy()
	set := func(key, value string) { out[resource.PropertyKey(key)] = resource.NewStringProperty(value) }
	arn := ""
	if format, ok := arns[args.TypeToken]; ok {
		arn = fmt.Sprintf(strings.NewReplacer("PARTITION", partition(r.region), "REGION", r.region).Replace(format), args.Name)
		set("arn", arn)
	}
	switch args.TypeToken {
	case "aws:iam/openIdConnectProvider:OpenIdConnectProvider":
		set("arn", "arn:"+partition(r.region)+":iam::123456789012:oidc-provider/token.actions.githubusercontent.com")
	case "aws:s3/bucketV2:BucketV2":
		set("bucket", args.Name+"-1a2b3c4")
	case "aws:dynamodb/table:Table":
		set("streamArn", arn+"/stream/2026-01-02T03:04:05.000")
	case "aws:sqs/queue:Queue":
		set("url", "https://sqs."+r.region+".amazonaws.com/123456789012/"+args.Name)
	case "aws:ecr/repository:Repository":
		set("repositoryUrl", "123456789012.dkr.ecr."+r.region+".amazonaws.com/"+args.Name)
	case "aws:lambda/eventSourceMapping:EventSourceMapping":
		set("uuid", "11111111-2222-3333-4444-555555555555")
	}
	return out
}

// label is `type name` of a URN, and "" for the stack.
func label(urn string) string {
	parts := strings.Split(urn, "::")
	if len(parts) < 4 || strings.HasPrefix(parts[2], "pulumi:pulumi:Stack") && !strings.Contains(parts[2], "$") {
		return ""
	}
	types := strings.Split(parts[2], "$")
	return types[len(types)-1] + " " + parts[3]
}

// spread turns text that is a JSON object into that object, so that a policy can be read and searched.
func spread(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for key := range v {
			v[key] = spread(v[key])
		}
	case []any:
		for i := range v {
			v[i] = spread(v[i])
		}
	case string:
		var object map[string]any
		if strings.HasPrefix(v, "{") && json.Unmarshal([]byte(v), &object) == nil {
			return object
		}
	}
	return v
}

// plan is what the program registers, sorted by name, then type.
type plan []registration

// run runs the program with the committed settings of a stage.
func run(t *testing.T, s settings.Stage, r *release.Release) plan {
	t.Helper()
	rec := &recorder{region: s.AWS.Region}
	if err := pulumi.RunErr(stack.Program(s, r), pulumi.WithMocks("mejan", s.Name, rec)); err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(rec.all, func(a, b registration) int {
		return strings.Compare(a.Name+" "+a.Type, b.Name+" "+b.Type)
	})
	return rec.all
}

func committed(t *testing.T, stage string) settings.Stage {
	t.Helper()
	s, err := settings.LocalFromFile(filepath.Join("..", "..", "Pulumi."+stage+".yaml"), stage)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func exampleRelease(stage string) *release.Release {
	r := &release.Release{Stage: stage, Source: strings.Repeat("0", 40), Images: map[pipeline.Function]string{}}
	for i, f := range pipeline.Functions() {
		r.Images[f] = "sha256:" + strings.Repeat(string(rune('a'+i)), 64)
	}
	return r
}

// of is the registrations of one type, such as lambda/function.
func (p plan) of(kind string) plan {
	var found plan
	for _, r := range p {
		if strings.HasPrefix(r.Type, "aws:"+kind+":") {
			found = append(found, r)
		}
	}
	return found
}

// one is the only registration of a type whose name ends so.
func (p plan) one(t *testing.T, kind, suffix string) registration {
	t.Helper()
	var found plan
	for _, r := range p.of(kind) {
		if strings.HasSuffix(r.Name, suffix) {
			found = append(found, r)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%d resources of type %s end in %q, want one: %v", len(found), kind, suffix, found)
	}
	return found[0]
}

// dig follows keys, and numbers for list elements, into inputs.
func dig(t *testing.T, v any, path ...any) any {
	t.Helper()
	for _, step := range path {
		switch step := step.(type) {
		case string:
			m, ok := v.(map[string]any)
			if !ok {
				t.Fatalf("%v: no object at %q but %v", path, step, v)
			}
			v = m[step]
		case int:
			list, ok := v.([]any)
			if !ok || step >= len(list) {
				t.Fatalf("%v: no element %d in %v", path, step, v)
			}
			v = list[step]
		}
	}
	return v
}
