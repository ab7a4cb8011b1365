package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/mejan/mejan/cli/command"
	"github.com/mejan/mejan/cli/doctor"
	"github.com/mejan/mejan/cli/signature"
	"github.com/mejan/mejan/cli/stages"
	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/platform/settings"
)

func signCommand() *cobra.Command {
	var s signing
	c := &cobra.Command{
		Use:   "sign STAGE",
		Short: "Sign the images of a stage, by a key or keyless",
		Long: `sign signs the images that the release of STAGE names, and attaches the signatures to them in the registry, as
cosign sign --new-bundle-format does. Promotions copy the signatures with the images. Images that have a valid signature
by the same key or identity already keep it, so sign may be repeated.

--key names a private key: a PEM file of ECDSA or RSA, encrypted as cosign does it with the password in COSIGN_PASSWORD
or not, or a key in AWS KMS, awskms:///alias/NAME or awskms:///ARN. Such a signature is in no public log.

--keyless signs as the workflow of GitHub Actions that runs it, which needs the permission id-token: write, or by the
OpenID token in SIGSTORE_ID_TOKEN. The identity and the digests become public for ever, in the log of the public
Sigstore. --services names the signing configuration of another Sigstore, and the setting mejan:signatureRoot of STAGE
its trusted root.`,
		Example: "  mejan sign dev --key release.key\n  mejan sign dev --key awskms:///alias/mejan-release\n" +
			"  mejan sign dev --keyless",
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			s.stage.name = args[0]
			s.stdout, s.stderr = c.OutOrStdout(), c.ErrOrStderr()
			if err := s.check(c); err != nil {
				return command.Misused(c, err)
			}
			return s.run(c.Context())
		},
	}
	c.Flags().StringVar(&s.order.Key, "key", "", "private key: a PEM file, or awskms:///…")
	c.Flags().BoolVar(&s.order.Keyless, "keyless", false, "sign by the identity of the workflow that runs")
	c.Flags().StringVar(&s.order.Services, "services", "", "signing configuration of another Sigstore, with --keyless")
	c.Flags().StringVar(&s.stage.repo, "repo", "", "registry and prefix (default the stage's repositories in ECR)")
	c.Flags().BoolVar(&s.json, "json", false, "print the result as JSON")
	return c
}

// signing is one call of sign.
type signing struct {
	stage          namedStage
	order          signature.Order
	json           bool
	stdout, stderr io.Writer
}

// check looks at the command line alone.
func (s *signing) check(c *cobra.Command) error {
	switch {
	case c.Flags().Changed("repo") && s.stage.repo == "":
		return errors.New("--repo names no registry")
	case s.order.Key == "" && !s.order.Keyless:
		return errors.New("say how to sign: --key FILE, --key awskms:///alias/NAME, or --keyless")
	case s.order.Key != "" && s.order.Keyless:
		return errors.New("--key and --keyless exclude each other")
	case s.order.Services != "" && !s.order.Keyless:
		return errors.New("--services goes with --keyless")
	}
	return nil
}

func (s *signing) run(ctx context.Context) error {
	root, err := command.Checkout()
	if err != nil {
		return err
	}
	r, err := readRelease(root, s.stage.name)
	if err != nil {
		return err
	}
	progress := command.NewProgress(s.stderr)
	registry, err := s.stage.reach(ctx, root, doctor.To, progress)
	if err != nil {
		return fmt.Errorf("nothing was signed:\n%w", err)
	}
	program := signature.Program{}
	if s.order.Keyless {
		policy, err := signature.ReadPolicy(root, s.stage.name)
		if err != nil {
			return err
		}
		s.order.Root = policy.Root
	} else {
		program.Env = s.stage.environment(root)
	}
	signed, err := stages.Sign(ctx, registry, r, program, s.order, progress.Step)
	if err != nil {
		return err
	}
	added := 0
	for _, one := range signed {
		if one.Added {
			added++
		}
	}
	by := signed[pipeline.Ingestor].By
	if added == 0 {
		progress.Printf("the images of %s are signed already by %s; nothing to do", s.stage.name, by)
	} else {
		progress.Printf("signed %d images of %s by %s", added, s.stage.name, by)
	}
	return s.print(signed)
}

// environment gives a key in KMS the region and the profile of the stage, unless the environment has its own.
func (s namedStage) environment(root string) []string {
	where, err := settings.AWSFromFile(stageFile(root, s.name), s.name)
	if err != nil {
		return nil // a key in a file needs neither
	}
	var env []string
	if os.Getenv("AWS_REGION") == "" && where.Region != "" {
		env = append(env, "AWS_REGION="+where.Region)
	}
	if os.Getenv("AWS_PROFILE") == "" && where.Profile != "" {
		env = append(env, "AWS_PROFILE="+where.Profile)
	}
	return env
}

func (s *signing) print(signed map[pipeline.Function]stages.Signed) error {
	if s.json {
		return printJSON(s.stdout, signed)
	}
	for _, function := range pipeline.Functions() {
		fmt.Fprintf(s.stdout, "%s %s\n", function, signed[function].Digest)
	}
	return nil
}
