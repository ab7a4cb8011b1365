package stack_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mejan/mejan/platform/release"
)

var update = flag.Bool("update", false, "write the golden plans")

// What a change of the program or of a stage's settings does to each stage is seen in review, as a change of that
// stage's plan.
func TestPlan(t *testing.T) {
	for _, stage := range release.Order() {
		t.Run(stage, func(t *testing.T) {
			var got bytes.Buffer
			encoder := json.NewEncoder(&got)
			encoder.SetEscapeHTML(false)
			encoder.SetIndent("", "  ")
			if err := encoder.Encode(run(t, committed(t, stage), exampleRelease(stage))); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join("testdata", stage+".json")
			if *update {
				if err := os.WriteFile(path, got.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got.String()); diff != "" {
				t.Errorf("plan of %s changed; if it is meant, go test ./stack -update (-golden +now):\n%s", stage, diff)
			}
		})
	}
}
