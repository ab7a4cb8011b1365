// Command platform is the Pulumi program of Mejan: `pulumi up --stack dev` runs it.
package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/mejan/mejan/platform/release"
	"github.com/mejan/mejan/platform/settings"
	"github.com/mejan/mejan/platform/stack"
)

func main() { pulumi.Run(program) }

// program provisions the stage that the Pulumi stack is named after, with the images of its release file. A stage
// without that file goes on without a release, which package stack allows for a first deployment only.
func program(ctx *pulumi.Context) error {
	stage, err := settings.FromPulumi(ctx.Stack(), os.Getenv(pulumi.EnvConfig), os.Getenv(pulumi.EnvConfigSecretKeys))
	if err != nil {
		return err
	}
	dir, err := release.Dir(ctx.RootDirectory())
	if err != nil {
		return err
	}
	r, err := release.Read(dir, stage.Name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if r != nil && r.Platform != "" && r.Platform != release.LambdaPlatform {
		return fmt.Errorf("the images of %s are for %s, and Lambda runs them on %s; %s", release.Path(dir, stage.Name),
			r.Platform, release.LambdaPlatform, release.Restore(stage.Name))
	}
	return stack.Program(stage, r)(ctx)
}
