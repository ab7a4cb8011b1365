package narrate_test

import (
	"context"
	"encoding/json"

	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/functions/pipeline/pipelinetest"
)

// spy keeps the facts of the last call, as a model gets them.
type spy struct {
	*pipelinetest.Model
	facts string
}

func (s *spy) Write(ctx context.Context, instructions string, facts pipeline.Facts) (pipeline.Prose, error) {
	text, err := json.Marshal(facts)
	if err != nil {
		return pipeline.Prose{}, err
	}
	s.facts = string(text)
	return s.Model.Write(ctx, instructions, facts)
}
