// Command platform is the Pulumi program of Mejan: `pulumi up --stack dev` runs it.
package main

import (
	"errors"
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
	if ctx.RootDirectory() == "" {
		return errNoRoot
	}
	r, err := release.Read(release.Dir(ctx.RootDirectory()), stage.Name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return stack.Program(stage, r)(ctx)
}

// errNoRoot: without the root of the repository every release would seem to be missing. Pulumi tells its programs the
// root since version 3.150 of its CLI.
var errNoRoot = errors.New("the Pulumi CLI does not tell where the repository is, so releases cannot be found: " +
	"update it to 3.150 or later, https://www.pulumi.com/docs/iac/download-install/")
