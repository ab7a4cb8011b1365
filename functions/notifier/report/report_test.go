package report_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
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

// Nobody takes the mail of a smoke test for a report: its subject, its head and what a mailbox shows beside the subject
// say so, in both parts. All else is as in a report.
func TestSmokeTestSaysSo(t *testing.T) {
	const notice = "This is a smoke test of the pipeline, not a report: do not act on it."
	item := load(t, "item")
	real := render(t, item)
	item.Smoke = true
	smoke := render(t, item)
	if want := "[Smoke test] " + real.Subject; smoke.Subject != want {
		t.Errorf("subject: got %q, want %q", smoke.Subject, want)
	}
	if want := notice + "\n\n" + real.Text; smoke.Text != want {
		t.Errorf("text (-want +got):\n%s", cmp.Diff(want, smoke.Text))
	}
	head, _, _ := strings.Cut(smoke.HTML, "MARKET SUMMARY")
	if n := strings.Count(head, notice); n != 2 {
		t.Errorf("HTML: the notice stands %d times before the title, want 2, one for the mailbox", n)
	}
	if strings.Contains(real.HTML, notice) || strings.Contains(real.Text, notice) {
		t.Error("a report says that it is a smoke test")
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
