package stack

import (
	"encoding/json"
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ecr"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/platform/release"
)

// RepositoriesArgs says how repositories go.
type RepositoriesArgs struct {
	// ForceDestroy lets a repository be deleted with its images.
	ForceDestroy bool
	// Protect keeps the repositories from being deleted. Their lifecycle policies stay replaceable: AWS changes none.
	Protect bool
}

// keptReleases is how many images that were those of a release stay at hand for a rollback, some 5 MB each.
// keptBuilds is how many images stay in all besides, such as those of a build that was interrupted.
const (
	keptReleases = 1000
	keptBuilds   = 100
)

// expiryPolicy says which images a repository drops, the oldest first. ECR drops no image by a rule if a rule of a
// lower number selects it. So the first rule keeps the images of releases from the second. No rule selects what has no
// tag, as bills of materials and signatures have none. ECR removes those after their image.
func expiryPolicy() (string, error) {
	rule := func(priority int, description, tags string, count int) map[string]any {
		return map[string]any{
			"rulePriority": priority,
			"description":  description,
			"selection": map[string]any{
				"tagStatus": "tagged", "tagPatternList": []string{tags},
				"countType": "imageCountMoreThan", "countNumber": count,
			},
			"action": map[string]any{"type": "expire"},
		}
	}
	policy, err := json.Marshal(map[string]any{"rules": []any{
		rule(1, fmt.Sprintf("keep the images of the last %d releases", keptReleases), release.TagPrefix+"*", keptReleases),
		rule(2, fmt.Sprintf("keep the last %d images, and those of releases", keptBuilds), "*", keptBuilds),
	}})
	if err != nil {
		return "", fmt.Errorf("encode lifecycle policy: %w", err)
	}
	return string(policy), nil
}

// Repositories holds the images of a stage, one repository for each function.
type Repositories struct {
	pulumi.ResourceState

	URLs map[pipeline.Function]pulumi.StringOutput
}

// NewRepositories provisions the repositories `<name>/<function>`.
func NewRepositories(
	ctx *pulumi.Context, name string, args *RepositoriesArgs, opts ...pulumi.ResourceOption,
) (*Repositories, error) {
	r := &Repositories{URLs: make(map[pipeline.Function]pulumi.StringOutput)}
	if err := ctx.RegisterComponentResource("mejan:platform:Repositories", name, r, opts...); err != nil {
		return nil, err
	}
	expiry, err := expiryPolicy()
	if err != nil {
		return nil, err
	}
	outputs := pulumi.Map{}
	for _, f := range pipeline.Functions() {
		path := name + "/" + string(f)
		repository, err := ecr.NewRepository(ctx, path, &ecr.RepositoryArgs{
			Name: pulumi.String(path),
			// A tag is a commit or the name of a release, and means the same image for ever. Functions name their image by its
			// digest.
			ImageTagMutability: pulumi.String("IMMUTABLE"),
			ImageScanningConfiguration: &ecr.RepositoryImageScanningConfigurationArgs{
				ScanOnPush: pulumi.Bool(true),
			},
			ForceDelete: pulumi.Bool(args.ForceDestroy),
		}, pulumi.Parent(r), pulumi.Protect(args.Protect))
		if err != nil {
			return nil, err
		}
		if _, err = ecr.NewLifecyclePolicy(ctx, path, &ecr.LifecyclePolicyArgs{
			Repository: repository.Name,
			Policy:     pulumi.String(expiry),
			// A repository has one policy at most. To delete the old one after the new one was made would leave none.
		}, pulumi.Parent(r), pulumi.DeleteBeforeReplace(true)); err != nil {
			return nil, err
		}
		r.URLs[f] = repository.RepositoryUrl
		outputs[string(f)] = repository.RepositoryUrl
	}
	return r, ctx.RegisterResourceOutputs(r, outputs)
}
