package stack

import (
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/platform/release"
	"github.com/mejan/mejan/platform/settings"
)

// access is what the workflows may do to a stage. Names, and not resources, bound it: the roles exist before the
// resources that they make.
type access struct {
	f *foundation
	s settings.Stage
}

// everywhere is for actions that have no resource-level permission.
const everywhere = pulumi.String("*")

// preview reads what the program has made, Pulumi's state, and which images the registry has. It reads no data: no
// object, no row, no log line.
func (a access) preview() []Statement {
	return slices.Concat(a.program(false), a.state(false), a.pull(a.repositories(a.s.Prefix(), a.s.AWS.Region)))
}

// promote moves images: it reads the repositories of the stage before, if they are in this account, and fills those of
// the stage.
func (a access) promote() []Statement {
	own := a.repositories(a.s.Prefix(), a.s.AWS.Region)
	readable := pulumi.StringArray{own}
	if before := release.Before(a.s.Name); before != "" {
		// The stage before may be in another region.
		readable = append(readable, a.repositories(strings.TrimSuffix(a.s.Prefix(), a.s.Name)+before, "*"))
	}
	return append(a.pull(readable...), Statement{Resources: pulumi.StringArray{own}, Actions: []string{
		"ecr:BatchCheckLayerAvailability", "ecr:InitiateLayerUpload", "ecr:UploadLayerPart", "ecr:CompleteLayerUpload",
		"ecr:PutImage",
	}})
}

// deploy does what `make up` and `make smoke` do. Its own role is not among the roles that it may change: a change of
// the roles of workflows is deployed by a person.
func (a access) deploy() []Statement {
	inputs := a.s3(a.s.AWS.DataBucket() + "-*/" + pipeline.InputPrefix + "*")
	markers := a.s3(a.s.AWS.DataBucket() + "-*/" + pipeline.MarkerPrefix + "*")
	return slices.Concat(a.program(true), a.state(true), a.pull(a.repositories(a.s.Prefix(), a.s.AWS.Region)),
		[]Statement{
			// A smoke test puts a file, and follows its marker and its item.
			{Actions: []string{"s3:ListAllMyBuckets"}, Resources: pulumi.StringArray{everywhere}},
			{Actions: []string{"s3:PutObject", "s3:GetObject"}, Resources: pulumi.StringArray{inputs}},
			{Actions: []string{"s3:GetObject"}, Resources: pulumi.StringArray{markers}},
			{Actions: []string{"dynamodb:GetItem"}, Resources: a.of("dynamodb", "table/"+a.s.AWS.TableName())},
		})
}

// pull reads images, and what is attached to them.
func (a access) pull(repositories ...pulumi.StringInput) []Statement {
	return []Statement{
		{Actions: []string{"ecr:GetAuthorizationToken"}, Resources: pulumi.StringArray{everywhere}},
		{
			Actions: []string{
				"ecr:DescribeRepositories", "ecr:DescribeImages", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer",
				"ecr:ListImageReferrers",
			},
			Resources: repositories,
		},
	}
}

// state reads Pulumi's state, and writes that of this stage. The paths are those that Pulumi keeps in a bucket.
func (a access) state(write bool) []Statement {
	var grants []Statement
	if bucket := a.s.GitHub.StateBucket; bucket != "" {
		at := a.s3(bucket)
		grants = append(grants,
			Statement{Actions: []string{"s3:ListBucket"}, Resources: pulumi.StringArray{at}},
			Statement{Actions: []string{"s3:GetObject"}, Resources: pulumi.StringArray{at + "/.pulumi/*"}})
		if write {
			stage := pulumi.String(settings.Namespace + "/" + a.s.Name)
			grants = append(grants, Statement{
				Actions: []string{"s3:PutObject", "s3:DeleteObject"},
				Resources: pulumi.StringArray{
					at + "/.pulumi/stacks/" + stage + ".*", at + "/.pulumi/history/" + stage + "/*",
					at + "/.pulumi/backups/" + stage + "/*", at + "/.pulumi/locks/organization/" + stage + "/*",
				},
			})
		}
	}
	if key := a.s.GitHub.StateKey; key != "" {
		grants = append(grants, Statement{
			Actions: []string{"kms:Decrypt"}, Resources: pulumi.StringArray{pulumi.String(key)},
		})
	}
	return grants
}

// repositories is the ARN of all repositories under a prefix.
func (a access) repositories(prefix, region string) pulumi.String {
	return a.f.arn("ecr", region, a.f.account, "repository/"+prefix+"/*")
}

// s3 is the ARN of a bucket, which has neither region nor account.
func (a access) s3(name string) pulumi.String { return a.f.arn("s3", "", "", name) }

// of is the ARNs of resources of a service in the stage's region.
func (a access) of(service string, resources ...string) pulumi.StringArray {
	var arns pulumi.StringArray
	for _, resource := range resources {
		arns = append(arns, a.f.arn(service, a.s.AWS.Region, a.f.account, resource))
	}
	return arns
}
