package setup_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/functions/pipeline/setup"
)

// Whoever deploys learns of all that is wrong with the environment at once, each problem once, by the variable's name.
func TestErrNamesEachProblemOnce(t *testing.T) {
	env := map[string]string{pipeline.EnvStage: "dev", pipeline.EnvLogLevel: "loud", pipeline.EnvIngestLimits: "depth=0"}
	lookup := func(name string) (string, bool) { value, set := env[name]; return value, set }
	process := setup.Start(t.Context(), pipeline.Ingestor, lookup, &bytes.Buffer{})
	setup.Parse(process, pipeline.EnvIngestLimits, pipeline.ParseLimits)
	setup.Parse(process, pipeline.EnvEventBusName, func(string) (int, error) { return 0, errors.New("parsed") })
	err := process.Err()
	if err == nil {
		t.Fatal("no error")
	}
	for _, name := range []string{pipeline.EnvLogLevel, pipeline.EnvIngestLimits, pipeline.EnvEventBusName} {
		if n := strings.Count(err.Error(), "environment variable "+name+":"); n != 1 {
			t.Errorf("%s: named %d times, want once: %v", name, n, err)
		}
	}
	if strings.Contains(err.Error(), "parsed") {
		t.Errorf("a variable without a value was parsed: %v", err)
	}
}

// A complete environment gives the values and no error.
func TestStart(t *testing.T) {
	env := map[string]string{
		pipeline.EnvStage: "dev", pipeline.EnvLogLevel: "info", pipeline.EnvIngestLimits: "depth=9", pipeline.EnvEventBusName: "b",
	}
	lookup := func(name string) (string, bool) { value, set := env[name]; return value, set }
	process := setup.Start(t.Context(), pipeline.Ingestor, lookup, &bytes.Buffer{})
	limits := setup.Parse(process, pipeline.EnvIngestLimits, pipeline.ParseLimits)
	if err := process.Err(); err != nil || limits.Depth != 9 || process.Log == nil || process.Env[pipeline.EnvEventBusName] != "b" {
		t.Errorf("got %v, limits %+v, process %+v", err, limits, process)
	}
}
