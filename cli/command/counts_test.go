package command_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mejan/mejan/cli/command"
	"github.com/mejan/mejan/functions/pipeline"
)

// Promise: a person reads findings in words, the most frequent first, with the code to look up. A code of another version
// is shown as it is, and cannot move the cursor.
func TestFindings(t *testing.T) {
	var out strings.Builder
	lines := command.Findings(map[string]int64{"FIELD_TYPE": 1, "NEW\x1b": 1, "FUTURE_BAR": 12, "NO_SERIES": 2}, pipeline.LevelReject)
	if err := command.List(&out, "Refused", lines); err != nil {
		t.Fatal(err)
	}
	want := `
Refused
          12 rows dated after the file arrived (FUTURE_BAR)
           2 series for which the file holds something else (NO_SERIES)
           1 row with a field of the wrong type (FIELD_TYPE)
           1 row (NEW` + "\ufffd" + `)
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if err := command.List(nil, "Nothing", command.Findings(nil, pipeline.LevelReject)); err != nil {
		t.Error(err)
	}
}
