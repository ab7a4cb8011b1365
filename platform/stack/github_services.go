package stack

import (
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/mejan/mejan/functions/pipeline"
)

// kindOfAccess is what the AWS provider calls to read and to change the program's resources of one service.
type kindOfAccess struct {
	on             pulumi.StringArray
	reads, changes []string
	condition      pulumi.Map
}

// program is the grants on all that the program makes: to read it, and to change it.
func (a access) program(change bool) []Statement {
	var grants []Statement
	for _, k := range a.services() {
		actions := k.reads
		if change {
			actions = slices.Concat(k.reads, k.changes)
		}
		if len(actions) > 0 {
			grants = append(grants, Statement{Actions: actions, Resources: k.on, Condition: k.condition})
		}
	}
	return grants
}

// services has a line for each service of the program. A resource of a new kind gets its actions here. No action
// deletes what holds data, or what people have to confirm again: that is for a person to do.
func (a access) services() []kindOfAccess {
	own := a.s.Prefix() + "-*"
	var functionRoles pulumi.StringArray
	for _, f := range pipeline.Functions() {
		functionRoles = append(functionRoles, a.f.arn("iam", "", a.f.account, "role/"+a.s.RoleName(f)))
	}
	notifier := pulumi.Map{"ArnEquals": pulumi.Map{
		"lambda:FunctionArn": a.of("lambda", "function:"+a.s.FunctionName(pipeline.Notifier))[0],
	}}
	return append([]kindOfAccess{
		{
			on: a.of("dynamodb", "table/"+a.s.AWS.TableName()),
			reads: []string{
				"dynamodb:DescribeTable", "dynamodb:DescribeContinuousBackups", "dynamodb:DescribeTimeToLive",
				"dynamodb:ListTagsOfResource",
			},
			changes: []string{
				"dynamodb:CreateTable", "dynamodb:UpdateTable", "dynamodb:UpdateContinuousBackups",
				"dynamodb:TagResource", "dynamodb:UntagResource",
			},
		},
		{
			on: a.of("events", "event-bus/"+a.s.BusName(), "rule/"+a.s.BusName()+"/*"),
			reads: []string{
				"events:DescribeEventBus", "events:DescribeRule", "events:ListTargetsByRule", "events:ListTagsForResource",
			},
			changes: []string{
				"events:CreateEventBus", "events:DeleteEventBus", "events:PutRule", "events:DeleteRule", "events:PutTargets",
				"events:RemoveTargets", "events:TagResource", "events:UntagResource",
			},
		},
		{
			on:    a.of("ses", "configuration-set/"+a.s.Prefix(), "identity/"+a.s.SenderEmail),
			reads: []string{"ses:GetConfigurationSet", "ses:GetEmailIdentity", "ses:ListTagsForResource"},
			changes: []string{
				"ses:CreateConfigurationSet", "ses:DeleteConfigurationSet", "ses:PutConfigurationSetDeliveryOptions",
				"ses:PutConfigurationSetReputationOptions", "ses:CreateEmailIdentity", "ses:DeleteEmailIdentity",
				"ses:PutEmailIdentityConfigurationSetAttributes", "ses:TagResource", "ses:UntagResource",
			},
		},
		{
			on:    a.of("sns", own),
			reads: []string{"sns:GetTopicAttributes", "sns:ListSubscriptionsByTopic", "sns:ListTagsForResource"},
			changes: []string{
				"sns:CreateTopic", "sns:SetTopicAttributes", "sns:Subscribe", "sns:TagResource",
				"sns:UntagResource",
			},
		},
		// A subscription has no resource-level permission.
		{
			on: pulumi.StringArray{everywhere}, reads: []string{"sns:GetSubscriptionAttributes"},
			changes: []string{"sns:Unsubscribe"},
		},
		{
			on:    a.of("sqs", own),
			reads: []string{"sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ListQueueTags"},
			changes: []string{
				"sqs:CreateQueue", "sqs:SetQueueAttributes", "sqs:TagQueue", "sqs:UntagQueue",
			},
		},
		{
			on:    a.of("cloudwatch", "alarm:"+own),
			reads: []string{"cloudwatch:DescribeAlarms", "cloudwatch:ListTagsForResource"},
			changes: []string{
				"cloudwatch:PutMetricAlarm", "cloudwatch:DeleteAlarms", "cloudwatch:TagResource", "cloudwatch:UntagResource",
			},
		},
		// Log groups are found by listing the account's.
		{on: a.of("logs", "log-group:*"), reads: []string{"logs:DescribeLogGroups"}},
		{
			on:    a.of("logs", "log-group:/aws/lambda/"+own),
			reads: []string{"logs:ListTagsForResource"},
			changes: []string{
				"logs:CreateLogGroup", "logs:PutRetentionPolicy", "logs:TagResource",
				"logs:UntagResource",
			},
		},
		// Three roles and no others, so that no deployment changes the role that it runs in.
		{
			on: functionRoles,
			reads: []string{
				"iam:GetRole", "iam:GetRolePolicy", "iam:ListRolePolicies", "iam:ListAttachedRolePolicies",
				"iam:ListInstanceProfilesForRole",
			},
			changes: []string{
				"iam:CreateRole", "iam:DeleteRole", "iam:UpdateAssumeRolePolicy", "iam:PutRolePolicy", "iam:DeleteRolePolicy",
				"iam:TagRole", "iam:UntagRole",
			},
		},
		{
			on: functionRoles, changes: []string{"iam:PassRole"},
			condition: pulumi.Map{"StringEquals": pulumi.Map{"iam:PassedToService": pulumi.String("lambda.amazonaws.com")}},
		},
		{
			on: a.of("lambda", "function:"+own),
			reads: []string{
				"lambda:GetFunction", "lambda:GetFunctionCodeSigningConfig", "lambda:GetFunctionConcurrency",
				"lambda:GetFunctionEventInvokeConfig", "lambda:GetPolicy", "lambda:ListTags", "lambda:ListVersionsByFunction",
			},
			changes: []string{
				"lambda:CreateFunction", "lambda:DeleteFunction", "lambda:UpdateFunctionCode",
				"lambda:UpdateFunctionConfiguration", "lambda:PutFunctionConcurrency", "lambda:DeleteFunctionConcurrency",
				"lambda:PutFunctionEventInvokeConfig", "lambda:UpdateFunctionEventInvokeConfig",
				"lambda:DeleteFunctionEventInvokeConfig", "lambda:AddPermission", "lambda:RemovePermission",
				"lambda:TagResource", "lambda:UntagResource",
			},
		},
		// A mapping has no name of ours, and CreateEventSourceMapping no resource: the function bounds them.
		{
			on: pulumi.StringArray{everywhere}, condition: notifier,
			reads: []string{"lambda:GetEventSourceMapping"},
			changes: []string{
				"lambda:CreateEventSourceMapping", "lambda:UpdateEventSourceMapping", "lambda:DeleteEventSourceMapping",
			},
		},
		{
			on:      a.of("lambda", "event-source-mapping:*"),
			reads:   []string{"lambda:ListTags"},
			changes: []string{"lambda:TagResource", "lambda:UntagResource"},
		},
	}, a.buckets(), a.registry())
}

// buckets is the access to both buckets of the stage. Their names end at random.
func (a access) buckets() kindOfAccess {
	return kindOfAccess{
		on: pulumi.StringArray{a.s3(a.s.AWS.DataBucket() + "-*"), a.s3(a.s.Named("failures") + "-*")},
		reads: []string{
			"s3:ListBucket", "s3:GetBucketAcl", "s3:GetBucketCORS", "s3:GetBucketLocation", "s3:GetBucketLogging",
			"s3:GetBucketNotification", "s3:GetBucketObjectLockConfiguration", "s3:GetBucketOwnershipControls",
			"s3:GetBucketPolicy", "s3:GetBucketPublicAccessBlock", "s3:GetBucketRequestPayment", "s3:GetBucketTagging",
			"s3:GetBucketVersioning", "s3:GetBucketWebsite", "s3:GetAccelerateConfiguration",
			"s3:GetEncryptionConfiguration", "s3:GetLifecycleConfiguration", "s3:GetReplicationConfiguration",
		},
		changes: []string{
			"s3:CreateBucket", "s3:PutBucketNotification", "s3:PutBucketOwnershipControls",
			"s3:PutBucketPolicy", "s3:DeleteBucketPolicy", "s3:PutBucketPublicAccessBlock", "s3:PutBucketTagging",
			"s3:PutBucketVersioning", "s3:PutEncryptionConfiguration", "s3:PutLifecycleConfiguration",
		},
	}
}

// registry is the access to the repositories. Lambda reads an image by the policy of its repository, which it completes
// in the name of the one who makes the function.
func (a access) registry() kindOfAccess {
	return kindOfAccess{
		on: pulumi.StringArray{a.repositories(a.s.Prefix(), a.s.AWS.Region)},
		reads: []string{
			"ecr:DescribeRepositories", "ecr:GetLifecyclePolicy", "ecr:GetRepositoryPolicy", "ecr:ListTagsForResource",
		},
		changes: []string{
			"ecr:CreateRepository", "ecr:PutLifecyclePolicy", "ecr:DeleteLifecyclePolicy",
			"ecr:PutImageScanningConfiguration", "ecr:PutImageTagMutability", "ecr:SetRepositoryPolicy", "ecr:TagResource",
			"ecr:UntagResource",
		},
	}
}
