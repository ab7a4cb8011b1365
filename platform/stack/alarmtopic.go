package stack

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/sns"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// AlarmTopicArgs says who hears of alarms.
type AlarmTopicArgs struct {
	// Email must confirm the subscription, which SNS asks for by mail.
	Email string
	// Account is the id of the account whose alarms may be published.
	Account string
	// Protect keeps the topic from being deleted, and its confirmed subscription with it. The subscription itself stays
	// replaceable: another address is another subscription.
	Protect bool
}

// AlarmTopic tells people of alarms.
type AlarmTopic struct {
	pulumi.ResourceState

	Arn pulumi.StringOutput
}

// NewAlarmTopic provisions a topic called name and its subscription.
func NewAlarmTopic(
	ctx *pulumi.Context, name string, args *AlarmTopicArgs, opts ...pulumi.ResourceOption,
) (*AlarmTopic, error) {
	t := &AlarmTopic{}
	if err := ctx.RegisterComponentResource("mejan:platform:AlarmTopic", name, t, opts...); err != nil {
		return nil, err
	}
	// Not encrypted with AWS's key for SNS: CloudWatch may not use that one, and alarms would be lost without a trace.
	topic, err := sns.NewTopic(ctx, name, &sns.TopicArgs{Name: pulumi.String(name)},
		pulumi.Parent(t), pulumi.Protect(args.Protect))
	if err != nil {
		return nil, err
	}
	t.Arn = topic.Arn
	if _, err = sns.NewTopicPolicy(ctx, name, &sns.TopicPolicyArgs{
		Arn: t.Arn,
		Policy: policy(Statement{
			Principal: awsService("cloudwatch.amazonaws.com"),
			Actions:   []string{"sns:Publish"},
			Resources: pulumi.StringArray{t.Arn},
			Condition: pulumi.Map{"StringEquals": pulumi.StringMap{"aws:SourceAccount": pulumi.String(args.Account)}},
		}),
	}, pulumi.Parent(t)); err != nil {
		return nil, err
	}
	if _, err = sns.NewTopicSubscription(ctx, name, &sns.TopicSubscriptionArgs{
		Topic:    t.Arn,
		Protocol: pulumi.String("email"),
		Endpoint: pulumi.String(args.Email),
	}, pulumi.Parent(t)); err != nil {
		return nil, err
	}
	return t, ctx.RegisterResourceOutputs(t, pulumi.Map{"arn": t.Arn})
}
