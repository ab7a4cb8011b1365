package pipeline_test

import (
	"errors"
	"testing"

	"github.com/mejan/mejan/functions/pipeline"
)

// A function reads its own schema and the one before, hands a newer one back, and refuses what never was one.
func TestCheckSchema(t *testing.T) {
	for schema, want := range map[int]error{
		pipeline.Schema: nil, pipeline.Schema - 1: nil,
		pipeline.Schema + 1: pipeline.ErrNewerSchema, pipeline.Schema + 100: pipeline.ErrNewerSchema,
		pipeline.Schema - 2: pipeline.ErrUnknownSchema, -1: pipeline.ErrUnknownSchema,
	} {
		if got := pipeline.CheckSchema(schema); !errors.Is(got, want) || (got == nil) != (want == nil) {
			t.Errorf("schema %d: got %v, want %v", schema, got, want)
		}
	}
}
