// Package pipelinetest holds what tests of the pipeline share: fakes that fail their test when an invariant breaks,
// faults to inject into them, and a conformance suite for each service, which the fakes and every endpoint have to
// pass.
package pipelinetest
