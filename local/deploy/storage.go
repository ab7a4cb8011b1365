package deploy

import (
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/mejan/mejan/local/queue"
	"github.com/mejan/mejan/local/s3"
)

func (t *Target) bucket(r Resource) (Made, error) {
	in, err := decode[struct {
		Bucket       string `json:"bucket"`
		ForceDestroy bool   `json:"forceDestroy"`
	}](r)
	if err != nil {
		return Made{}, err
	}
	// AWS adds random characters to a logical name; on a laptop the name may be remembered.
	name := in.Bucket
	if name == "" {
		name = r.Name
	}
	if err := t.S3.CreateBucket(name, false); err != nil {
		return Made{}, err
	}
	return Made{ID: name, Outputs: map[string]any{"bucket": name, "arn": s3.BucketARN(name)}}, nil
}

func (t *Target) bucketVersioning(r Resource) (Made, error) {
	in, err := decode[struct {
		Bucket        string `json:"bucket"`
		Configuration struct {
			Status string `json:"status"`
		} `json:"versioningConfiguration"`
	}](r)
	if err != nil {
		return Made{}, err
	}
	if in.Configuration.Status != "Enabled" {
		return Made{}, fmt.Errorf("status %q: want Enabled", in.Configuration.Status)
	}
	return Made{ID: in.Bucket}, t.S3.EnableVersioning(in.Bucket)
}

func (t *Target) bucketPolicy(r Resource) (Made, error) {
	in, err := decode[struct {
		Bucket string `json:"bucket"`
		Policy string `json:"policy"`
	}](r)
	if err != nil {
		return Made{}, err
	}
	return Made{ID: in.Bucket}, t.IAM.PutResourcePolicy(s3.BucketARN(in.Bucket), in.Policy)
}

// bucketNotification refuses, as S3 does, a function that does not let S3 invoke it on behalf of this bucket.
func (t *Target) bucketNotification(r Resource) (Made, error) {
	in, err := decode[struct {
		Bucket    string `json:"bucket"`
		Functions []struct {
			ID           string   `json:"id"`
			FunctionARN  string   `json:"lambdaFunctionArn"`
			Events       []string `json:"events"`
			FilterPrefix string   `json:"filterPrefix"`
			FilterSuffix string   `json:"filterSuffix"`
		} `json:"lambdaFunctions"`
	}](r)
	if err != nil {
		return Made{}, err
	}
	var notifications []s3.Notification
	for _, f := range in.Functions {
		if !t.mayInvoke("s3.amazonaws.com", f.FunctionARN, s3.BucketARN(in.Bucket)) {
			return Made{}, fmt.Errorf("unable to validate the destination %s: its permissions do not let "+
				"s3.amazonaws.com invoke it for %s (does the notification depend on the permission?)",
				f.FunctionARN, s3.BucketARN(in.Bucket))
		}
		function := functionName(f.FunctionARN)
		notifications = append(notifications, s3.Notification{
			ID: f.ID, Events: f.Events, Prefix: f.FilterPrefix, Suffix: f.FilterSuffix,
			Deliver: func(event []byte) { t.invoke(function, event) },
		})
		if f.FilterPrefix != "" {
			t.inputBucket = in.Bucket
		}
	}
	return Made{ID: in.Bucket}, t.S3.SetNotifications(in.Bucket, notifications)
}

func (t *Target) table(r Resource) (Made, error) {
	in, err := decode[struct {
		Name       string `json:"name"`
		HashKey    string `json:"hashKey"`
		Attributes []struct {
			Name string `json:"name"`
			Type string `json:"type"`
		} `json:"attributes"`
		Indexes []struct {
			Name       string   `json:"name"`
			HashKey    string   `json:"hashKey"`
			RangeKey   string   `json:"rangeKey"`
			Projection string   `json:"projectionType"`
			Include    []string `json:"nonKeyAttributes"`
		} `json:"globalSecondaryIndexes"`
		StreamEnabled  bool           `json:"streamEnabled"`
		StreamViewType string         `json:"streamViewType"`
		BillingMode    string         `json:"billingMode"`
		Recovery       map[string]any `json:"pointInTimeRecovery"`
		Protection     bool           `json:"deletionProtectionEnabled"`
	}](r)
	if err != nil {
		return Made{}, err
	}
	var attributes []types.AttributeDefinition
	for _, a := range in.Attributes {
		attributes = append(attributes, types.AttributeDefinition{
			AttributeName: aws.String(a.Name), AttributeType: types.ScalarAttributeType(a.Type),
		})
	}
	var indexes []types.GlobalSecondaryIndex
	for _, ix := range in.Indexes {
		indexes = append(indexes, types.GlobalSecondaryIndex{
			IndexName: aws.String(ix.Name), KeySchema: keySchema(ix.HashKey, ix.RangeKey),
			Projection: &types.Projection{
				ProjectionType: types.ProjectionType(ix.Projection), NonKeyAttributes: ix.Include,
			},
		})
	}
	made, err := t.Table.CreateTable(&dynamodb.CreateTableInput{
		TableName:              aws.String(in.Name),
		BillingMode:            types.BillingMode(in.BillingMode),
		KeySchema:              keySchema(in.HashKey, ""),
		AttributeDefinitions:   attributes,
		GlobalSecondaryIndexes: indexes,
		StreamSpecification: &types.StreamSpecification{
			StreamEnabled: aws.Bool(in.StreamEnabled), StreamViewType: types.StreamViewType(in.StreamViewType),
		},
	})
	if err != nil {
		return Made{}, err
	}
	return Made{ID: in.Name, Outputs: map[string]any{"arn": made.ARN, "name": made.Name, "streamArn": made.StreamARN}}, nil
}

// keySchema is a hash key, and a sort key where its name is not empty.
func keySchema(hash, sort string) []types.KeySchemaElement {
	keys := []types.KeySchemaElement{{AttributeName: aws.String(hash), KeyType: types.KeyTypeHash}}
	if sort != "" {
		keys = append(keys, types.KeySchemaElement{AttributeName: aws.String(sort), KeyType: types.KeyTypeRange})
	}
	return keys
}

// tableOfStream is the table's name in the ARN of its stream.
func tableOfStream(arn string) string {
	_, path, _ := strings.Cut(arn, ":table/")
	name, _, _ := strings.Cut(path, "/")
	return name
}

func (t *Target) queue(r Resource) (Made, error) {
	in, err := decode[struct {
		Name      string `json:"name"`
		Retention int    `json:"messageRetentionSeconds"`
		Encrypted bool   `json:"sqsManagedSseEnabled"`
	}](r)
	if err != nil {
		return Made{}, err
	}
	q := &queue.Queue{Name: in.Name, ARN: t.arn("sqs", in.Name)}
	t.queues[q.ARN] = q
	url := "https://sqs." + t.Region + ".amazonaws.com/" + Account + "/" + in.Name
	return Made{ID: url, Outputs: map[string]any{"arn": q.ARN, "name": in.Name, "url": url}}, nil
}

func (t *Target) queuePolicy(r Resource) (Made, error) {
	in, err := decode[struct {
		URL    string `json:"queueUrl"`
		Policy string `json:"policy"`
	}](r)
	if err != nil {
		return Made{}, err
	}
	name := in.URL[strings.LastIndexByte(in.URL, '/')+1:]
	return Made{ID: in.URL}, t.IAM.PutResourcePolicy(t.arn("sqs", name), in.Policy)
}

func (t *Target) topic(r Resource) (Made, error) {
	in, err := decode[struct {
		Name string `json:"name"`
	}](r)
	if err != nil {
		return Made{}, err
	}
	arn := t.arn("sns", in.Name)
	t.topics[arn] = &queue.Topic{Name: in.Name, ARN: arn}
	return Made{ID: arn, Outputs: map[string]any{"arn": arn, "name": in.Name}}, nil
}

func (t *Target) topicPolicy(r Resource) (Made, error) {
	in, err := decode[struct {
		ARN    string `json:"arn"`
		Policy string `json:"policy"`
	}](r)
	if err != nil {
		return Made{}, err
	}
	return Made{ID: in.ARN}, t.IAM.PutResourcePolicy(in.ARN, in.Policy)
}

func (t *Target) repository(r Resource) (Made, error) {
	in, err := decode[struct {
		Name        string         `json:"name"`
		Mutability  string         `json:"imageTagMutability"`
		Scanning    map[string]any `json:"imageScanningConfiguration"`
		ForceDelete bool           `json:"forceDelete"`
	}](r)
	if err != nil {
		return Made{}, err
	}
	t.repositories = append(t.repositories, in.Name)
	return Made{ID: in.Name, Outputs: map[string]any{
		"name": in.Name, "arn": t.arn("ecr", "repository/"+in.Name), "repositoryUrl": t.Registry + "/" + in.Name,
	}}, nil
}
