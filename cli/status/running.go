package status

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/mejan/mejan/platform/release"
)

// running is the digest of the image that a function runs, by which Lambda resolved it. It is empty for a function that
// does not exist, or that has no image.
func running(ctx context.Context, config aws.Config, function string) (string, error) {
	found, err := lambda.NewFromConfig(config).GetFunction(ctx, &lambda.GetFunctionInput{FunctionName: &function})
	if missing := (*types.ResourceNotFoundException)(nil); errors.As(err, &missing) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("ask Lambda for %s: %w; allow lambda:GetFunction", function, err)
	}
	if found.Code == nil {
		return "", nil
	}
	for _, uri := range []*string{found.Code.ResolvedImageUri, found.Code.ImageUri} {
		if _, digest, ok := strings.Cut(aws.ToString(uri), "@"); ok {
			return digest, nil
		}
	}
	return "", nil
}

// uncommitted reports whether the release file of the checkout is another than the one in git.
func uncommitted(root, stage string, committed *release.Release) (bool, error) {
	dir, err := release.Dir(root)
	if err != nil {
		return false, err
	}
	now, err := release.Read(dir, stage)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, err
	}
	same, err := now.Equal(committed)
	return !same, err
}
