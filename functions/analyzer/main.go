// Command analyzer is the function that turns the rows of an ingested file into an analysis: figures by code,
// sentences by a language model, stored once.
package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/mejan/mejan/functions/analyzer/narrate"
	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/functions/pipeline/analyses"
	"github.com/mejan/mejan/functions/pipeline/narrator"
	"github.com/mejan/mejan/functions/pipeline/objects"
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
	process := setup.Start(ctx, pipeline.Analyzer, lookup, stdout)
	price := setup.Parse(process, pipeline.EnvModelPrice, pipeline.ParsePrice)
	if err := process.Err(); err != nil {
		return nil, err
	}
	return &handler{
		log:    process.Log,
		bucket: objects.New(process.AWS),
		table:  analyses.New(process.AWS, process.Env[pipeline.EnvTableName]),
		narrator: narrate.Narrator{
			Model: narrator.New(process.AWS, process.Env[pipeline.EnvModelID]),
			Price: price, Sleep: sleep, Chance: rand.Float64,
		},
		now: time.Now,
	}, nil
}

// sleep pauses for d, or until ctx ends, which is an error.
func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
