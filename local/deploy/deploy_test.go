package deploy_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lambda"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/mejan/mejan/local/deploy"
)

// What the local cloud does not know of a program is an error that names it, and never passed over.
func TestUnknown(t *testing.T) {
	for name, c := range map[string]struct {
		kind   string
		inputs pulumi.Map
		want   []string
	}{
		"type":     {"aws:kinesis/stream:Stream", nil, []string{`aws:kinesis/stream:Stream "it"`, "does not know this type"}},
		"property": {"aws:sqs/queue:Queue", pulumi.Map{"fifoQueue": pulumi.Bool(true)}, []string{`Queue "it"`, "fifoQueue"}},
		"value": {
			"aws:s3/bucketVersioningV2:BucketVersioningV2",
			pulumi.Map{"bucket": pulumi.String("b"), "versioningConfiguration": pulumi.Map{"status": pulumi.String("Suspended")}},
			[]string{`"Suspended"`},
		},
		"nothing": {"aws:sqs/queue:Queue", nil, []string{"no bucket whose notifications start a function"}},
	} {
		t.Run(name, func(t *testing.T) {
			var target deploy.Target
			_, err := deploy.Run(func(ctx *pulumi.Context) error {
				var r pulumi.CustomResourceState
				return ctx.RegisterResource(c.kind, "it", c.inputs, &r)
			}, "test", &target, nil)
			if err == nil {
				t.Fatal("deployed")
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error %v; want %s", err, want)
				}
			}
		})
	}
}

// The program asks whether functions exist before it goes on without a release: the local cloud answers as AWS does.
func TestLookUp(t *testing.T) {
	target := deploy.Target{Region: "us-east-1"}
	_, err := deploy.Run(func(ctx *pulumi.Context) error {
		_, err := lambda.LookupFunction(ctx, &lambda.LookupFunctionArgs{FunctionName: "mejan-dev-ingestor"})
		return err
	}, "dev", &target, nil)
	const want = "ResourceNotFoundException: Function not found: arn:aws:lambda:us-east-1:000000000000:function:mejan-dev-ingestor"
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error %v; want %s", err, want)
	}
}
