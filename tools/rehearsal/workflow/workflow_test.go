package workflow

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rhysd/actionlint"
)

var example = Values{
	"inputs": map[string]any{"from": "dev"}, "vars": map[string]any{"STAGES": `["dev","uat"]`},
	"steps": map[string]any{"up": map[string]any{"outcome": "failure"}}, "github": map[string]any{"actor": "a"},
}

// Promise: expressions mean here what they mean on GitHub.
func TestInterpolate(t *testing.T) {
	for text, want := range map[string]string{
		"plain": "plain",
		"a ${{ github.actor }}-${{ inputs.from }}!": "a a-dev!",
		"${{ inputs.to || 'uat' }}":                 "uat",
		"${{ inputs.from && 'x' }}":                 "x",
		"${{ inputs.to && 'x' }}":                   "",
		"${{ vars.NONE }}":                          "",
		"${{ inputs.from == 'DEV' }}":               "true",
		"${{ !(steps.up.outcome != 'failure') }}":   "true",
	} {
		if got, err := example.Interpolate(text); err != nil || got != want {
			t.Errorf("%s: %q, %v; want %q", text, got, err, want)
		}
	}
	for _, text := range []string{"${{ secrets.KEY }}", "${{ hashFiles('x') }}", "${{ 1 < 2 }}", "${{ broken"} {
		if got, err := example.Interpolate(text); err == nil {
			t.Errorf("%s: %q, want an error", text, got)
		}
	}
}

// Promise: a step runs after success only, unless its condition asks for a state.
func TestCondition(t *testing.T) {
	for _, tt := range []struct {
		condition     string
		works, failed bool
	}{
		{"", true, false},
		{"always()", true, true},
		{"failure()", false, true},
		{"${{ failure() && steps.up.outcome == 'failure' }}", false, true},
		{"failure() && steps.rollback.outcome == 'success'", false, false},
		{"vars.STAGES != ''", true, false},
		{"vars.SOURCE != ''", false, false},
	} {
		var condition *actionlint.String
		if tt.condition != "" {
			condition = &actionlint.String{Value: tt.condition}
		}
		for _, failed := range []bool{false, true} {
			got, err := example.with(Failed, failed).Condition(condition)
			if want := map[bool]bool{false: tt.works, true: tt.failed}[failed]; err != nil || got != want {
				t.Errorf("%q, failed %t: %t, %v; want %t", tt.condition, failed, got, err, want)
			}
		}
	}
}

// Promise: a job of a matrix runs once for each value, and not at all when its condition says so.
func TestJobs(t *testing.T) {
	w, wrong := actionlint.Parse([]byte(`on: push
jobs:
  a:
    runs-on: x
    strategy: {matrix: {stage: "${{ fromJSON(vars.STAGES || '[]') }}"}}
    env: {STAGE: "${{ matrix.stage }}", FROM: "${{ inputs.from }}"}
    steps: [{run: make}]
  b:
    runs-on: x
    if: vars.NONE != ''
    steps: [{run: make}]
  c:
    runs-on: x
    strategy: {matrix: {part: [verify]}}
    env: {STAGE: "${{ matrix.part }}"}
    steps: [{run: make}]
`))
	if len(wrong) > 0 {
		t.Fatal(wrong)
	}
	jobs, err := Jobs(w, example)
	if err != nil {
		t.Fatal(err)
	}
	var got [][]string
	for _, job := range jobs {
		env, err := job.Values.Env(job.Env)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, append([]string{job.ID.Value}, env...))
	}
	want := [][]string{{"a", "FROM=dev", "STAGE=dev"}, {"a", "FROM=dev", "STAGE=uat"}, {"c", "STAGE=verify"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("jobs (-want +got):\n%s", diff)
	}
}
