// Package doctor examines what has to hold before images are built and pushed, and before a stage is deployed and
// relied on. Each thing is a check in one table; [Examine] makes those that serve a purpose.
//
// Checks only read, with one exception: the check of a push begins an upload to the registry and cancels it.
package doctor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-containerregistry/pkg/authn"

	"github.com/mejan/mejan/platform/settings"
)

// State is the result of a check.
type State string

// The states, from good to bad. Unknown means that the check could not be made: it says nothing about its subject.
const (
	OK      State = "ok"
	Warning State = "warning"
	Unknown State = "unknown"
	Problem State = "problem"
)

// Finding is what one check found.
type Finding struct {
	Check string `json:"check"`
	State State  `json:"state"`
	// Text says what was found. It may have several lines.
	Text string `json:"text"`
	// Remedy is the command or the page that mends it. It is empty when all is well, and when Text has the commands.
	Remedy string `json:"remedy,omitempty"`
	// Waits names the earlier check whose result this one needed and did not get; empty when this check was made.
	Waits string `json:"waits,omitempty"`
}

// Purpose says what a check is for. Purposes combine.
type Purpose uint8

// The purposes.
const (
	// Laptop is work on this machine: demo, tests, and the programs that a deployment needs.
	Laptop Purpose = 1 << iota
	// Stage is a stage on AWS that shall run.
	Stage
	// Build is a build of images.
	Build
	// Push is a build whose images are pushed and recorded as the release of a stage.
	Push
	// ECR is the use of the stage's own repositories, instead of a registry that the caller names.
	ECR
	// From is a stage whose images are promoted to another one, and To is a stage that gets images so.
	From
	To
	// Functions is a question about the functions of a stage.
	Functions
)

// Subject is what is examined, and what the checks learn of it.
type Subject struct {
	// Root is the checkout.
	Root string
	// Stage is the name of the stage; empty when only the laptop is examined.
	Stage string
	// Repo is the registry and prefix that images go to. Without [ECR] the caller sets it; otherwise the check of the
	// repositories does.
	Repo string

	// Source is the commit that the images are built from; the check of the source sets it.
	Source string
	// Credentials are those that AWS knows the caller by; the check of the credentials sets them.
	Credentials aws.Credentials
	// Where is where the stage lives on AWS; the check of the region sets it.
	Where settings.AWS

	settings settings.Stage
	config   aws.Config
	// reached says that config is of an account that the stage allows.
	reached bool
	account string
	// partition is that of the account's ARNs, such as aws.
	partition string
	// login is the login to the registry of the stage's repositories.
	login authn.Keychain
	// mail is what SES says of the account.
	mail mailAccount
	// port overrides the port of the local cloud in tests.
	port int
	// free overrides the free space of a folder, in bytes, in tests.
	free func(folder string) (uint64, error)
}

// check is one thing that has to hold.
type check struct {
	name string
	// serves are the purposes that need it.
	serves Purpose
	// needs names the checks that must be ok, or warn, before this one can be made. One that the purpose does not include
	// counts as made.
	needs []string
	// limit bounds the check; 0 means usualLimit.
	limit time.Duration
	find  func(ctx context.Context, s *Subject) Finding
}

// usualLimit is long enough for three attempts of the AWS SDK, and short enough for a person who waits.
const usualLimit = 15 * time.Second

// Examine makes the checks that serve one of the purposes, in the order of the table, and reports each finding as soon
// as it is made. The error is that of ctx, when it ended before the examination did.
func Examine(ctx context.Context, s *Subject, purposes Purpose, report func(Finding)) ([]Finding, error) {
	return examine(ctx, s, checks(), purposes, report)
}

func examine(
	ctx context.Context, s *Subject, table []check, purposes Purpose, report func(Finding),
) ([]Finding, error) {
	var findings []Finding
	failed := map[string]bool{}
	for _, c := range table {
		if c.serves&purposes == 0 {
			continue
		}
		finding := c.run(ctx, s, failed)
		if err := ctx.Err(); err != nil {
			return findings, err
		}
		finding.Check = c.name
		failed[c.name] = finding.State == Problem || finding.State == Unknown
		findings = append(findings, finding)
		report(finding)
	}
	return findings, nil
}

func (c check) run(ctx context.Context, s *Subject, failed map[string]bool) Finding {
	for _, need := range c.needs {
		if failed[need] {
			return Finding{State: Unknown, Text: "not checked, it needs the check above: " + need, Waits: need}
		}
	}
	limit := c.limit
	if limit == 0 {
		limit = usualLimit
	}
	ctx, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("no answer within %s", limit))
	defer cancel()
	return c.find(ctx, s)
}

// Blocking is an error that lists the findings because of which nothing can be built, and nil when there are none. A
// check that could not be made blocks, too: a build takes minutes, and its last step must not fail. A warning does not
// block.
func Blocking(findings []Finding) error {
	var all []error
	for _, f := range findings {
		if (f.State == Problem || f.State == Unknown) && f.Waits == "" {
			all = append(all, errors.New(f.Check+": "+f.describe()))
		}
	}
	return errors.Join(all...)
}

// describe is the finding without its name, indented from the second line on.
func (f Finding) describe() string {
	text := f.Text
	if f.Remedy != "" {
		text += "\n" + f.Remedy
	}
	return strings.ReplaceAll(text, "\n", "\n    ")
}

// Count returns how many findings are in a state.
func Count(findings []Finding, state State) int {
	return len(slices.DeleteFunc(slices.Clone(findings), func(f Finding) bool { return f.State != state }))
}

func ok(format string, args ...any) Finding {
	return Finding{State: OK, Text: fmt.Sprintf(format, args...)}
}

func warning(remedy, format string, args ...any) Finding {
	return Finding{State: Warning, Text: fmt.Sprintf(format, args...), Remedy: remedy}
}

func problem(remedy, format string, args ...any) Finding {
	return Finding{State: Problem, Text: fmt.Sprintf(format, args...), Remedy: remedy}
}

func unknown(remedy, format string, args ...any) Finding {
	return Finding{State: Unknown, Text: fmt.Sprintf(format, args...), Remedy: remedy}
}
