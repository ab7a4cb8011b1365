package stack

import (
	"encoding/json"
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ecr"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/mejan/mejan/functions/pipeline"
)

// RepositoriesArgs says how repositories go.
type RepositoriesArgs struct {
	// ForceDestroy lets a repository be deleted with its images.
	ForceDestroy bool
	// Protect keeps the repositories from being deleted. Their lifecycle policies stay replaceable: AWS changes none.
	Protect bool
}

// keptImages bounds each repository. An image, its bill of materials and its signature count as three, so that the last
// 30 releases or more stay at hand: the one that runs must not go, and those before it are what one rolls back to.
const keptImages = 100

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
	expiry, err := json.Marshal(map[string]any{"rules": []any{map[string]any{
		"rulePriority": 1,
		"description":  fmt.Sprintf("keep the last %d", keptImages),
		"selection":    map[string]any{"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": keptImages},
		"action":       map[string]any{"type": "expire"},
	}}})
	if err != nil {
		return nil, fmt.Errorf("encode lifecycle policy: %w", err)
	}
	outputs := pulumi.Map{}
	for _, f := range pipeline.Functions() {
		path := name + "/" + string(f)
		repository, err := ecr.NewRepository(ctx, path, &ecr.RepositoryArgs{
			Name: pulumi.String(path),
			// A tag is a commit, and means the same image for ever. Functions name their image by its digest.
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
		}, pulumi.Parent(r)); err != nil {
			return nil, err
		}
		r.URLs[f] = repository.RepositoryUrl
		outputs[string(f)] = repository.RepositoryUrl
	}
	return r, ctx.RegisterResourceOutputs(r, outputs)
}
