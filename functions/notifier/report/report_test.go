package report_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mejan/mejan/functions/notifier/report"
	"github.com/mejan/mejan/functions/pipeline"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// The mail says what it has been seen to say: a change of its words or its looks is a change of these files, to be
// looked at in a browser.
func TestGolden(t *testing.T) {
	for _, name := range []string{"item", "odd"} {
		t.Run(name, func(t *testing.T) {
			r := render(t, load(t, name))
			golden(t, name+".subject.txt", r.Subject+"\n")
			golden(t, name+".html", r.HTML)
			golden(t, name+".txt", r.Text)
		})
	}
}

func load(t testing.TB, name string) pipeline.Item {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var item pipeline.Item
	if err := json.Unmarshal(data, &item); err != nil {
		t.Fatal(err)
	}
	return item
}

func render(t testing.TB, item pipeline.Item) report.Report {
	t.Helper()
	r, err := report.Render(item)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (-want +got); run with -update and look at it:\n%s", path, diff)
	}
}
