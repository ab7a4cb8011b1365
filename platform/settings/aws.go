package settings

import (
	"fmt"
	"regexp"
	"strings"
)

// AWS says where on AWS a stage lives. It is all that a command needs which talks to AWS for a stage without deploying
// it, such as the push of images.
type AWS struct {
	// Region is the setting aws:region, such as eu-west-1.
	Region string
	// Profile is the setting aws:profile: a profile of the AWS configuration, or "" for the default credentials.
	Profile string
	// AllowedAccountIDs is the setting aws:allowedAccountIds: the accounts that the stage may be deployed to, or none,
	// which allows every account.
	AllowedAccountIDs []string
	// Prefix begins every name of the stage: mejan-dev. The image of a function lies in the repository
	// `<Prefix>/<function>`.
	Prefix string
}

// AWSFromFile reads the part of a stage's Pulumi.<stage>.yaml that says where the stage lives. It does not look at the
// other settings, so that it also serves a stage whose addresses are not set yet.
func AWSFromFile(path, stage string) (AWS, error) {
	l, err := open(path, stage)
	if err != nil {
		return AWS{}, err
	}
	aws := l.aws()
	if err := l.failure(); err != nil {
		return AWS{}, err
	}
	return aws, nil
}

// Two lengths that keep every name within its limit. The longest names are those of the roles, which IAM bounds at 64
// characters: prefix, stage, function and region, with hyphens between them. That leaves 40 for prefix and stage, since
// a function has 8 and a region at most 14.
const (
	maxPrefix = 19
	maxStage  = 20
)

var (
	stageForm   = regexp.MustCompile(`^[a-z][a-z0-9]*$`)
	prefixForm  = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	regionForm  = regexp.MustCompile(`^[a-z]{2,4}(-[a-z]+)+-[0-9]$`)
	accountForm = regexp.MustCompile(`^[0-9]{12}$`)
)

// aws reads where the stage lives.
func (l *loader) aws() AWS {
	if !stageForm.MatchString(l.stage) || len(l.stage) > maxStage {
		l.problems = append(l.problems, fmt.Errorf(
			"stage %q: want up to %d lower-case letters and digits; pulumi stack init dev", l.stage, maxStage))
	}
	return AWS{
		Region:            l.region(),
		Profile:           l.config[keyProfile],
		AllowedAccountIDs: l.accounts(),
		Prefix:            l.prefix() + "-" + l.stage,
	}
}

func (l *loader) region() string {
	value := l.config[keyRegion]
	if value == "" {
		l.problem(keyRegion, defaultRegion, "not set")
	} else if !regionForm.MatchString(value) {
		l.problem(keyRegion, defaultRegion, "%q is not a region of AWS", value)
	}
	return value
}

func (l *loader) accounts() []string {
	accounts, err := list(l.config[keyAllowedAccountIDs])
	if err != nil {
		l.problem(keyAllowedAccountIDs, `'["123456789012"]'`, "%v", err)
	}
	for _, account := range accounts {
		if !accountForm.MatchString(account) {
			l.problem(keyAllowedAccountIDs, `'["123456789012"]'`, "%q is not an account id of 12 digits", account)
		}
	}
	return accounts
}

// prefix refuses what AWS reserves: no bucket's name may begin with `sthree-` or `amzn-s3-demo-`.
func (l *loader) prefix() string {
	value := l.config[keyPrefix]
	switch {
	case value == "":
		return defaultPrefix
	case !prefixForm.MatchString(value) || len(value) > maxPrefix:
		l.problem(keyPrefix, defaultPrefix,
			"%q is not up to %d lower-case letters and digits, with single hyphens between them", value, maxPrefix)
	case strings.HasPrefix(value+"-", "sthree-"), strings.HasPrefix(value+"-", "amzn-s3-demo-"):
		l.problem(keyPrefix, defaultPrefix, "%q begins as names that S3 reserves", value)
	}
	return value
}
