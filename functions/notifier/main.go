// Command notifier is the function that mails a report for each analysis that is stored in the table.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/config"

	"github.com/mejan/mejan/functions/notifier/deliver"
	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/functions/pipeline/analyses"
	"github.com/mejan/mejan/functions/pipeline/mail"
	"github.com/mejan/mejan/functions/pipeline/telemetry"
)

func main() {
	h, err := compose(context.Background(), os.LookupEnv, os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	lambda.Start(h.handle)
}

// compose builds the handler from its environment. Its error tells all that is wrong with that at once.
func compose(ctx context.Context, lookup func(string) (string, bool), stdout io.Writer) (*handler, error) {
	env, err := pipeline.Notifier.Load(lookup)
	if err != nil {
		return nil, err
	}
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return nil, fmt.Errorf("load AWS configuration: %w", err)
	}
	stage := env[pipeline.EnvStage]
	log, logErr := telemetry.NewLogger(stdout, pipeline.Notifier, stage, env[pipeline.EnvLogLevel])
	if logErr != nil {
		logErr = fmt.Errorf("environment variable %s: %w", pipeline.EnvLogLevel, logErr)
	}
	mailer, mailErr := mail.New(cfg, stage, env[pipeline.EnvSenderEmail], env[pipeline.EnvReceiverEmail])
	if err := errors.Join(logErr, mailErr); err != nil {
		return nil, err
	}
	name, _ := lookup("AWS_LAMBDA_FUNCTION_NAME")
	return &handler{
		log:     log,
		meter:   telemetry.NewMeter(name, time.Now),
		courier: deliver.Courier{Ledger: analyses.New(cfg, env[pipeline.EnvTableName]), Mailer: mailer},
	}, nil
}
