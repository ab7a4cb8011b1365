package doctor

import (
	"cmp"
	"context"
	"errors"
	"os"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go/logging"

	"github.com/mejan/mejan/platform/settings"
)

func findRegion(_ context.Context, s *Subject) Finding {
	where, err := settings.AWSFromFile(s.settingsFile(), s.Stage)
	if err != nil {
		return s.badSettings(err)
	}
	s.Where = where
	if mine := cmp.Or(os.Getenv("AWS_REGION"), os.Getenv("AWS_DEFAULT_REGION")); mine != "" && mine != where.Region {
		return warning("export AWS_REGION="+where.Region,
			"the stage lives in %s, and commands of the AWS CLI go to %s of your environment", where.Region, mine)
	}
	return ok("%s", where.Region)
}

func findCredentials(ctx context.Context, s *Subject) Finding {
	options := []func(*config.LoadOptions) error{
		config.WithRegion(s.Where.Region),
		config.WithLogger(logging.Nop{}), // what matters of it is in the errors
	}
	if s.Where.Profile != "" {
		options = append(options, config.WithSharedConfigProfile(s.Where.Profile))
	}
	cfg, err := config.LoadDefaultConfig(ctx, options...)
	if missing := (config.SharedConfigProfileNotExistError{}); errors.As(err, &missing) {
		return problem("aws configure sso --profile "+missing.Profile,
			"the AWS configuration of this machine has no profile %q", missing.Profile)
	} else if err != nil {
		return problem("mend ~/.aws/config and ~/.aws/credentials", "load AWS configuration: %v", err)
	}
	if s.Credentials, err = cfg.Credentials.Retrieve(ctx); err != nil {
		return problem(s.loginCommand(), "no AWS credentials: %v", err)
	}
	// From now on no check asks for them again.
	cfg.Credentials = aws.NewCredentialsCache(fixed(s.Credentials))
	s.config = cfg
	identity, err := sts.NewFromConfig(cfg).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return s.failed(err, "sts:GetCallerIdentity")
	}
	s.account = aws.ToString(identity.Account)
	arn := aws.ToString(identity.Arn)
	if s.partition, _, _ = strings.Cut(strings.TrimPrefix(arn, "arn:"), ":"); s.partition == "" {
		s.partition = "aws"
	}
	return ok("%s, from %s", arn, s.Credentials.Source)
}

type fixed aws.Credentials

func (f fixed) Retrieve(context.Context) (aws.Credentials, error) { return aws.Credentials(f), nil }

// loginCommand gets credentials.
func (s *Subject) loginCommand() string {
	profile := cmp.Or(s.Where.Profile, os.Getenv("AWS_PROFILE"))
	if profile == "" {
		return "aws configure sso, then export AWS_PROFILE; or pulumi config set --stack " + s.Stage + " aws:profile PROFILE"
	}
	return "aws sso login --profile " + profile
}

func findAccount(_ context.Context, s *Subject) Finding {
	allowed := s.Where.AllowedAccountIDs
	switch {
	case len(allowed) == 0:
		s.reached = true
		return warning("pulumi config set --stack "+s.Stage+` aws:allowedAccountIds '["`+s.account+`"]'`,
			"%s; the stage allows every account, so that wrong credentials deploy it to the wrong one", s.account)
	case !slices.Contains(allowed, s.account):
		return problem(s.loginCommand(), "the credentials are of account %s, aws:allowedAccountIds of the stage has %s",
			s.account, strings.Join(allowed, ", "))
	}
	s.reached = true
	return ok("%s, which the stage allows", s.account)
}

// Config is how to ask AWS about the stage, and whether the checks found that out.
func (s *Subject) Config() (config aws.Config, found bool) { return s.config, s.reached }
