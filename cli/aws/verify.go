package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/mejan/mejan/cli/command"
	"github.com/mejan/mejan/cli/doctor"
	"github.com/mejan/mejan/cli/signature"
	"github.com/mejan/mejan/cli/stages"
	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/platform/release"
	"github.com/mejan/mejan/platform/settings"
)

func verifyCommand() *cobra.Command {
	var v verifying
	c := &cobra.Command{
		Use:   "verify STAGE",
		Short: "Check that a stage's images are in its registry, with bills of materials and signatures",
		Long: `verify looks for each image that the release of STAGE names: it must be in the registry, as a plain image,
with its bill of materials, and signed as the settings of STAGE ask (mejan:signature). It only reads. Exit code 1 means
that something is missing; each line says what mends it.

With --if-required it does all of that only if STAGE asks for signatures. make up runs it so.`,
		Example: "  mejan verify uat\n  mejan verify uat --repo 127.0.0.1:5001/mejan-uat --json",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			v.stage.name = args[0]
			v.stdout, v.stderr = c.OutOrStdout(), c.ErrOrStderr()
			if c.Flags().Changed("repo") && v.stage.repo == "" {
				return command.Misused(c, errors.New("--repo names no registry"))
			}
			return v.run(c.Context())
		},
	}
	c.Flags().StringVar(&v.stage.repo, "repo", "", "registry and prefix (default the stage's repositories in ECR)")
	c.Flags().BoolVar(&v.ifRequired, "if-required", false, "check nothing if the stage asks for no signature")
	c.Flags().BoolVar(&v.json, "json", false, "print the result as JSON")
	return c
}

// verifying is one call of verify.
type verifying struct {
	stage            namedStage
	ifRequired, json bool
	stdout, stderr   io.Writer
}

// verified is what --json prints.
type verified struct {
	Stage  string                                `json:"stage"`
	Policy settings.SignaturePolicy              `json:"policy"`
	Images map[pipeline.Function]stages.Verified `json:"images"`
}

func (v *verifying) run(ctx context.Context) error {
	root, err := command.Checkout()
	if err != nil {
		return err
	}
	policy, err := signature.ReadPolicy(root, v.stage.name)
	if err != nil {
		return err
	}
	progress := command.NewProgress(v.stderr)
	result := verified{Stage: v.stage.name, Policy: policy.Policy}
	if !policy.Required() {
		progress.Printf("policy none: stage %s takes images without a signature", v.stage.name)
		if v.ifRequired {
			return v.print(result)
		}
	}
	r, err := readRelease(root, v.stage.name)
	if err != nil {
		return err
	}
	registry, err := v.stage.reach(ctx, root, doctor.From, progress)
	if err != nil {
		return err
	}
	result.Images, err = stages.Verify(ctx, registry, r, stages.Signatures{Policy: policy, Sigstore: signature.Program{}})
	if err != nil {
		return err
	}
	return v.print(result)
}

func (v *verifying) print(result verified) error {
	if v.json {
		return printJSON(v.stdout, result)
	}
	for _, function := range pipeline.Functions() {
		if image, found := result.Images[function]; found {
			fmt.Fprintf(v.stdout, "%s %s%s\n", function, image.Digest, signedBy(image))
		}
	}
	return nil
}

func signedBy(image stages.Verified) string {
	if image.SignedBy == "" {
		return ""
	}
	return " signed by " + image.SignedBy
}

// readRelease reads the release of a stage. Its error says how the stage gets one.
func readRelease(root, stage string) (*release.Release, error) {
	dir, err := release.Dir(root)
	if err != nil {
		return nil, err
	}
	r, err := release.Read(dir, stage)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("stage %s has no release: %s", stage, release.Restore(stage))
	}
	return r, err
}

// stageFile is the file with the settings of a stage.
func stageFile(root, stage string) string { return filepath.Join(root, "Pulumi."+stage+".yaml") }
