package stack

import (
	"encoding/json"
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lambda"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/sqs"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/mejan/mejan/functions/pipeline"
)

// RouteArgs connects a bus to a function.
type RouteArgs struct {
	RuleName string
	// QueueName begins the name of the queue for events that the bus could not hand over.
	QueueName string
	Bus       *cloudwatch.EventBus
	Function  *Function
	// Protect keeps the queue from being deleted.
	Protect bool
}

// Route starts a function for each ingested file that is announced on a bus.
//
// There are two places where an event can be lost, so there are two queues: this one for events that the bus could not
// hand to Lambda, and the function's own for those that Lambda took and the function failed on.
type Route struct {
	pulumi.ResourceState

	DeadLetters *DeadLetters
}

// NewRoute provisions the rule, its target, and the permissions that they need.
func NewRoute(ctx *pulumi.Context, name string, args *RouteArgs, opts ...pulumi.ResourceOption) (*Route, error) {
	r := &Route{}
	if err := ctx.RegisterComponentResource("mejan:platform:Route", name, r, opts...); err != nil {
		return nil, err
	}
	pattern, err := json.Marshal(map[string][]string{
		"source":      {pipeline.EventSource},
		"detail-type": {pipeline.EventDetailType},
	})
	if err != nil {
		return nil, fmt.Errorf("encode event pattern: %w", err)
	}
	rule, err := cloudwatch.NewEventRule(ctx, name, &cloudwatch.EventRuleArgs{
		Name:         pulumi.String(args.RuleName),
		Description:  pulumi.String("A file has been ingested."),
		EventBusName: args.Bus.Name,
		EventPattern: pulumi.String(pattern),
	}, pulumi.Parent(r))
	if err != nil {
		return nil, err
	}
	r.DeadLetters, err = NewDeadLetters(ctx, args.QueueName, pulumi.Parent(r), pulumi.Protect(args.Protect))
	if err != nil {
		return nil, err
	}
	queuePolicy, err := sqs.NewQueuePolicy(ctx, name, &sqs.QueuePolicyArgs{
		QueueUrl: r.DeadLetters.URL,
		Policy: policy(Statement{
			Principal: awsService("events.amazonaws.com"),
			Actions:   []string{"sqs:SendMessage"},
			Resources: pulumi.StringArray{r.DeadLetters.Arn},
			Condition: pulumi.Map{"ArnEquals": pulumi.StringMap{"aws:SourceArn": rule.Arn}},
		}),
	}, pulumi.Parent(r))
	if err != nil {
		return nil, err
	}
	permission, err := lambda.NewPermission(ctx, name, &lambda.PermissionArgs{
		Action:    pulumi.String("lambda:InvokeFunction"),
		Function:  args.Function.Name,
		Principal: pulumi.String("events.amazonaws.com"),
		// Without an account, which EventBridge is not documented to send; the ARN holds it.
		SourceArn: rule.Arn,
	}, pulumi.Parent(r))
	if err != nil {
		return nil, err
	}
	// Last, so that no event comes before it may pass.
	if _, err = cloudwatch.NewEventTarget(ctx, name, &cloudwatch.EventTargetArgs{
		EventBusName:     args.Bus.Name,
		Rule:             rule.Name,
		TargetId:         pulumi.String("analyzer"),
		Arn:              args.Function.Arn,
		DeadLetterConfig: &cloudwatch.EventTargetDeadLetterConfigArgs{Arn: r.DeadLetters.Arn},
		// An hour outlasts most outages; EventBridge would try for a day, and the mail would be about yesterday.
		RetryPolicy: &cloudwatch.EventTargetRetryPolicyArgs{
			MaximumEventAgeInSeconds: pulumi.Int(60 * 60),
			MaximumRetryAttempts:     pulumi.Int(20),
		},
	}, pulumi.Parent(r), pulumi.DependsOn([]pulumi.Resource{permission, queuePolicy})); err != nil {
		return nil, err
	}
	return r, ctx.RegisterResourceOutputs(r, pulumi.Map{})
}
