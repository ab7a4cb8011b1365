package stack

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/dynamodb"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/mejan/mejan/functions/pipeline"
)

// AnalysesArgs says how the table of [Analyses] is guarded.
type AnalysesArgs struct {
	// Protect refuses the table's deletion and keeps every state of the last 35 days.
	Protect bool
}

// analysisID is the hash key, and the JSON name of the contract's Item.AnalysisID.
const analysisID = "analysis_id"

// Analyses is the table of analyses, and the stream of what is put into it.
type Analyses struct {
	pulumi.ResourceState

	Name      pulumi.StringOutput
	Arn       pulumi.StringOutput
	StreamArn pulumi.StringOutput
}

// NewAnalyses provisions a table called name.
func NewAnalyses(
	ctx *pulumi.Context, name string, args *AnalysesArgs, opts ...pulumi.ResourceOption,
) (*Analyses, error) {
	a := &Analyses{}
	if err := ctx.RegisterComponentResource("mejan:platform:Analyses", name, a, opts...); err != nil {
		return nil, err
	}
	table, err := dynamodb.NewTable(ctx, name, &dynamodb.TableArgs{
		Name:        pulumi.String(name),
		BillingMode: pulumi.String("PAY_PER_REQUEST"),
		HashKey:     pulumi.String(analysisID),
		Attributes: dynamodb.TableAttributeArray{
			&dynamodb.TableAttributeArgs{Name: pulumi.String(analysisID), Type: pulumi.String("S")},
			&dynamodb.TableAttributeArgs{Name: pulumi.String("interval"), Type: pulumi.String("S")},
			&dynamodb.TableAttributeArgs{Name: pulumi.String("as_of"), Type: pulumi.String("S")},
		},
		GlobalSecondaryIndexes: dynamodb.TableGlobalSecondaryIndexArray{
			&dynamodb.TableGlobalSecondaryIndexArgs{
				Name: pulumi.String(pipeline.ReportsIndex), HashKey: pulumi.String("interval"),
				RangeKey: pulumi.String("as_of"), ProjectionType: pulumi.String("INCLUDE"),
				NonKeyAttributes: pulumi.StringArray{pulumi.String("fingerprint")},
			},
		},
		StreamEnabled:             pulumi.Bool(true),
		StreamViewType:            pulumi.String("NEW_IMAGE"),
		PointInTimeRecovery:       &dynamodb.TablePointInTimeRecoveryArgs{Enabled: pulumi.Bool(args.Protect)},
		DeletionProtectionEnabled: pulumi.Bool(args.Protect),
	}, pulumi.Parent(a))
	if err != nil {
		return nil, err
	}
	a.Name, a.Arn, a.StreamArn = table.Name, table.Arn, table.StreamArn
	return a, ctx.RegisterResourceOutputs(a, pulumi.Map{"name": a.Name, "arn": a.Arn, "streamArn": a.StreamArn})
}
