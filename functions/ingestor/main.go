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

	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/functions/pipeline/bus"
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
	process := setup.Start(ctx, pipeline.Ingestor, lookup, stdout)
	limits := setup.Parse(process, pipeline.EnvIngestLimits, pipeline.ParseLimits)
	if err := process.Err(); err != nil {
		return nil, err
	}
	return &handler{
		log:     process.Log,
		bucket:  objects.New(process.AWS),
		bus:     bus.New(process.AWS, process.Env[pipeline.EnvEventBusName]),
		limits:  limits,
		now:     time.Now,
		entropy: rand.Reader,
	}, nil
}
