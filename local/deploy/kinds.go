package deploy

// kinds is every resource type that the local cloud knows. What has no effect on a laptop is inert, and says why.
var kinds = map[string]func(*Target, Resource) (Made, error){
	"aws:s3/bucketV2:BucketV2":                                       (*Target).bucket,
	"aws:s3/bucketPolicy:BucketPolicy":                               (*Target).bucketPolicy,
	"aws:s3/bucketNotification:BucketNotification":                   (*Target).bucketNotification,
	"aws:s3/bucketVersioningV2:BucketVersioningV2":                   (*Target).bucketVersioning,
	"aws:dynamodb/table:Table":                                       (*Target).table,
	"aws:sqs/queue:Queue":                                            (*Target).queue,
	"aws:sqs/queuePolicy:QueuePolicy":                                (*Target).queuePolicy,
	"aws:sns/topic:Topic":                                            (*Target).topic,
	"aws:sns/topicPolicy:TopicPolicy":                                (*Target).topicPolicy,
	"aws:sns/topicSubscription:TopicSubscription":                    inert, // nobody waits for the mail
	"aws:iam/role:Role":                                              (*Target).role,
	"aws:iam/rolePolicy:RolePolicy":                                  (*Target).rolePolicy,
	"aws:iam/openIdConnectProvider:OpenIdConnectProvider":            (*Target).identityProvider,
	"aws:cloudwatch/logGroup:LogGroup":                               (*Target).logGroup,
	"aws:cloudwatch/eventBus:EventBus":                               (*Target).eventBus,
	"aws:cloudwatch/eventRule:EventRule":                             (*Target).eventRule,
	"aws:cloudwatch/eventTarget:EventTarget":                         (*Target).eventTarget,
	"aws:cloudwatch/metricAlarm:MetricAlarm":                         (*Target).metricAlarm,
	"aws:sesv2/configurationSet:ConfigurationSet":                    (*Target).configurationSet,
	"aws:sesv2/emailIdentity:EmailIdentity":                          (*Target).emailIdentity,
	"aws:ecr/repository:Repository":                                  (*Target).repository,
	"aws:lambda/function:Function":                                   (*Target).function,
	"aws:lambda/permission:Permission":                               (*Target).permission,
	"aws:lambda/eventSourceMapping:EventSourceMapping":               (*Target).eventSourceMapping,
	"aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": (*Target).eventInvokeConfig,

	// The disk of a laptop is nobody else's, and the cloud does not live long enough to expire anything.
	"aws:ecr/lifecyclePolicy:LifecyclePolicy":                                                    inert,
	"aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2":                       inert,
	"aws:s3/bucketOwnershipControls:BucketOwnershipControls":                                     inert,
	"aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock":                                     inert,
	"aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2": inert,
}
