package release_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mejan/mejan/platform/release"
)

// Promise: a rollback brings back the images and facts of an earlier release, says what it replaced and why, and is
// known again by the next attempt, at any time and for any reason.
func TestRestored(t *testing.T) {
	earlier, replaced := full(), full()
	earlier.PromotedFrom = "dev"
	replaced.Source = strings.Repeat("9", 40)
	replaced.Images["analyzer"] = "sha256:" + strings.Repeat("d", 64)
	restored := earlier.Restored(replaced, "mails had no subject", earlier.Time.Add(time.Hour))
	want := full()
	want.PromotedFrom, want.Time = "dev", earlier.Time.Add(time.Hour)
	want.Hold, want.RolledBackFrom = "mails had no subject", replaced.Source
	if diff := cmp.Diff(want, restored); diff != "" {
		t.Errorf("restored (-want +got):\n%s", diff)
	}
	if !restored.RestoredFrom(earlier) {
		t.Error("the restored release is not known again")
	}
	if restored.RestoredFrom(replaced) || earlier.RestoredFrom(earlier) {
		t.Error("another release is taken for the restored one")
	}
}

// Promise: no two releases of a stage have the same tag, even if they are made within a second or by clocks that differ.
func TestNext(t *testing.T) {
	var none *release.Release
	at := full().Time
	for _, tt := range []struct {
		before    *release.Release
		now, want time.Time
	}{
		{none, at.Add(time.Millisecond), at},
		{full(), at.Add(1500 * time.Millisecond), at.Add(time.Second)},
		{full(), at.Add(time.Millisecond), at.Add(time.Second)},
		{full(), at.Add(-time.Hour), at.Add(time.Second)},
	} {
		if got := tt.before.Next(tt.now); !got.Equal(tt.want) {
			t.Errorf("at %s: got %s, want %s", tt.now, got, tt.want)
		}
	}
}

// Promise: the tag of a release says stage and time, in UTC, in characters that a registry takes.
func TestTag(t *testing.T) {
	r := full()
	r.Time = time.Date(2026, 11, 29, 12, 12, 20, 0, time.FixedZone("", 3600))
	if got, want := r.Tag(), "release-dev-20261129T111220Z"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Promise: a held stage says why it is held and how to go on.
func TestCheckHold(t *testing.T) {
	var none *release.Release
	if err := errors.Join(none.CheckHold(), full().CheckHold()); err != nil {
		t.Error(err)
	}
	held := full()
	held.Hold = "mails had no subject"
	err := held.CheckHold()
	if !errors.Is(err, release.ErrHeld) || !strings.Contains(err.Error(), "mails had no subject") ||
		!strings.Contains(err.Error(), "mejan unhold dev") {
		t.Errorf("got %v, want the reason and the remedy", err)
	}
}
