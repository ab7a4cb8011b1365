// Package stack is what one stage of Mejan consists of on AWS. [Program] reads like the way of a file; each component
// has a file of its own, and what differs between stages comes from package settings.
package stack

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/platform/release"
	"github.com/mejan/mejan/platform/settings"
)

// Program provisions a stage. If r is nil, the stage has no release yet: images can be pushed only to repositories that
// exist, so the first step provisions everything but the functions and what belongs to them, and a notice names the
// next step. Without a release the program stops if functions of the stage exist: it would delete them.
func Program(s settings.Stage, r *release.Release) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		if r == nil {
			if err := refuseLostRelease(ctx, s); err != nil {
				return err
			}
		}
		f, err := newFoundation(ctx, s)
		if err != nil {
			return err
		}
		f.export(ctx)
		roles, err := newGitHub(ctx, s, f)
		if err != nil {
			return err
		}
		if roles != nil {
			ctx.Export("githubRoles", roles)
		}
		names := pulumi.StringMap{}
		if r == nil {
			err = ctx.Log.Info(fmt.Sprintf("stage %[1]s has no release yet, so this is its first step: everything but its "+
				"functions. Next: `%[2]s`, then `make up STAGE=%[1]s`", s.Name, release.HowTo(s.Name)), nil)
		} else {
			names, err = newPipeline(ctx, s, r, f)
		}
		ctx.Export("functionNames", names)
		return err
	}
}

// newPipeline provisions the functions, what starts them, and the alarms over them, in the order in which a file meets
// them. It returns the functions' names.
func newPipeline(ctx *pulumi.Context, s settings.Stage, r *release.Release, f *foundation) (pulumi.StringMap, error) {
	names := pulumi.StringMap{}
	functions := make(map[pipeline.Function]*Function)
	for _, name := range pipeline.Functions() {
		env, err := f.environment(s, name)
		if err != nil {
			return nil, err
		}
		functions[name], err = NewFunction(ctx, s.FunctionName(name), &FunctionArgs{
			Description: descriptions[name],
			RoleName:    s.RoleName(name),
			Image:       pulumi.Sprintf("%s@%s", f.images.URLs[name], r.Images[name]),
			Size:        s.Functions[name],
			Environment: env,
			Grants:      f.grants(s, name),
			LogDays:     s.LogRetentionDays,
			Protect:     s.Protect,
			// The notifier is called by a stream, which keeps failed records itself.
			Asynchronous: name != pipeline.Notifier,
		})
		if err != nil {
			return nil, err
		}
		names[string(name)] = functions[name].Name
	}

	if _, err := NewIntake(ctx, s.Named("intake"), &IntakeArgs{
		Bucket: f.data, Function: functions[pipeline.Ingestor], Account: f.account,
	}); err != nil {
		return nil, err
	}
	route, err := NewRoute(ctx, s.Named("route"), &RouteArgs{
		RuleName: s.Named("ingestor-completed"), QueueName: s.Named("rule"),
		Bus: f.bus, Function: functions[pipeline.Analyzer], Protect: s.Protect,
	})
	if err != nil {
		return nil, err
	}
	delivery, err := NewDelivery(ctx, s.Named("delivery"), &DeliveryArgs{
		Analyses: f.analyses, Function: functions[pipeline.Notifier], Failures: f.failures,
	})
	if err != nil {
		return nil, err
	}
	_, err = NewAlarms(ctx, s.Prefix(), &AlarmsArgs{
		Topic: f.alarms.Arn,
		Alarms: alarms(watched{
			functions: functions,
			queues: map[string]*DeadLetters{
				string(pipeline.Ingestor): functions[pipeline.Ingestor].DeadLetters,
				string(pipeline.Analyzer): functions[pipeline.Analyzer].DeadLetters,
				"rule":                    route.DeadLetters,
			},
			mapping: delivery.MappingID,
		}),
	})
	return names, err
}

var descriptions = map[pipeline.Function]string{
	pipeline.Ingestor: "Checks a file of market bars and splits its rows into valid and rejected ones.",
	pipeline.Analyzer: "Computes the figures of an ingested file and has them put into words.",
	pipeline.Notifier: "Mails an analysis.",
}
