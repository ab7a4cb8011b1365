package release_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mejan/mejan/platform/release"
)

// Promise: a release that an earlier version wrote is read, so that a running stage deploys as before. It cannot be
// promoted, since it does not say what to verify.
func TestEarlierRelease(t *testing.T) {
	r, err := release.Parse([]byte(`{
  "stage": "dev",
  "source": "` + strings.Repeat("0a1b2c3d", 5) + `",
  "images": {
    "analyzer": "sha256:` + strings.Repeat("b", 64) + `",
    "ingestor": "sha256:` + strings.Repeat("a", 64) + `",
    "notifier": "sha256:` + strings.Repeat("c", 64) + `"
  }
}
`))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(example(), r); diff != "" {
		t.Errorf("read another release (-want +got):\n%s", diff)
	}
	if r.Promotable() || !full().Promotable() {
		t.Errorf("promotable: %t without facts, %t with them", r.Promotable(), full().Promotable())
	}
}

// Promise: a promoted release has the same images and facts, says where it came from, and is known again by the next
// promotion, at any time. A hold stays behind.
func TestTo(t *testing.T) {
	from := full()
	from.Hold, from.RolledBackFrom = "kept for a reason", strings.Repeat("9", 40)
	to := from.To("uat", nil, from.Time.Add(time.Hour))
	want := full()
	want.Stage, want.PromotedFrom, want.Time = "uat", "dev", from.Time.Add(time.Hour)
	if diff := cmp.Diff(want, to); diff != "" {
		t.Errorf("promoted (-want +got):\n%s", diff)
	}
	if !to.Promoted(from) {
		t.Error("the promoted release is not known again")
	}
	if to.Restored(full(), "why", time.Now()).Promoted(from) {
		t.Error("a release that was rolled back to is taken for a promoted one")
	}
	other := full()
	other.Images["analyzer"] = "sha256:" + strings.Repeat("d", 64)
	if to.Promoted(other) {
		t.Error("a release of other images is taken for the same")
	}
}

// Promise: a commit that changes no image makes no new release.
func TestSameImages(t *testing.T) {
	later := full()
	later.Source, later.Time, later.Go = strings.Repeat("1", 40), later.Time.Add(time.Hour), "go1.27"
	if !full().SameImages(later) {
		t.Error("another commit and time make another release")
	}
	later.SBOMs["ingestor"] = later.SBOMs["analyzer"]
	if full().SameImages(later) {
		t.Error("another bill of materials makes no other release")
	}
}

// Promise: images go from each stage to the next one only, and a refusal names the command that is right.
func TestCheckStep(t *testing.T) {
	for _, tt := range []struct{ from, to, want string }{
		{"dev", "uat", ""},
		{"uat", "prod", ""},
		{"dev", "prod", "make promote FROM=uat TO=prod"},
		{"uat", "dev", "make images STAGE=dev"},
		{"prod", "uat", "make promote FROM=dev TO=uat"},
		{"uat", "uat", "make promote FROM=dev TO=uat"},
		{"test", "uat", `no stage "test"`},
		{"dev", "", `no stage ""`},
	} {
		err := release.CheckStep(tt.from, tt.to)
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s to %s: %v, want %q", tt.from, tt.to, err, tt.want)
		}
	}
}
