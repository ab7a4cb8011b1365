package stack

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lambda"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/platform/release"
	"github.com/mejan/mejan/platform/settings"
)

// refuseLostRelease stops the program if the stage has functions, or may have some, but no release file. Without a
// release the program declares no functions, and Pulumi deletes what a program no longer declares: functions, logs, and
// dead-letter queues with the letters in them. A missing file must not order that.
func refuseLostRelease(ctx *pulumi.Context, s settings.Stage) error {
	var running []string
	var unknown []error
	for _, f := range pipeline.Functions() {
		name := s.FunctionName(f)
		_, err := lambda.LookupFunction(ctx, &lambda.LookupFunctionArgs{FunctionName: name})
		switch {
		case err == nil:
			running = append(running, name)
		case !saysNotFound(err, name):
			unknown = append(unknown, fmt.Errorf("look up function %q: %w", name, err))
		}
	}
	missing := fmt.Sprintf("stage %[1]s has no release file platform/releases/%[1]s.json", s.Name)
	if len(running) > 0 {
		return fmt.Errorf("%s, but functions of it exist: %s.\n"+
			"Without the file this deployment would delete its functions, logs and dead letters, so it changes nothing.\n"+
			"Please %s.\nTo remove the whole stage on purpose, run `pulumi destroy --stack %s`",
			missing, strings.Join(running, ", "), release.Restore(s.Name), s.Name)
	}
	if len(unknown) > 0 {
		return fmt.Errorf("%s, and it is unknown whether its functions exist, so this deployment changes nothing.\n"+
			"If the stage was deployed before, %s.\nIf not, mend the lookup, which needs lambda:ListVersionsByFunction and "+
			"lambda:GetFunction:\n%w", missing, release.Restore(s.Name), errors.Join(unknown...))
	}
	return nil
}

// saysNotFound reports whether err says of this function, and of no other, that it does not exist. Lambda has words
// for that, and some versions of the AWS provider use their own. Any other failure, of credentials, network or another
// resource, proves nothing about the function.
func saysNotFound(err error, function string) bool {
	name := regexp.QuoteMeta(function)
	answer := regexp.MustCompile(`ResourceNotFoundException: Function not found: arn:\S+:function:` + name + `([^-\w]|$)` +
		`|reading Lambda Function \(` + name + `\).*: couldn't find resource`)
	return answer.MatchString(err.Error())
}
