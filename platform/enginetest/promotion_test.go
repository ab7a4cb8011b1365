package enginetest

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/platform/release"
	"github.com/mejan/mejan/platform/settings"
)

// Promise: a promotion and a rollback change exactly the three functions of their stage. Nothing else of the stage
// changes, and nothing of the other stages, which are in the same account.
func TestPromotionAndRollback(t *testing.T) {
	account := newCloud(t)
	// An account has an identity of SES only once, so each stage has a sender of its own.
	of := func(stage string) settings.Stage {
		return load(t, stage, map[string]string{"mejan:senderEmail": stage + "@mejan.io"})
	}
	stages := map[string]*deployment{}
	runs := map[string]*release.Release{}
	for _, stage := range release.Order() {
		d := newDeployment(t, stage)
		d.cloud = account
		stages[stage], runs[stage] = d, images(stage, "a")
		d.must("first step", of(stage), nil)
		d.must("release a", of(stage), runs[stage])
	}
	want := make([]change, 0, len(pipeline.Functions()))
	for _, f := range pipeline.Functions() {
		want = append(want, "update lambda/function "+string(f))
	}
	slices.Sort(want)
	for _, step := range []struct {
		what, stage string
		release     *release.Release
	}{
		{"a build for dev", "dev", images("dev", "b")},
		{"a promotion to uat", "uat", images("dev", "b").To("uat", images("uat", "a"), time.Now())},
		{"a promotion to prod", "prod", images("uat", "b").To("prod", images("prod", "a"), time.Now())},
		{"a rollback of uat", "uat", images("uat", "a").Restored(images("uat", "b"), "mails had no subject", time.Now())},
	} {
		runs[step.stage] = step.release
		for _, stage := range release.Order() {
			got := stages[stage].must(step.what, of(stage), runs[stage])
			if stage == step.stage {
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s (-want +got):\n%s", step.what, diff)
				}
			} else if len(got) > 0 {
				t.Errorf("%s changes %q of %s", step.what, got, stage)
			}
		}
	}
}
