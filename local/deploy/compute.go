package deploy

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/mejan/mejan/local/bus"
	"github.com/mejan/mejan/local/lambda"
	"github.com/mejan/mejan/local/registry"
)

func (t *Target) role(r Resource) (Made, error) {
	in, err := decode[struct {
		Name        string `json:"name"`
		TrustPolicy string `json:"assumeRolePolicy"`
		Description string `json:"description"`
	}](r)
	if err != nil {
		return Made{}, err
	}
	arn := roleARN(in.Name)
	if strings.Contains(in.TrustPolicy, `"Federated"`) {
		// A role that workflows take. No workflow reaches a laptop, so the role is known and nothing else.
		t.federated[in.Name] = true
		return Made{ID: in.Name, Outputs: map[string]any{"arn": arn, "name": in.Name}}, nil
	}
	if err := t.IAM.PutResourcePolicy(arn, in.TrustPolicy); err != nil {
		return Made{}, err
	}
	return Made{ID: in.Name, Outputs: map[string]any{"arn": arn, "name": in.Name}}, nil
}

// identityProvider makes the provider that vouches for workflows. Like their roles, it is known and nothing else.
func (t *Target) identityProvider(r Resource) (Made, error) {
	in, err := decode[struct {
		URL     string   `json:"url"`
		Clients []string `json:"clientIdLists"`
	}](r)
	if err != nil {
		return Made{}, err
	}
	arn := "arn:aws:iam::" + Account + ":oidc-provider/" + strings.TrimPrefix(in.URL, "https://")
	return Made{ID: arn, Outputs: map[string]any{"arn": arn}}, nil
}

func roleARN(name string) string { return "arn:aws:iam::" + Account + ":role/" + name }

func (t *Target) rolePolicy(r Resource) (Made, error) {
	in, err := decode[struct {
		Name   string `json:"name"`
		Role   string `json:"role"`
		Policy string `json:"policy"`
	}](r)
	if err != nil {
		return Made{}, err
	}
	if t.federated[in.Role] {
		return Made{ID: in.Role + ":" + in.Name}, nil
	}
	return Made{ID: in.Role + ":" + in.Name}, t.IAM.PutRolePolicy(roleARN(in.Role), in.Name, in.Policy)
}

func (t *Target) logGroup(r Resource) (Made, error) {
	in, err := decode[struct {
		Name      string `json:"name"`
		Retention int    `json:"retentionInDays"`
	}](r)
	if err != nil {
		return Made{}, err
	}
	return Made{ID: in.Name, Outputs: map[string]any{"arn": t.logGroupARN(in.Name), "name": in.Name}}, nil
}

func (t *Target) logGroupARN(name string) string { return t.arn("logs", "log-group:"+name) }

// function pulls the image and makes the function known. Its architecture is not looked at: the images in the local
// registry are built for this machine.
func (t *Target) function(r Resource) (Made, error) {
	in, err := decode[struct {
		Name          string   `json:"name"`
		Description   string   `json:"description"`
		PackageType   string   `json:"packageType"`
		ImageURI      string   `json:"imageUri"`
		Architectures []string `json:"architectures"`
		Role          string   `json:"role"`
		Timeout       int      `json:"timeout"`
		MemorySize    int      `json:"memorySize"`
		Concurrency   int      `json:"reservedConcurrentExecutions"`
		Environment   struct {
			Variables map[string]string `json:"variables"`
		} `json:"environment"`
		Logging struct {
			Format string `json:"logFormat"`
			Group  string `json:"logGroup"`
		} `json:"loggingConfig"`
	}](r)
	if err != nil {
		return Made{}, err
	}
	if in.PackageType != "Image" {
		return Made{}, fmt.Errorf("package type %q: local functions run from images", in.PackageType)
	}
	if !t.IAM.AllowService(in.Role, "lambda.amazonaws.com", "sts:AssumeRole", nil) {
		return Made{}, fmt.Errorf("the role %s cannot be assumed by Lambda", in.Role)
	}
	image, err := registry.Pull(t.Context, in.ImageURI, t.Images)
	if err != nil {
		return Made{}, err
	}
	credentials := t.IAM.RoleCredentials(in.Role)
	arn := t.arn("lambda", "function:"+in.Name)
	t.roles[in.Name] = in.Role
	return Made{ID: in.Name, Outputs: map[string]any{"arn": arn, "name": in.Name}}, t.Lambda.Create(lambda.Function{
		Name: in.Name, ARN: arn, Image: image, ImageURI: in.ImageURI, Env: in.Environment.Variables,
		Timeout: time.Duration(in.Timeout) * time.Second, MemoryMB: in.MemorySize, ReservedConcurrency: in.Concurrency,
		Credentials: lambda.Credentials{
			AccessKeyID: credentials.AccessKey, SecretAccessKey: credentials.Secret, SessionToken: credentials.SessionToken,
		},
		Endpoint: t.Endpoint, LogGroup: in.Logging.Group,
	})
}

func (t *Target) permission(r Resource) (Made, error) {
	in, err := decode[struct {
		Action    string `json:"action"`
		Function  string `json:"function"`
		Principal string `json:"principal"`
		SourceARN string `json:"sourceArn"`
		Account   string `json:"sourceAccount"`
	}](r)
	if err != nil {
		return Made{}, err
	}
	arn := t.arn("lambda", "function:"+in.Function)
	return Made{ID: r.Name}, t.IAM.AddPermission(arn, r.Name, in.Principal, in.Action, in.SourceARN, in.Account)
}

// onFailure is a destination for what a function gave up.
type onFailure struct {
	// Destination is an ARN: of a queue for events, of a bucket for records.
	Destination    string `json:"destination"`
	DestinationARN string `json:"destinationArn"`
}

// or is a setting, or AWS's own where the program leaves it out.
func or(setting *int, otherwise int) int {
	if setting == nil {
		return otherwise
	}
	return *setting
}

func (t *Target) eventInvokeConfig(r Resource) (Made, error) {
	in, err := decode[struct {
		Function        string `json:"functionName"`
		MaximumAge      int    `json:"maximumEventAgeInSeconds"`
		MaximumAttempts *int   `json:"maximumRetryAttempts"`
		Destinations    struct {
			OnFailure onFailure `json:"onFailure"`
		} `json:"destinationConfig"`
	}](r)
	if err != nil {
		return Made{}, err
	}
	config := lambda.AsyncConfig{
		MaximumRetryAttempts: or(in.MaximumAttempts, 2), MaximumEventAge: time.Duration(in.MaximumAge) * time.Second,
	}
	if queue := in.Destinations.OnFailure.Destination; queue != "" {
		if err := t.require(in.Function, queue, "sqs:SendMessage"); err != nil {
			return Made{}, err
		}
		config.OnFailure = func(record []byte) {
			if t.asRole(in.Function, "sqs:SendMessage", queue) {
				t.deadLetter(queue, record)
			}
		}
	}
	return Made{ID: in.Function}, t.Lambda.ConfigureAsync(in.Function, config)
}

func (t *Target) eventSourceMapping(r Resource) (Made, error) {
	in, err := decode[struct {
		Stream          string   `json:"eventSourceArn"`
		Function        string   `json:"functionName"`
		Start           string   `json:"startingPosition"`
		BatchSize       int      `json:"batchSize"`
		MaximumAttempts *int     `json:"maximumRetryAttempts"`
		MaximumAge      int      `json:"maximumRecordAgeInSeconds"`
		Bisect          bool     `json:"bisectBatchOnFunctionError"`
		ResponseTypes   []string `json:"functionResponseTypes"`
		Parallelization int      `json:"parallelizationFactor"`
		BatchingWindow  int      `json:"maximumBatchingWindowInSeconds"`
		Metrics         any      `json:"metricsConfig"`
		FilterCriteria  struct {
			Filters []struct {
				Pattern string `json:"pattern"`
			} `json:"filters"`
		} `json:"filterCriteria"`
		Destinations struct {
			OnFailure onFailure `json:"onFailure"`
		} `json:"destinationConfig"`
	}](r)
	if err != nil {
		return Made{}, err
	}
	function := functionName(in.Function)
	var missing []error
	missing = append(missing, t.require(function, in.Stream,
		"dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"))
	missing = append(missing, t.require(function, "*", "dynamodb:ListStreams"))
	var patterns []*bus.Pattern
	for _, f := range in.FilterCriteria.Filters {
		pattern, err := bus.Compile([]byte(f.Pattern))
		if err != nil {
			return Made{}, fmt.Errorf("filter %s: %w", f.Pattern, err)
		}
		patterns = append(patterns, pattern)
	}
	mapping := lambda.Mapping{
		UUID: r.Name, Function: function, StreamARN: in.Stream, BatchSize: in.BatchSize,
		MaximumRetryAttempts: or(in.MaximumAttempts, -1), MaximumRecordAge: time.Duration(in.MaximumAge) * time.Second,
		BisectOnError: in.Bisect, ReportBatchItemFailures: len(in.ResponseTypes) > 0,
		Filter: func(record json.RawMessage) bool { return anyMatches(patterns, record) },
	}
	if bucket := in.Destinations.OnFailure.DestinationARN; bucket != "" {
		missing = append(missing, t.require(function, bucket, "s3:ListBucket"),
			t.require(function, bucket+"/aws/lambda/"+r.Name+"/", "s3:PutObject"))
		mapping.OnFailure = func(key string, object []byte) { t.keepFailure(function, r.Name, bucket, key, object) }
	}
	if err := errors.Join(missing...); err != nil {
		return Made{}, err
	}
	feed, err := t.Lambda.Map(mapping)
	if err != nil {
		return Made{}, err
	}
	return Made{ID: r.Name, Outputs: map[string]any{"uuid": r.Name}}, t.Table.Subscribe(tableOfStream(in.Stream), feed)
}

// anyMatches reports whether a record passes the filters: no filter lets all pass.
func anyMatches(patterns []*bus.Pattern, record []byte) bool {
	for _, p := range patterns {
		if matches, err := p.Match(record); err == nil && matches {
			return true
		}
	}
	return len(patterns) == 0
}

// keepFailure puts records that a mapping gave up into its bucket, in the name of the function's role.
func (t *Target) keepFailure(function, mapping, bucketARN, key string, object []byte) {
	if !t.asRole(function, "s3:PutObject", bucketARN+"/"+key) {
		return
	}
	bucket := bucketARN[len("arn:aws:s3:::"):]
	if _, err := t.S3.Put(bucket, key, nil, bytes.NewReader(object)); err != nil {
		t.complain("keep the records that %s gave up: %w", function, err)
		return
	}
	t.Metrics.Put("AWS/Lambda", "OnFailureDestinationDeliveredEventCount",
		map[string]string{"EventSourceMappingUUID": mapping}, 1, time.Now())
}
