package stages

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mejan/mejan/platform/release"
)

// Promise: going back counts from the last promotion and passes over what the stage was rolled back from.
func TestTimeline(t *testing.T) {
	for _, tt := range []struct {
		name string
		// file is what the release file said, one word a version: the source; with < rolled back; with ! held.
		file string
		// want are the sources that remain, and now is the one that the stage has.
		want, now string
	}{
		{"promotions", "a b c", "a b c", "c"},
		{"a hold is no release", "a b b! b", "a b", "b"},
		{"a rollback", "a b c b<!", "a b c", "b"},
		{"one whose hold was taken off", "a b c b<! b<", "a b c", "b"},
		{"further back", "a b c b<! a<!", "a b c", "a"},
		{"forward again", "a b c a<! c<!", "a b c", "c"},
		{"a promotion after it", "a b c b<! b< d", "a b d", "d"},
		{"the same promotion after it", "a b c b<! b< c", "a b c", "c"},
		{"a rollback to what the history lacks", "b a<!", "b a", "a"},
		{"the same images twice", "a b a", "a b a", "a"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			line := timeline{current: -1}
			for word := range strings.FieldsSeq(tt.file) {
				r := &release.Release{Source: word[:1]}
				if strings.Contains(word, "<") {
					r.RolledBackFrom = "x"
				}
				if strings.Contains(word, "!") {
					r.Hold = "why"
				}
				line.add("commit of "+word, r)
			}
			var got []string
			for _, e := range line.releases {
				got = append(got, e.Source)
			}
			if diff := cmp.Diff(tt.want, strings.Join(got, " ")); diff != "" {
				t.Errorf("releases (-want +got):\n%s", diff)
			}
			if line.now().Source != tt.now {
				t.Errorf("the stage has %s, want %s", line.now().Source, tt.now)
			}
		})
	}
}
