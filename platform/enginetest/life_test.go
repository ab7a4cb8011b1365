package enginetest

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pulumi/pulumi/pkg/v3/engine"

	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/platform/release"
	"github.com/mejan/mejan/platform/stack"
)

// Promise: a stage lives as the README says. The first step makes everything but the functions, the release adds them,
// the same release changes nothing, another one changes the three functions and nothing else. A protected stage refuses
// to be destroyed before anything is deleted; any other goes whole.
func TestLife(t *testing.T) {
	for _, stage := range release.Order() {
		t.Run(stage, func(t *testing.T) {
			t.Parallel()
			s := load(t, stage, nil)
			d := newDeployment(t, stage)
			for _, c := range d.must("first step", s, nil) {
				if !strings.HasPrefix(c, "create ") || strings.HasPrefix(c, "create lambda/") {
					t.Errorf("first step: %s", c)
				}
			}
			made := d.must("release a", s, images(stage, "a"))
			for _, c := range made {
				if !strings.HasPrefix(c, "create ") {
					t.Errorf("release a: %s", c)
				}
			}
			if again := d.must("release a again", s, images(stage, "a")); len(again) > 0 {
				t.Errorf("the same release changes %q", again)
			}
			var want []change
			for _, f := range pipeline.Functions() {
				want = append(want, "update lambda/function "+string(f))
			}
			slices.Sort(want)
			got := d.must("release b", s, images(stage, "b"))
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("release b (-want +got):\n%s", diff)
			}
			for _, r := range d.state.Resources {
				if kinds[string(r.Type)].protected && r.Protect != s.Protect {
					t.Errorf("stage protected: %v, %s protected: %v", s.Protect, r.URN, r.Protect)
				}
			}
			before := len(d.state.Resources)
			gone, err := d.destroy()
			if s.Protect {
				if err == nil || len(gone) > 0 || len(d.state.Resources) != before {
					t.Errorf("destroy of a protected stage: error %v, deleted %q", err, gone)
				}
			} else if err != nil || len(d.state.Resources) > 0 || len(d.cloud.exists) > 0 {
				t.Errorf("destroy: error %v, left %d resources, and in the cloud %v", err, len(d.state.Resources), d.cloud.exists)
			}
		})
	}
}

// Promise: a preview is of use before anything exists, where most outputs are unknown: it announces what the deployment
// makes, nothing else, and a resource never receives an unknown value.
func TestPreview(t *testing.T) {
	for _, stage := range release.Order() {
		t.Run(stage, func(t *testing.T) {
			t.Parallel()
			d := newDeployment(t, stage)
			program := stack.Program(load(t, stage, nil), images(stage, "a"))
			announced, err := d.preview(engine.Update, program)
			if err != nil || d.cloud.unknown == 0 {
				t.Fatalf("error %v, %d resources with unknown inputs; want some", err, d.cloud.unknown)
			}
			if len(d.cloud.exists) > 0 {
				t.Errorf("a preview makes %v", d.cloud.exists)
			}
			done, err := d.execute(engine.Update, program)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(announced, done); diff != "" {
				t.Errorf("announced and done (-announced +done):\n%s", diff)
			}
		})
	}
}
