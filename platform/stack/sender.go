package stack

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/sesv2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// SenderArgs says who sends.
type SenderArgs struct {
	// Address must be confirmed by its owner, whom SES asks by mail, before anything can be sent.
	Address string
}

// Sender is the address that reports come from, with a configuration set that applies to all that it sends.
type Sender struct {
	pulumi.ResourceState

	IdentityArn         pulumi.StringOutput
	ConfigurationSetArn pulumi.StringOutput
}

// NewSender provisions the identity and a configuration set called name.
func NewSender(ctx *pulumi.Context, name string, args *SenderArgs, opts ...pulumi.ResourceOption) (*Sender, error) {
	s := &Sender{}
	if err := ctx.RegisterComponentResource("mejan:platform:Sender", name, s, opts...); err != nil {
		return nil, err
	}
	set, err := sesv2.NewConfigurationSet(ctx, name, &sesv2.ConfigurationSetArgs{
		ConfigurationSetName: pulumi.String(name),
		DeliveryOptions:      &sesv2.ConfigurationSetDeliveryOptionsArgs{TlsPolicy: pulumi.String("REQUIRE")},
		ReputationOptions: &sesv2.ConfigurationSetReputationOptionsArgs{
			ReputationMetricsEnabled: pulumi.Bool(true),
		},
	}, pulumi.Parent(s))
	if err != nil {
		return nil, err
	}
	identity, err := sesv2.NewEmailIdentity(ctx, name, &sesv2.EmailIdentityArgs{
		EmailIdentity:        pulumi.String(args.Address),
		ConfigurationSetName: set.ConfigurationSetName,
	}, pulumi.Parent(s))
	if err != nil {
		return nil, err
	}
	s.IdentityArn, s.ConfigurationSetArn = identity.Arn, set.Arn
	return s, ctx.RegisterResourceOutputs(s, pulumi.Map{"identityArn": s.IdentityArn})
}
