package stack

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/mejan/mejan/platform/release"
	"github.com/mejan/mejan/platform/settings"
)

// githubIssuer is who signs the tokens of workflows.
const githubIssuer = "token.actions.githubusercontent.com"

// GitHubArgs says which workflows may act on a stage.
type GitHubArgs struct {
	// Prefix begins the names of the roles.
	Prefix     string
	Repository string
	// Provider is the ARN of the account's identity provider of GitHub. Empty: it is made here.
	Provider string
	Roles    []githubRole
	// Protect keeps a provider that is made here from being deleted: other stages of the account may use it.
	Protect bool
}

// githubRole is one role, and what it may do.
type githubRole struct {
	// Part is the role's name in the output githubRoles, and the end of its name in the program. RoleName is its name in
	// the account.
	Part, RoleName string
	// Environments are those of the repository whose jobs may take the role.
	Environments []string
	Grants       []Statement
}

// GitHub is the roles that the workflows of one repository take. They take them by a token that GitHub signs for one
// job, so that no key is stored.
type GitHub struct {
	pulumi.ResourceState

	// Roles has the ARN of each role.
	Roles pulumi.StringMap
}

// NewGitHub provisions the roles, and the provider unless the account has it.
func NewGitHub(ctx *pulumi.Context, name string, args *GitHubArgs, opts ...pulumi.ResourceOption) (*GitHub, error) {
	g := &GitHub{Roles: pulumi.StringMap{}}
	if err := ctx.RegisterComponentResource("mejan:platform:GitHub", name, g, opts...); err != nil {
		return nil, err
	}
	var provider pulumi.StringInput = pulumi.String(args.Provider)
	if args.Provider == "" {
		made, err := iam.NewOpenIdConnectProvider(ctx, name, &iam.OpenIdConnectProviderArgs{
			Url:           pulumi.String("https://" + githubIssuer),
			ClientIdLists: pulumi.ToStringArray([]string{stsAudience}),
		}, pulumi.Parent(g), pulumi.Protect(args.Protect))
		if err != nil {
			return nil, err
		}
		provider = made.Arn
	}
	for _, r := range args.Roles {
		full := args.Prefix + "-" + r.Part
		role, err := iam.NewRole(ctx, full, &iam.RoleArgs{
			Name:             pulumi.String(r.RoleName),
			AssumeRolePolicy: policy(trust(provider, args.Repository, r.Environments)),
		}, pulumi.Parent(g))
		if err != nil {
			return nil, err
		}
		if _, err := iam.NewRolePolicy(ctx, full, &iam.RolePolicyArgs{
			Name: pulumi.String("grants"), Role: role.Name, Policy: policy(r.Grants...),
		}, pulumi.Parent(g), pulumi.DeleteBeforeReplace(false)); err != nil {
			return nil, err
		}
		g.Roles[r.Part] = role.Arn
	}
	return g, ctx.RegisterResourceOutputs(g, pulumi.Map{"roles": g.Roles})
}

// stsAudience is whom a workflow's token must be meant for.
const stsAudience = "sts.amazonaws.com"

// trust lets jobs take a role: those of the repository that run in one of the environments. Each is spelled out. A
// pattern would let in other branches, or other repositories.
func trust(provider pulumi.StringInput, repository string, environments []string) Statement {
	var subjects pulumi.StringArray
	for _, environment := range environments {
		subjects = append(subjects, pulumi.Sprintf("repo:%s:environment:%s", repository, environment))
	}
	return Statement{
		Principal: pulumi.Map{"Federated": provider},
		Actions:   []string{"sts:AssumeRoleWithWebIdentity"},
		Condition: pulumi.Map{"StringEquals": pulumi.Map{
			githubIssuer + ":aud": pulumi.String(stsAudience),
			githubIssuer + ":sub": subjects,
		}},
	}
}

// newGitHub provisions the roles of the stage where the settings ask for them. It returns their ARNs.
func newGitHub(ctx *pulumi.Context, s settings.Stage, f *foundation) (pulumi.StringMap, error) {
	if s.GitHub.Repository == "" {
		return nil, nil
	}
	// IAM takes the ARN of a provider that does not exist, and then no workflow gets in.
	if provider := s.GitHub.Provider; provider != "" && !strings.Contains(provider, "::"+f.account+":") {
		return nil, fmt.Errorf("mejan:githubProvider: %s is not in account %s, which the stage is deployed to; "+
			"aws iam list-open-id-connect-providers lists the account's", provider, f.account)
	}
	name := func(part string) string { return s.Named(part) + "-" + s.AWS.Region }
	a := access{f, s}
	preview := githubRole{
		Part: "preview", RoleName: name("preview"), Environments: []string{s.Name + "-preview"}, Grants: a.preview(),
	}
	// A promotion reads the registry of this stage for the next one. Where that stage is in another account, its own role
	// cannot, and the job takes this one as well.
	if next := after(s.Name); next != "" {
		preview.Environments = append(preview.Environments, next)
	}
	g, err := NewGitHub(ctx, s.Named("github"), &GitHubArgs{
		Prefix: s.Prefix(), Repository: s.GitHub.Repository, Provider: s.GitHub.Provider, Protect: s.Protect,
		Roles: []githubRole{
			preview,
			{Part: "promote", RoleName: name("promote"), Environments: []string{s.Name}, Grants: a.promote()},
			{Part: "deploy", RoleName: name("deploy"), Environments: []string{s.Name}, Grants: a.deploy()},
		},
	})
	if err != nil {
		return nil, err
	}
	return g.Roles, nil
}

// after is the stage that images go to from this one, or "".
func after(stage string) string {
	for _, next := range release.Order() {
		if release.Before(next) == stage {
			return next
		}
	}
	return ""
}
