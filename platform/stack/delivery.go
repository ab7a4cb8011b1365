package stack

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lambda"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// DeliveryArgs connects the table of analyses to a function.
type DeliveryArgs struct {
	Analyses *Analyses
	Function *Function
	// Failures gets the records that the function could not handle, whole: a queue would get only their places in the
	// stream, which forgets them after a day.
	Failures *Bucket
}

// Delivery starts a function for each new analysis.
type Delivery struct {
	pulumi.ResourceState

	// MappingID is the id under which Lambda counts what the mapping does.
	MappingID pulumi.StringOutput
}

// The retries bound a record that always fails: unbounded, Lambda's default, it would block its shard for a day. The
// age is the stream's own, which forgets after a day: a lower one would give up the very records that the starting
// position is there for.
const (
	deliveryBatch      = 10
	deliveryRetries    = 10
	deliveryAgeSeconds = 24 * 60 * 60
)

// onlyInserts keeps changes of an analysis, such as the record of its own delivery, from starting the function.
const onlyInserts = `{"eventName":["INSERT"]}`

// NewDelivery provisions the mapping of the table's stream to the function.
func NewDelivery(
	ctx *pulumi.Context, name string, args *DeliveryArgs, opts ...pulumi.ResourceOption,
) (*Delivery, error) {
	d := &Delivery{}
	if err := ctx.RegisterComponentResource("mejan:platform:Delivery", name, d, opts...); err != nil {
		return nil, err
	}
	mapping, err := lambda.NewEventSourceMapping(ctx, name, &lambda.EventSourceMappingArgs{
		EventSourceArn: args.Analyses.StreamArn,
		FunctionName:   args.Function.Arn,
		// From the beginning, so that an analysis that was stored before the mapping existed is mailed too. The ledger of
		// deliveries keeps those from being mailed twice that already were.
		StartingPosition:           pulumi.String("TRIM_HORIZON"),
		BatchSize:                  pulumi.Int(deliveryBatch),
		MaximumRetryAttempts:       pulumi.Int(deliveryRetries),
		MaximumRecordAgeInSeconds:  pulumi.Int(deliveryAgeSeconds),
		BisectBatchOnFunctionError: pulumi.Bool(true),
		FunctionResponseTypes:      pulumi.ToStringArray([]string{"ReportBatchItemFailures"}),
		FilterCriteria: &lambda.EventSourceMappingFilterCriteriaArgs{
			Filters: lambda.EventSourceMappingFilterCriteriaFilterArray{
				&lambda.EventSourceMappingFilterCriteriaFilterArgs{Pattern: pulumi.String(onlyInserts)},
			},
		},
		DestinationConfig: &lambda.EventSourceMappingDestinationConfigArgs{
			OnFailure: &lambda.EventSourceMappingDestinationConfigOnFailureArgs{DestinationArn: args.Failures.Arn},
		},
		// Counts records that were given up, which appear in no other metric.
		MetricsConfig: &lambda.EventSourceMappingMetricsConfigArgs{
			Metrics: pulumi.ToStringArray([]string{"EventCount"}),
		},
	}, pulumi.Parent(d))
	if err != nil {
		return nil, err
	}
	d.MappingID = mapping.Uuid
	return d, ctx.RegisterResourceOutputs(d, pulumi.Map{"mappingId": d.MappingID})
}
