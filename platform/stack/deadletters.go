package stack

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/sqs"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// DeadLetters is a queue for events that could not be handled. It keeps them for 14 days, as long as SQS can.
type DeadLetters struct {
	pulumi.ResourceState

	Name pulumi.StringOutput
	Arn  pulumi.StringOutput
	URL  pulumi.StringOutput
}

// NewDeadLetters provisions the queue `<name>-dead-letters`.
func NewDeadLetters(ctx *pulumi.Context, name string, opts ...pulumi.ResourceOption) (*DeadLetters, error) {
	d := &DeadLetters{}
	name += "-dead-letters"
	if err := ctx.RegisterComponentResource("mejan:platform:DeadLetters", name, d, opts...); err != nil {
		return nil, err
	}
	queue, err := sqs.NewQueue(ctx, name, &sqs.QueueArgs{
		Name:                    pulumi.String(name),
		MessageRetentionSeconds: pulumi.Int(14 * 24 * 60 * 60),
		SqsManagedSseEnabled:    pulumi.Bool(true),
	}, pulumi.Parent(d))
	if err != nil {
		return nil, err
	}
	d.Name, d.Arn, d.URL = queue.Name, queue.Arn, queue.Url
	return d, ctx.RegisterResourceOutputs(d, pulumi.Map{"name": d.Name, "arn": d.Arn, "url": d.URL})
}
