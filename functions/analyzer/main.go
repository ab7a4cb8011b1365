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
	"github.com/aws/aws-sdk-go-v2/config"

	"github.com/mejan/mejan/functions/analyzer/narrate"
	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/functions/pipeline/analyses"
	"github.com/mejan/mejan/functions/pipeline/narrator"
	"github.com/mejan/mejan/functions/pipeline/objects"
	"github.com/mejan/mejan/functions/pipeline/telemetry"
)

func main() {
	h, err := compose(context.Background(), os.LookupEnv, os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	lambda.Start(h.Handle)
}

func compose(ctx context.Context, lookup func(string) (string, bool), stdout io.Writer) (*handler, error) {
	env, err := pipeline.Analyzer.Load(lookup)
	if err != nil {
		return nil, err
	}
	log, err := telemetry.NewLogger(stdout, pipeline.Analyzer, env[pipeline.EnvStage], env[pipeline.EnvLogLevel])
	if err != nil {
		return nil, fmt.Errorf("environment variable %s: %w", pipeline.EnvLogLevel, err)
	}
	price, err := pipeline.ParsePrice(env[pipeline.EnvModelPrice])
	if err != nil {
		return nil, fmt.Errorf("environment variable %s: %w", pipeline.EnvModelPrice, err)
	}
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return nil, fmt.Errorf("load AWS configuration: %w", err)
	}
	name, _ := lookup("AWS_LAMBDA_FUNCTION_NAME")
	return &handler{
		bucket: objects.New(cfg),
		table:  analyses.New(cfg, env[pipeline.EnvTableName]),
		narrator: narrate.Narrator{
			Model: narrator.New(cfg, env[pipeline.EnvModelID]), Price: price, Sleep: sleep, Chance: rand.Float64,
		},
		log: log, meter: telemetry.NewMeter(name, time.Now), now: time.Now,
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
