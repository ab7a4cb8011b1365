package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/spf13/cobra"

	"github.com/mejan/mejan/cli/command"
	"github.com/mejan/mejan/cli/smoke"
	"github.com/mejan/mejan/functions/pipeline/analyses"
	"github.com/mejan/mejan/functions/pipeline/objects"
	"github.com/mejan/mejan/platform/release"
	"github.com/mejan/mejan/platform/settings"
)

func smokeCommand() *cobra.Command {
	var s smoking
	c := &cobra.Command{
		Use:   "smoke STAGE [FILE]",
		Short: "Send a marked file through a stage and follow it to the accepted mail",
		Long: `smoke uploads a file to a stage, marked as a smoke test, and follows it: claimed and ingested by the ingestor,
stored by the analyzer, mailed by the notifier. It prints when each step was reached. The exit code is 1 if a step was
not reached in time; the error names the last one that was, and the correlation id that all log lines of the run have.

Only the test receiver of the stage gets the mail, and no metric, alarm or later report sees the run: docs/smoke.md.
FILE is .json or .json.gz; without it, a sample of the repository is sent. A nonce makes its bytes new each time.

Region and profile are those of Pulumi.STAGE.yaml. These permissions are enough: s3:ListAllMyBuckets (not with
--bucket); s3:PutObject and s3:GetObject under inputs/ and processed/hashes/; s3:ListBucket; dynamodb:GetItem.`,
		Example: "  mejan smoke dev\n  mejan smoke prod bars.json.gz --timeout 2m --json",
		Args:    cobra.RangeArgs(1, 2),
		RunE: func(c *cobra.Command, args []string) error {
			s.stage, s.stdout, s.stderr = args[0], c.OutOrStdout(), c.ErrOrStderr()
			if len(args) == 2 {
				s.file = args[1]
			}
			if err := s.check(); err != nil {
				return command.Misused(c, err)
			}
			return s.run(c.Context())
		},
	}
	c.Flags().StringVar(&s.bucket, "bucket", "", "the stage's bucket of data (default: looked for by its name)")
	c.Flags().DurationVar(&s.timeout, "timeout", 5*time.Minute, "how long the whole test may take")
	c.Flags().BoolVar(&s.json, "json", false, "print the steps as JSON")
	return c
}

// smoking is one call of smoke.
type smoking struct {
	stage, file, bucket string
	timeout             time.Duration
	json                bool
	stdout, stderr      io.Writer
}

// smokeSample is sent where no file is named.
const smokeSample = "samples/us-stocks-1week.json"

func (s *smoking) check() error {
	if err := release.CheckStage(s.stage); err != nil {
		return err
	}
	switch {
	case s.file != "" && s.extension() == "":
		return fmt.Errorf("%q is no input: the pipeline takes .json and .json.gz", s.file)
	case s.timeout <= 0:
		return fmt.Errorf("--timeout %s: give a duration above 0, such as 5m", s.timeout)
	}
	return nil
}

// extension is the part of the file's name that the ingestor goes by.
func (s *smoking) extension() string {
	name := strings.ToLower(cmp.Or(s.file, smokeSample))
	for _, extension := range []string{".json", ".json.gz"} {
		if strings.HasSuffix(name, extension) {
			return extension
		}
	}
	return ""
}

func (s *smoking) run(ctx context.Context) error {
	root, err := command.Checkout()
	if err != nil {
		return err
	}
	where, err := settings.AWSFromFile(filepath.Join(root, "Pulumi."+s.stage+".yaml"), s.stage)
	if err != nil {
		return err
	}
	content, err := os.ReadFile(cmp.Or(s.file, filepath.Join(root, smokeSample)))
	if err != nil {
		return err
	}
	cfg, err := config.LoadDefaultConfig(ctx, func(o *config.LoadOptions) error {
		o.Region, o.SharedConfigProfile = where.Region, where.Profile
		return nil
	})
	if err != nil {
		return fmt.Errorf("load AWS configuration: %w", err)
	}
	if s.bucket == "" {
		if s.bucket, err = findBucket(ctx, cfg, where, s.stage); err != nil {
			return err
		}
	}

	ctx, cancel := context.WithTimeoutCause(ctx, s.timeout, fmt.Errorf("it took longer than %s", s.timeout))
	defer cancel()
	reached := []smoke.Reached{}
	test := smoke.Test{
		Name: s.bucket, Bucket: objects.New(cfg), Table: analyses.New(cfg, where.TableName()),
		File: content, Extension: s.extension(),
		Report: func(r smoke.Reached) {
			reached = append(reached, r)
			if !s.json {
				fmt.Fprintf(s.stdout, "%8.2f s  %-9s %s\n", r.Seconds, r.Step, command.Printable(r.Detail))
			}
		},
	}
	err = test.Run(ctx)
	if s.json {
		if wrong := printJSON(s.stdout, reached); wrong != nil {
			return errors.Join(err, fmt.Errorf("write steps: %w", wrong))
		}
	}
	if errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("%w (%w): %s", err, context.Cause(ctx), hint(err, where.Prefix))
	}
	return err
}

// hint names the log that says why a test came no further.
func hint(err error, prefix string) string {
	var stopped *smoke.StoppedError
	if !errors.As(err, &stopped) {
		return ""
	}
	function := map[smoke.Step]string{
		smoke.Uploaded: "ingestor", smoke.Claimed: "ingestor", smoke.Ingested: "analyzer", smoke.Analysed: "notifier",
	}[stopped.Last]
	return "look at aws logs tail --since 10m /aws/lambda/" + prefix + "-" + function
}

// findBucket looks for the stage's bucket of data. Its name ends at random, since bucket names are shared by the world.
func findBucket(ctx context.Context, cfg aws.Config, where settings.AWS, stage string) (string, error) {
	begin := where.DataBucket()
	var found []string
	all, err := s3.NewFromConfig(cfg).ListBuckets(ctx, &s3.ListBucketsInput{Prefix: aws.String(begin)})
	if err != nil {
		return "", fmt.Errorf("look for the bucket of stage %s: %w", stage, err)
	}
	for _, b := range all.Buckets {
		name, region := aws.ToString(b.Name), cmp.Or(aws.ToString(b.BucketRegion), where.Region)
		if rest, ok := strings.CutPrefix(name, begin); ok && (rest == "" || rest[0] == '-') && region == where.Region {
			found = append(found, name)
		}
	}
	if len(found) != 1 {
		return "", fmt.Errorf("%d buckets in %s are called %s-…, not one: name it by --bucket; "+
			"pulumi stack output dataBucket --stack %s tells it", len(found), where.Region, begin, stage)
	}
	return found[0], nil
}
