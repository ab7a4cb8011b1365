package stack

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lambda"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/mejan/mejan/functions/pipeline"
)

// IntakeArgs connects a bucket to a function.
type IntakeArgs struct {
	Bucket   *Bucket
	Function *Function
	// Account is the id of the account that the bucket must belong to: a bucket's name can pass to another owner.
	Account string
}

// Intake starts a function for each object that is put under the prefix of inputs into a bucket.
type Intake struct{ pulumi.ResourceState }

// NewIntake provisions the notification and the permission that it needs.
func NewIntake(ctx *pulumi.Context, name string, args *IntakeArgs, opts ...pulumi.ResourceOption) (*Intake, error) {
	i := &Intake{}
	if err := ctx.RegisterComponentResource("mejan:platform:Intake", name, i, opts...); err != nil {
		return nil, err
	}
	permission, err := lambda.NewPermission(ctx, name, &lambda.PermissionArgs{
		Action:        pulumi.String("lambda:InvokeFunction"),
		Function:      args.Function.Name,
		Principal:     pulumi.String("s3.amazonaws.com"),
		SourceArn:     args.Bucket.Arn,
		SourceAccount: pulumi.String(args.Account),
	}, pulumi.Parent(i))
	if err != nil {
		return nil, err
	}
	// S3 tries the permission before it takes a notification.
	if _, err = s3.NewBucketNotification(ctx, name, &s3.BucketNotificationArgs{
		Bucket: args.Bucket.Name,
		// The prefix alone: S3's filters know one case only, and a file that they leave out vanishes without a word. The
		// ingestor decides what an input is, and says and counts what is not one.
		LambdaFunctions: s3.BucketNotificationLambdaFunctionArray{
			&s3.BucketNotificationLambdaFunctionArgs{
				Id:                pulumi.String("inputs"),
				LambdaFunctionArn: args.Function.Arn,
				Events:            pulumi.ToStringArray([]string{"s3:ObjectCreated:*"}),
				FilterPrefix:      pulumi.String(pipeline.InputPrefix),
			},
		},
	}, pulumi.Parent(i), pulumi.DependsOn([]pulumi.Resource{permission})); err != nil {
		return nil, err
	}
	return i, ctx.RegisterResourceOutputs(i, pulumi.Map{})
}
