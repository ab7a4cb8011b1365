// Command platform is the Pulumi program of Mejan: `pulumi up --stack dev` runs it.
package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/mejan/mejan/platform/release"
	"github.com/mejan/mejan/platform/settings"
	"github.com/mejan/mejan/platform/stack"
)

func main() { pulumi.Run(program) }

func program(ctx *pulumi.Context) error {
	stage, err := settings.FromPulumi(ctx.Stack(), os.Getenv(pulumi.EnvConfig), os.Getenv(pulumi.EnvConfigSecretKeys))
	if err != nil {
		return err
	}
	r, err := release.Read(filepath.Join(ctx.RootDirectory(), "platform", "releases"), stage.Name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return stack.Program(stage, r)(ctx)
}
