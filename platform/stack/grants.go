package stack

import (
	"fmt"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/platform/settings"
)

// grants is all that a function may do beyond what every function may: write its log and fill its dead-letter queue.
func (f *foundation) grants(s settings.Stage, name pipeline.Function) []Statement {
	inputs := under(f.data, pipeline.InputPrefix)
	processed := under(f.data, pipeline.ProcessedPrefix)
	markers := under(f.data, pipeline.MarkerPrefix)
	rows := under(f.data, rowsPrefix)
	rejects := under(f.data, pipeline.RejectsPrefix)
	analyses := under(f.data, pipeline.AnalysesPrefix)
	table := pulumi.StringArray{f.analyses.Arn}

	switch name {
	case pipeline.Ingestor:
		// Not s3:ListBucket: the ingestor is told what to read. Without it a marker that does not exist answers 403.
		return []Statement{
			{Actions: []string{"s3:GetObject"}, Resources: pulumi.StringArray{inputs}},
			{Actions: []string{"s3:GetObject"}, Resources: pulumi.StringArray{markers}},
			{Actions: []string{"s3:PutObject", "s3:AbortMultipartUpload"}, Resources: pulumi.StringArray{processed, rejects}},
			{Actions: []string{"events:PutEvents"}, Resources: pulumi.StringArray{f.bus.Arn}},
		}
	case pipeline.Analyzer:
		return []Statement{
			{Actions: []string{"s3:GetObject"}, Resources: pulumi.StringArray{rows}},
			{Actions: []string{"s3:PutObject"}, Resources: pulumi.StringArray{analyses}},
			{Actions: []string{"dynamodb:GetItem", "dynamodb:PutItem"}, Resources: table},
			{Actions: []string{"dynamodb:Query"}, Resources: pulumi.StringArray{
				pulumi.Sprintf("%s/index/%s", f.analyses.Arn, pipeline.ReportsIndex),
			}},
			{Actions: []string{"bedrock:InvokeModel"}, Resources: f.models(s.Model)},
		}
	case pipeline.Notifier:
		return []Statement{
			{Actions: []string{"dynamodb:UpdateItem"}, Resources: table},
			{
				Actions: []string{
					"dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator",
				},
				Resources: pulumi.StringArray{f.analyses.StreamArn},
			},
			// ListStreams has no resource-level permission.
			{Actions: []string{"dynamodb:ListStreams"}, Resources: pulumi.StringArray{pulumi.String("*")}},
			{Actions: []string{"ses:SendEmail"}, Resources: f.mailIdentities(s)},
			// The stream mapping writes what could not be delivered, in the function's name.
			{Actions: []string{"s3:PutObject"}, Resources: pulumi.StringArray{under(f.failures, "")}},
			{Actions: []string{"s3:ListBucket"}, Resources: pulumi.StringArray{f.failures.Arn}},
		}
	default:
		return nil
	}
}

// mailIdentities is what SES asks permission for: the sender, the configuration set that the sender brings along, and,
// as long as the account is in SES's sandbox, each receiver as well, the one of smoke tests included.
func (f *foundation) mailIdentities(s settings.Stage) pulumi.StringArray {
	arns := pulumi.StringArray{f.sender.IdentityArn, f.sender.ConfigurationSetArn}
	named := []string{s.SenderEmail}
	for _, receiver := range append(slices.Clone(s.ReceiverEmails), s.TestReceiverEmail) {
		if !slices.Contains(named, receiver) {
			named = append(named, receiver)
			arns = append(arns, f.arn("ses", f.region, f.account, "identity/"+receiver))
		}
	}
	return arns
}

// models is the ARNs that Bedrock asks permission for when the model is called: the model, in each region that may
// answer, and the inference profile if the call goes through one.
func (f *foundation) models(m settings.Model) pulumi.StringArray {
	var arns pulumi.StringArray
	if m.IsProfile() {
		arns = append(arns, f.arn("bedrock", f.region, f.account, "inference-profile/"+m.ID))
	}
	for _, region := range m.Regions {
		arns = append(arns, f.arn("bedrock", region, "", "foundation-model/"+m.Foundation))
	}
	return arns
}

// arn is an ARN in the partition of the account.
func (f *foundation) arn(service, region, account, resource string) pulumi.String {
	return pulumi.String(fmt.Sprintf("arn:%s:%s:%s:%s:%s", f.partition, service, region, account, resource))
}
