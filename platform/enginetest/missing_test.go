package enginetest

import (
	"errors"
	"maps"
	"strings"
	"testing"

	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/platform/release"
)

// Promise: where a release file is missing, a deployment over a stage that was deployed before is refused. Nothing is
// changed, neither in the cloud nor in Pulumi's state. The same holds where it cannot be known what exists.
func TestMissingRelease(t *testing.T) {
	for _, stage := range release.Order() {
		t.Run(stage, func(t *testing.T) { t.Parallel(); refuseMissing(t, stage) })
	}
}

func refuseMissing(t *testing.T, stage string) {
	s := load(t, stage, nil)
	ran := running(t, s)
	for _, tt := range []struct {
		name string
		// left lists the functions that exist, of a stage that ran all of them.
		left   []pipeline.Function
		lookup error
		want   string
	}{
		{name: "running", left: pipeline.Functions(), want: release.HowTo(stage)},
		{name: "one function left", left: []pipeline.Function{pipeline.Notifier}, want: s.FunctionName(pipeline.Notifier)},
		{name: "lookup denied", left: pipeline.Functions(), lookup: errors.New("AccessDeniedException"), want: "AccessDeniedException"},
		{name: "lookup denied, no function left", lookup: errors.New("AccessDeniedException"), want: "AccessDeniedException"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := ran.copy(t)
			maps.DeleteFunc(d.cloud.exists, func(at string, _ bool) bool {
				name, function := strings.CutPrefix(at, "aws:lambda/function:Function ")
				for _, f := range tt.left {
					function = function && name != s.FunctionName(f)
				}
				return function
			})
			d.cloud.lookup = tt.lookup
			exists, resources := maps.Clone(d.cloud.exists), len(d.state.Resources)
			done, err := d.up(s, nil)
			if err == nil || len(done) > 0 || len(d.state.Resources) != resources || !maps.Equal(exists, d.cloud.exists) {
				t.Errorf("error %v, done %q; want a refusal that changes nothing", err, done)
			}
			if said := d.said.String(); !strings.Contains(said, tt.want) {
				t.Errorf("the operator reads %q, want %q", said, tt.want)
			}
		})
	}
	t.Run("first step, lookup denied", func(t *testing.T) {
		d := newDeployment(t, stage)
		d.cloud.lookup = errors.New("AccessDeniedException")
		if done, err := d.up(s, nil); err == nil || len(done) > 0 || len(d.cloud.exists) > 0 {
			t.Errorf("error %v, done %q; want a refusal that changes nothing", err, done)
		}
	})
}
