package analyses_test

import (
	"testing"

	"github.com/mejan/mejan/functions/pipeline/pipelinetest"
)

// The fake that other tests rely on behaves as the table does.
func TestFake(t *testing.T) {
	pipelinetest.AnalysesConformance(t, func(t *testing.T) pipelinetest.AnalysisTable {
		return pipelinetest.NewAnalyses(t, nil)
	})
	pipelinetest.AnalysesRaces(t, pipelinetest.NewAnalyses(t, nil))
}

// The expressions that the adapter sends mean to DynamoDB what the ledger promises.
func TestMoto(t *testing.T) {
	cfg := pipelinetest.Moto(t)
	pipelinetest.AnalysesOverWire(t, cfg, pipelinetest.NewTable(t, cfg))
}
