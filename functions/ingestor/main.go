// Command ingestor is the function that checks each file that arrives under `inputs/`, splits its rows into good and
// bad, and announces the good ones.
package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/config"

	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/functions/pipeline/bus"
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
	env, err := pipeline.Ingestor.Load(lookup)
	if err != nil {
		return nil, err
	}
	log, err := telemetry.NewLogger(stdout, pipeline.Ingestor, env[pipeline.EnvStage], env[pipeline.EnvLogLevel])
	if err != nil {
		return nil, fmt.Errorf("environment variable %s: %w", pipeline.EnvLogLevel, err)
	}
	limits, err := pipeline.ParseLimits(env[pipeline.EnvIngestLimits])
	if err != nil {
		return nil, fmt.Errorf("environment variable %s: %w", pipeline.EnvIngestLimits, err)
	}
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return nil, fmt.Errorf("load AWS configuration: %w", err)
	}
	name, _ := lookup("AWS_LAMBDA_FUNCTION_NAME")
	return &handler{
		objects: objects.New(cfg),
		limits:  limits,
		bus:     bus.New(cfg, env[pipeline.EnvEventBusName]),
		log:     log, meter: telemetry.NewMeter(name, time.Now), now: time.Now, entropy: rand.Reader,
	}, nil
}
