package stack

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/platform/settings"
)

// rowsPrefix is where valid rows lie, and nothing else: keys of rows go on with the year. Not the shorter prefix, which
// also holds the markers: a rule that expires those would have old files ingested, and mailed, again.
const rowsPrefix = pipeline.ProcessedPrefix + "2"

// foundation is what exists before, and without, the functions.
type foundation struct {
	// partition, region and account are parts of ARNs.
	partition, region, account string

	data, failures *Bucket
	bus            *cloudwatch.EventBus
	analyses       *Analyses
	sender         *Sender
	alarms         *AlarmTopic
	images         *Repositories
}

func newFoundation(ctx *pulumi.Context, s settings.Stage) (*foundation, error) {
	identity, err := aws.GetCallerIdentity(ctx, nil)
	if err != nil {
		return nil, fmt.Errorf("get caller identity: %w", err)
	}
	f := &foundation{partition: partition(identity.Arn), account: identity.AccountId, region: s.AWS.Region}

	if f.data, err = NewBucket(ctx, s.AWS.DataBucket(), &BucketArgs{
		ForceDestroy: s.ForceDestroy,
		Lifetimes: []Lifetime{
			{pipeline.InputPrefix, s.Retention.InputDays},
			{rowsPrefix, s.Retention.ProcessedDays},
			{pipeline.RejectsPrefix, s.Retention.RejectDays},
		},
	}, pulumi.Protect(s.Protect)); err != nil {
		return nil, err
	}
	if f.failures, err = NewBucket(ctx, s.Named("failures"), &BucketArgs{
		ForceDestroy: s.ForceDestroy,
		Lifetimes:    []Lifetime{{"", s.Retention.FailureDays}},
	}, pulumi.Protect(s.Protect)); err != nil {
		return nil, err
	}
	if f.bus, err = cloudwatch.NewEventBus(ctx, s.BusName(), &cloudwatch.EventBusArgs{
		Name: pulumi.String(s.BusName()),
	}); err != nil {
		return nil, err
	}
	if f.analyses, err = NewAnalyses(ctx, s.AWS.TableName(), &AnalysesArgs{Protect: s.Protect},
		pulumi.Protect(s.Protect)); err != nil {
		return nil, err
	}
	if f.sender, err = NewSender(ctx, s.Prefix(), &SenderArgs{Address: s.SenderEmail}); err != nil {
		return nil, err
	}
	if f.alarms, err = NewAlarmTopic(ctx, s.Named("alarms"), &AlarmTopicArgs{
		Email: s.AlarmEmail, Account: f.account, Protect: s.Protect,
	}); err != nil {
		return nil, err
	}
	f.images, err = NewRepositories(ctx, s.Prefix(), &RepositoriesArgs{ForceDestroy: s.ForceDestroy, Protect: s.Protect})
	return f, err
}

func (f *foundation) export(ctx *pulumi.Context) {
	urls := pulumi.StringMap{}
	for name, url := range f.images.URLs {
		urls[string(name)] = url
	}
	ctx.Export("dataBucket", f.data.Name)
	ctx.Export("failuresBucket", f.failures.Name)
	ctx.Export("tableName", f.analyses.Name)
	ctx.Export("busName", f.bus.Name)
	ctx.Export("repositoryUrls", urls)
	ctx.Export("alarmTopic", f.alarms.Arn)
}

// environment is the variables of a function. Names of resources are taken from the resources, so that the function
// waits for them.
func (f *foundation) environment(s settings.Stage, name pipeline.Function) (pulumi.StringMap, error) {
	variables, err := s.Environment(name)
	if err != nil {
		return nil, err
	}
	env := pulumi.ToStringMap(variables)
	for variable, output := range map[string]pulumi.StringInput{
		pipeline.EnvEventBusName: f.bus.Name,
		pipeline.EnvTableName:    f.analyses.Name,
	} {
		if _, required := env[variable]; required {
			env[variable] = output
		}
	}
	return env, nil
}

// partition is the second part of an ARN: aws, aws-us-gov or aws-cn.
func partition(arn string) string {
	_, rest, _ := strings.Cut(arn, ":")
	partition, _, _ := strings.Cut(rest, ":")
	return partition
}
