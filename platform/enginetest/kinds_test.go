package enginetest

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/dynamodb"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ecr"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lambda"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/sesv2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/sns"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/sqs"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// kind is what the AWS provider knows of one resource type.
type kind struct {
	// args is the SDK's struct of inputs.
	args pulumi.Input
	// name is the input that names the resource in AWS, empty for types without a name. Names are unique within the value
	// of the input scope, or within the account and region.
	name, scope string
	// arn is the ARN, with %s for the name. Empty: the program reads no ARN.
	arn string
	// replaces lists inputs that AWS cannot change: the provider deletes the resource and makes another one.
	replaces []string
	// updates lists inputs that the provider changes in place.
	updates []string
	// holdsData: deleting the resource loses data or history that nothing can bring back.
	holdsData bool
	// protected: a protected stage never loses the resource. That is what holds data, and what takes people to restore.
	protected bool
	// emptied is the input that lets the provider delete a resource that is not empty. Stages that ran are never empty.
	emptied string
}

// kinds has every type and every input that the program uses; anything else is an error, so that a new input gets an
// entry. The division is that of the Terraform schemas that the provider is built from (ForceNew, in
// hashicorp/terraform-provider-aws v5, internal/service). The SDK's comments leave it out.
var kinds = map[string]kind{
	"aws:s3/bucketV2:BucketV2": {
		args: s3.BucketV2Args{}, name: "bucket", arn: "arn:aws:s3:::%s", holdsData: true, protected: true, emptied: "forceDestroy",
		replaces: []string{"bucket", "bucketPrefix", "objectLockEnabled"}, updates: []string{"forceDestroy", "tags"},
	},
	"aws:s3/bucketVersioningV2:BucketVersioningV2": {
		args: s3.BucketVersioningV2Args{}, replaces: []string{"bucket"}, updates: []string{"versioningConfiguration"},
	},
	"aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2": {
		args: s3.BucketLifecycleConfigurationV2Args{}, replaces: []string{"bucket"}, updates: []string{"rules"},
	},
	"aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2": {
		args:     s3.BucketServerSideEncryptionConfigurationV2Args{},
		replaces: []string{"bucket"}, updates: []string{"rules"},
	},
	"aws:s3/bucketOwnershipControls:BucketOwnershipControls": {
		args: s3.BucketOwnershipControlsArgs{}, replaces: []string{"bucket"}, updates: []string{"rule"},
	},
	"aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": {
		args: s3.BucketPublicAccessBlockArgs{}, replaces: []string{"bucket"},
		updates: []string{"blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"},
	},
	"aws:s3/bucketPolicy:BucketPolicy": {
		args: s3.BucketPolicyArgs{}, replaces: []string{"bucket"}, updates: []string{"policy"},
	},
	"aws:s3/bucketNotification:BucketNotification": {
		args: s3.BucketNotificationArgs{}, replaces: []string{"bucket"}, updates: []string{"lambdaFunctions"},
	},
	"aws:dynamodb/table:Table": {
		args: dynamodb.TableArgs{}, name: "name", arn: "arn:aws:dynamodb:us-east-1:123456789012:table/%s", holdsData: true, protected: true,
		replaces: []string{"name", "hashKey", "rangeKey", "localSecondaryIndexes"},
		updates: []string{
			"attributes", "billingMode", "deletionProtectionEnabled", "globalSecondaryIndexes", "pointInTimeRecovery",
			"streamEnabled", "streamViewType", "tags",
		},
	},
	"aws:sqs/queue:Queue": {
		args: sqs.QueueArgs{}, name: "name", arn: "arn:aws:sqs:us-east-1:123456789012:%s", holdsData: true, protected: true,
		replaces: []string{"name", "namePrefix", "fifoQueue"},
		updates:  []string{"messageRetentionSeconds", "sqsManagedSseEnabled", "tags"},
	},
	"aws:sqs/queuePolicy:QueuePolicy": {
		args: sqs.QueuePolicyArgs{}, replaces: []string{"queueUrl"}, updates: []string{"policy"},
	},
	"aws:sns/topic:Topic": {
		args: sns.TopicArgs{}, name: "name", arn: "arn:aws:sns:us-east-1:123456789012:%s", protected: true,
		replaces: []string{"name", "namePrefix", "fifoTopic"}, updates: []string{"displayName", "tags"},
	},
	"aws:sns/topicPolicy:TopicPolicy": {
		args: sns.TopicPolicyArgs{}, replaces: []string{"arn"}, updates: []string{"policy"},
	},
	"aws:sns/topicSubscription:TopicSubscription": {
		args: sns.TopicSubscriptionArgs{}, replaces: []string{"topic", "protocol", "endpoint"},
	},
	"aws:iam/role:Role": {
		args: iam.RoleArgs{}, name: "name", arn: "arn:aws:iam::123456789012:role/%s",
		replaces: []string{"name", "namePrefix", "path"}, updates: []string{"assumeRolePolicy", "description", "tags"},
	},
	"aws:iam/rolePolicy:RolePolicy": {
		args: iam.RolePolicyArgs{}, name: "name", scope: "role",
		replaces: []string{"name", "namePrefix", "role"}, updates: []string{"policy"},
	},
	"aws:iam/openIdConnectProvider:OpenIdConnectProvider": {
		args: iam.OpenIdConnectProviderArgs{}, name: "url", arn: "arn:aws:iam::123456789012:oidc-provider/%s",
		protected: true, replaces: []string{"url"}, updates: []string{"clientIdLists", "tags", "thumbprintLists"},
	},
	"aws:cloudwatch/logGroup:LogGroup": {
		args: cloudwatch.LogGroupArgs{}, name: "name", holdsData: true, protected: true,
		arn:      "arn:aws:logs:us-east-1:123456789012:log-group:%s",
		replaces: []string{"name", "namePrefix", "logGroupClass"}, updates: []string{"retentionInDays", "tags"},
	},
	"aws:cloudwatch/eventBus:EventBus": {
		args: cloudwatch.EventBusArgs{}, name: "name", arn: "arn:aws:events:us-east-1:123456789012:event-bus/%s",
		replaces: []string{"name", "eventSourceName"}, updates: []string{"description", "tags"},
	},
	"aws:cloudwatch/eventRule:EventRule": {
		args: cloudwatch.EventRuleArgs{}, name: "name", scope: "eventBusName",
		arn:      "arn:aws:events:us-east-1:123456789012:rule/%s",
		replaces: []string{"name", "namePrefix", "eventBusName"}, updates: []string{"description", "eventPattern", "tags"},
	},
	"aws:cloudwatch/eventTarget:EventTarget": {
		args:     cloudwatch.EventTargetArgs{},
		replaces: []string{"eventBusName", "rule", "targetId"}, updates: []string{"arn", "deadLetterConfig", "retryPolicy"},
	},
	"aws:cloudwatch/metricAlarm:MetricAlarm": {
		args: cloudwatch.MetricAlarmArgs{}, name: "name", arn: "arn:aws:cloudwatch:us-east-1:123456789012:alarm:%s",
		replaces: []string{"name"},
		updates: []string{
			"alarmActions", "alarmDescription", "comparisonOperator", "dimensions", "evaluationPeriods", "metricName",
			"namespace", "period", "statistic", "tags", "threshold", "treatMissingData",
		},
	},
	"aws:sesv2/configurationSet:ConfigurationSet": {
		args: sesv2.ConfigurationSetArgs{}, name: "configurationSetName",
		arn:      "arn:aws:ses:us-east-1:123456789012:configuration-set/%s",
		replaces: []string{"configurationSetName"}, updates: []string{"deliveryOptions", "reputationOptions", "tags"},
	},
	"aws:sesv2/emailIdentity:EmailIdentity": {
		args: sesv2.EmailIdentityArgs{}, name: "emailIdentity", arn: "arn:aws:ses:us-east-1:123456789012:identity/%s",
		replaces: []string{"emailIdentity"}, updates: []string{"configurationSetName", "tags"},
	},
	"aws:ecr/repository:Repository": {
		args: ecr.RepositoryArgs{}, name: "name", arn: "arn:aws:ecr:us-east-1:123456789012:repository/%s",
		protected: true, emptied: "forceDelete", replaces: []string{"name", "encryptionConfigurations"},
		updates: []string{"forceDelete", "imageScanningConfiguration", "imageTagMutability", "tags"},
	},
	"aws:ecr/lifecyclePolicy:LifecyclePolicy": {
		args: ecr.LifecyclePolicyArgs{}, replaces: []string{"policy", "repository"},
	},
	"aws:lambda/function:Function": {
		args: lambda.FunctionArgs{}, name: "name", arn: "arn:aws:lambda:us-east-1:123456789012:function:%s",
		replaces: []string{"name", "packageType"},
		updates: []string{
			"architectures", "description", "environment", "imageUri", "loggingConfig", "memorySize",
			"reservedConcurrentExecutions", "role", "tags", "timeout",
		},
	},
	"aws:lambda/permission:Permission": {
		args:     lambda.PermissionArgs{},
		replaces: []string{"action", "function", "principal", "sourceAccount", "sourceArn", "statementId"},
	},
	"aws:lambda/eventSourceMapping:EventSourceMapping": {
		args: lambda.EventSourceMappingArgs{}, replaces: []string{"eventSourceArn", "startingPosition"},
		updates: []string{
			"batchSize", "bisectBatchOnFunctionError", "destinationConfig", "filterCriteria", "functionName",
			"functionResponseTypes", "maximumRecordAgeInSeconds", "maximumRetryAttempts", "metricsConfig", "tags",
		},
	},
	"aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": {
		args: lambda.FunctionEventInvokeConfigArgs{}, replaces: []string{"functionName", "qualifier"},
		updates: []string{"destinationConfig", "maximumEventAgeInSeconds", "maximumRetryAttempts"},
	},
}

// inputs lists the inputs of a type that the table knows.
func (k kind) inputs() []string {
	return append(slices.Clone(k.replaces), k.updates...)
}

// Promise: the table speaks of inputs that the SDK has, each once, so that a slip of the pen does not turn a replacement
// into an update.
func TestKinds(t *testing.T) {
	for token, k := range kinds {
		sdk := map[string]bool{}
		fields := k.args.ElementType()
		for i := range fields.NumField() {
			sdk[fields.Field(i).Tag.Get("pulumi")] = true
		}
		// bucketV2 becomes BucketV2, as in the name of the SDK's struct.
		if want := token[strings.LastIndexByte(token, ':')+1:] + "Args"; reflect.TypeOf(k.args).Name() != want {
			t.Errorf("%s: inputs of %T, want %s", token, k.args, want)
		}
		seen := map[string]bool{}
		for _, input := range k.inputs() {
			if !sdk[input] {
				t.Errorf("%s: the SDK has no input %q", token, input)
			}
			if seen[input] {
				t.Errorf("%s: input %q is listed twice", token, input)
			}
			seen[input] = true
		}
		for _, input := range []string{k.name, k.scope, k.emptied} {
			if input != "" && !seen[input] {
				t.Errorf("%s: input %q is neither among those that replace nor those that update", token, input)
			}
		}
	}
}
