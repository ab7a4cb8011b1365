package stack

import (
	"path"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lambda"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/mejan/mejan/platform/release"
	"github.com/mejan/mejan/platform/settings"
)

// FunctionArgs says what a [Function] runs and what it may do.
type FunctionArgs struct {
	Description string
	// RoleName is the physical name of the role. It must be unique in the account, not only in the region.
	RoleName string
	// Image is the image's repository and digest.
	Image       pulumi.StringInput
	Size        settings.Function
	Environment pulumi.StringMap
	// Grants is what the function may do, beyond its own log and dead-letter queue.
	Grants  []Statement
	LogDays int
	// Protect keeps the log and the dead-letter queue from being deleted.
	Protect bool
	// Asynchronous tells that the function is started by events that nobody waits for, so that it gets a queue for those
	// that it fails on.
	Asynchronous bool
}

// Lambda's own limits on how long it holds, and how often it repeats, an event that nobody waits for.
const (
	eventAgeSeconds = 6 * 60 * 60
	eventRetries    = 2
)

// Function is a function with a role, a log and, where it is [FunctionArgs.Asynchronous], a dead-letter queue.
type Function struct {
	pulumi.ResourceState

	Name pulumi.StringOutput
	Arn  pulumi.StringOutput
	// DeadLetters is nil where nothing asynchronous starts the function.
	DeadLetters *DeadLetters
}

// NewFunction provisions a function called name.
func NewFunction(
	ctx *pulumi.Context, name string, args *FunctionArgs, opts ...pulumi.ResourceOption,
) (*Function, error) {
	f := &Function{}
	if err := ctx.RegisterComponentResource("mejan:platform:Function", name, f, opts...); err != nil {
		return nil, err
	}
	// Made before the function, which would make one that keeps its lines for ever.
	log, err := cloudwatch.NewLogGroup(ctx, name, &cloudwatch.LogGroupArgs{
		Name:            pulumi.String("/aws/lambda/" + name),
		RetentionInDays: pulumi.Int(args.LogDays),
	}, pulumi.Parent(f), pulumi.Protect(args.Protect))
	if err != nil {
		return nil, err
	}
	grants := append([]Statement{{
		Actions:   []string{"logs:CreateLogStream", "logs:PutLogEvents"},
		Resources: pulumi.StringArray{pulumi.Sprintf("%s:*", log.Arn)},
	}}, args.Grants...)
	if args.Asynchronous {
		if f.DeadLetters, err = NewDeadLetters(ctx, name, pulumi.Parent(f), pulumi.Protect(args.Protect)); err != nil {
			return nil, err
		}
		grants = append(grants, Statement{
			Actions: []string{"sqs:SendMessage"}, Resources: pulumi.StringArray{f.DeadLetters.Arn},
		})
	}
	role, allowed, err := f.role(ctx, name, args.RoleName, grants)
	if err != nil {
		return nil, err
	}
	// A function that starts before its role has its grants would fail at first, and a stream is connected only to a
	// function whose role may read it.
	function, err := lambda.NewFunction(ctx, name, lambdaArgs(name, args, role, log),
		pulumi.Parent(f), pulumi.DependsOn([]pulumi.Resource{allowed}))
	if err != nil {
		return nil, err
	}
	f.Name, f.Arn = function.Name, function.Arn
	if args.Asynchronous {
		if err := f.keepFailed(ctx, name); err != nil {
			return nil, err
		}
	}
	return f, ctx.RegisterResourceOutputs(f, pulumi.Map{"name": f.Name, "arn": f.Arn})
}

func lambdaArgs(
	name string, args *FunctionArgs, role *iam.Role, log *cloudwatch.LogGroup,
) *lambda.FunctionArgs {
	function := &lambda.FunctionArgs{
		Name:          pulumi.String(name),
		Description:   pulumi.String(args.Description),
		PackageType:   pulumi.String("Image"),
		ImageUri:      args.Image,
		Architectures: pulumi.ToStringArray([]string{path.Base(release.LambdaPlatform)}),
		Role:          role.Arn,
		Timeout:       pulumi.Int(args.Size.TimeoutSeconds),
		MemorySize:    pulumi.Int(args.Size.MemoryMB),
		Environment:   &lambda.FunctionEnvironmentArgs{Variables: args.Environment},
		// Text, because the functions print JSON lines themselves, with metrics among them.
		LoggingConfig: &lambda.FunctionLoggingConfigArgs{LogFormat: pulumi.String("Text"), LogGroup: log.Name},
	}
	// Left out where it is 0, which Lambda takes for "never run".
	if args.Size.ReservedConcurrency > 0 {
		function.ReservedConcurrentExecutions = pulumi.Int(args.Size.ReservedConcurrency)
	}
	return function
}

// role makes the function's role, and the policy that the function must not start without.
func (f *Function) role(
	ctx *pulumi.Context, name, roleName string, grants []Statement,
) (*iam.Role, *iam.RolePolicy, error) {
	role, err := iam.NewRole(ctx, name, &iam.RoleArgs{
		Name: pulumi.String(roleName),
		AssumeRolePolicy: policy(Statement{
			Principal: awsService("lambda.amazonaws.com"), Actions: []string{"sts:AssumeRole"},
		}),
	}, pulumi.Parent(f))
	if err != nil {
		return nil, nil, err
	}
	// A new role gets its policy before the old role loses its own: the name is unique within a role only, so nothing has
	// to be deleted first.
	allowed, err := iam.NewRolePolicy(ctx, name, &iam.RolePolicyArgs{
		Name:   pulumi.String("grants"),
		Role:   role.Name,
		Policy: policy(grants...),
	}, pulumi.Parent(f), pulumi.DeleteBeforeReplace(false))
	return role, allowed, err
}

// keepFailed sends events that the function failed on to its dead-letter queue.
func (f *Function) keepFailed(ctx *pulumi.Context, name string) error {
	_, err := lambda.NewFunctionEventInvokeConfig(ctx, name, &lambda.FunctionEventInvokeConfigArgs{
		FunctionName:             f.Name,
		MaximumEventAgeInSeconds: pulumi.Int(eventAgeSeconds),
		MaximumRetryAttempts:     pulumi.Int(eventRetries),
		DestinationConfig: &lambda.FunctionEventInvokeConfigDestinationConfigArgs{
			OnFailure: &lambda.FunctionEventInvokeConfigDestinationConfigOnFailureArgs{
				Destination: f.DeadLetters.Arn,
			},
		},
	}, pulumi.Parent(f))
	return err
}
