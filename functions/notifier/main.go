// Command notifier is the function that mails a report for each analysis that is stored in the table.
package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/mejan/mejan/functions/notifier/deliver"
	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/functions/pipeline/analyses"
	"github.com/mejan/mejan/functions/pipeline/mail"
	"github.com/mejan/mejan/functions/pipeline/setup"
)

func main() {
	h, err := compose(context.Background(), os.LookupEnv, os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	lambda.Start(h.Handle)
}

// compose builds the handler from its environment. Its error says all that is wrong with that at once.
func compose(ctx context.Context, lookup func(string) (string, bool), stdout io.Writer) (*handler, error) {
	process := setup.Start(ctx, pipeline.Notifier, lookup, stdout)
	addresses := mail.Addresses{
		Sender:       setup.Parse(process, pipeline.EnvSenderEmail, mail.ParseAddress),
		Receivers:    setup.Parse(process, pipeline.EnvReceiverEmail, mail.ParseReceivers),
		TestReceiver: setup.Parse(process, pipeline.EnvTestReceiverEmail, mail.ParseAddress),
	}
	if err := process.Err(); err != nil {
		return nil, err
	}
	return &handler{
		log: process.Log,
		courier: deliver.Courier{
			Ledger: analyses.New(process.AWS, process.Env[pipeline.EnvTableName]),
			Mailer: mail.New(process.AWS, process.Env[pipeline.EnvStage], addresses),
		},
	}, nil
}
