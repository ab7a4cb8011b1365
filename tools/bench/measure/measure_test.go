package measure_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mejan/mejan/tools/bench/measure"
)

func meter(t *testing.T) measure.Meter {
	if _, err := exec.LookPath("taskset"); err != nil {
		t.Skip("taskset is not installed: apt-get install util-linux")
	}
	launch := filepath.Join(t.TempDir(), "launch")
	if out, err := exec.Command("go", "build", "-o", launch, "../launch").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return measure.Meter{Launch: launch, Cores: "0"}
}

// Promise: a program's peak is its own, however much memory the one has that measures.
func TestPeakIsItsOwn(t *testing.T) {
	ballast := make([]byte, 64<<20)
	for i := range ballast {
		ballast[i] = 1
	}
	cost, printed, err := meter(t).Run(t.Context(), measure.Program{Args: []string{"echo", "here"}})
	if err != nil || string(printed) != "here\n" {
		t.Fatalf("%q, %v", printed, err)
	}
	if cost.Peak <= 0 || cost.Peak > 32<<20 || len(ballast) == 0 {
		t.Errorf("peak %d bytes", cost.Peak)
	}
}

// Promise: outputs are gone before each run.
func TestOutputsAreCleared(t *testing.T) {
	dir := t.TempDir()
	out, runs := filepath.Join(dir, "out"), filepath.Join(dir, "runs")
	script := `test ! -e "$1" && echo x > "$1" && echo run >> "$2"`
	p := measure.Program{Args: []string{"sh", "-c", script, "sh", out, runs}, Outputs: []string{out}}
	m := meter(t)
	for range 3 {
		if _, _, err := m.Run(t.Context(), p); err != nil {
			t.Fatal(err)
		}
	}
	if text, err := os.ReadFile(runs); err != nil || strings.Count(string(text), "run") != 3 {
		t.Errorf("runs %q, %v", text, err)
	}
}

// Promise: a short program runs several times in its turn, and what it printed last is returned.
func TestTurn(t *testing.T) {
	runs := filepath.Join(t.TempDir(), "runs")
	cost, printed, err := meter(t).Turn(t.Context(), measure.Program{
		Args: []string{"sh", "-c", `echo run >> "$1"; wc -l < "$1"`, "sh", runs},
	})
	if text, _ := os.ReadFile(runs); err != nil || strings.Count(string(text), "run") != 5 || strings.TrimSpace(string(printed)) != "5" {
		t.Errorf("runs %q, printed %q, %v", text, printed, err)
	}
	if cost.Peak == 0 {
		t.Error("no cost")
	}
	if _, _, err := meter(t).Turn(t.Context(), measure.Program{Args: []string{"false"}}); err == nil {
		t.Error("no error")
	}
}

// Promise: a program that ends badly is an error that says what it said.
func TestFailureShowsWhy(t *testing.T) {
	_, _, err := meter(t).Run(t.Context(), measure.Program{Args: []string{"sh", "-c", "echo no such bar >&2; exit 3"}})
	if err == nil || !strings.Contains(err.Error(), "no such bar") {
		t.Errorf("error %v", err)
	}
}
