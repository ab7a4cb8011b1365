package doctor

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"github.com/mejan/mejan/functions/pipeline"
)

// unreserved is what AWS keeps of an account's concurrency for functions that reserve nothing.
const unreserved = 100

// findConcurrency asks whether the functions can reserve what the stage wants, and whether enough is left for them when
// they reserve nothing.
func findConcurrency(ctx context.Context, s *Subject) Finding {
	client := lambda.NewFromConfig(s.config)
	got, err := client.GetAccountSettings(ctx, &lambda.GetAccountSettingsInput{})
	if err != nil {
		return s.failed(err, "lambda:GetAccountSettings")
	}
	if got.AccountLimit == nil {
		return unknown("", "Lambda names no limit of the account")
	}
	wanted, has := 0, 0
	for _, function := range pipeline.Functions() {
		wanted += s.settings.Functions[function].ReservedConcurrency
		now, err := client.GetFunctionConcurrency(ctx, &lambda.GetFunctionConcurrencyInput{
			FunctionName: aws.String(s.settings.FunctionName(function)),
		})
		switch {
		case notFound(err): // not deployed yet
		case err != nil:
			return s.failed(err, "lambda:GetFunctionConcurrency")
		default:
			has += int(aws.ToInt32(now.ReservedConcurrentExecutions))
		}
	}
	limit := int(got.AccountLimit.ConcurrentExecutions)
	left := int(aws.ToInt32(got.AccountLimit.UnreservedConcurrentExecutions)) + has
	remedy := "ask for more: https://" + s.Where.Region +
		".console.aws.amazon.com/servicequotas/home/services/lambda/quotas/L-B99A9384"
	switch {
	case wanted > 0 && left-wanted < unreserved:
		return problem("pulumi config set --stack "+s.Stage+" mejan:<function>ReservedConcurrency 0, or "+remedy,
			"the stage reserves %d, the account has %d of %d to give, and AWS keeps %d of them", wanted, left, limit, unreserved)
	case left < unreserved:
		return warning(remedy, "all functions of the account share %d; new accounts begin with few", left)
	}
	return ok("%d of %d are unreserved, the stage reserves %d", left, limit, wanted)
}
