// Package setup is what the three functions do alike when their process starts: read the environment, make the logger,
// install the roots of AWS and load the SDK's configuration.
package setup

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"

	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/functions/pipeline/roots"
	"github.com/mejan/mejan/functions/pipeline/telemetry"
)

// Process is what the parts of a function are made from.
type Process struct {
	// Env has the variables that the function requires.
	Env map[string]string
	Log *telemetry.Logger
	AWS aws.Config

	problems []error
}

// Start reads the environment of f by lookup, such as os.LookupEnv. Log lines go to stdout. What is wrong shows in
// [Process.Err]: ask it after the last [Parse] and before using the process.
func Start(ctx context.Context, f pipeline.Function, lookup func(string) (string, bool), stdout io.Writer) *Process {
	roots.Install()
	p := &Process{}
	var missing, wrong error
	p.Env, missing = f.Load(lookup)
	p.Log = Parse(p, pipeline.EnvLogLevel, func(level string) (*telemetry.Logger, error) {
		return telemetry.NewLogger(stdout, f, p.Env[pipeline.EnvStage], level)
	})
	if p.AWS, wrong = config.LoadDefaultConfig(ctx); wrong != nil {
		wrong = fmt.Errorf("load AWS configuration: %w", wrong)
	}
	p.problems = append(p.problems, missing, wrong)
	return p
}

// Parse reads one variable of the environment. An error is kept for [Process.Err], under the variable's name. A
// variable without a value is not parsed: it is reported as missing.
func Parse[T any](p *Process, variable string, parse func(text string) (T, error)) T {
	var value T
	text := p.Env[variable]
	if text == "" {
		return value
	}
	value, err := parse(text)
	if err != nil {
		p.problems = append(p.problems, fmt.Errorf("environment variable %s: %w", variable, err))
	}
	return value
}

// Err says all that is wrong with the environment, or returns nil.
func (p *Process) Err() error { return errors.Join(p.problems...) }
