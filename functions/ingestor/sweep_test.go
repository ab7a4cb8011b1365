package main

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/functions/pipeline/pipelinetest"
)

// Whatever goes wrong once, at whichever call, before its effect or after it, the end is as if nothing had: the same
// objects with the same bytes, announced at least once, counted at least once, and a marker that is over. The fakes add
// that no output ever changes its bytes, no marker goes back, and nothing is announced that cannot be seen.
func TestSweepFailures(t *testing.T) {
	sweep(t, pipelinetest.FailAt, true)
}

// The same for a process that dies: nothing is cleaned up, and another one starts from what is there.
func TestSweepCrashes(t *testing.T) {
	sweep(t, pipelinetest.CrashAt, false)
}

func sweep(t *testing.T, fault func(k int, after bool) *pipelinetest.Faults, cleansUp bool) {
	for _, f := range files() {
		t.Run(f.name, func(t *testing.T) {
			want, calls := undisturbed(t, f)
			for _, c := range calls {
				for _, after := range []bool{false, true} {
					w := newWorld(t, fault(c.N, after))
					event := w.upload(f)
					err := w.handler().Handle(context.Background(), event)
					if len(w.faults.Calls()) < c.N {
						t.Fatalf("fault at %+v: never reached", c)
					}
					if left := w.objects.Pending(); cleansUp && left > 0 && c.Op != "Abort" {
						t.Errorf("fault at %+v, after %t: %d uploads left behind", c, after, left)
					}
					if warned := len(w.lines("upload not aborted")); cleansUp && (warned == 1) != (c.Op == "Abort") {
						t.Errorf("fault at %+v, after %t: %d warnings of uploads that were not aborted", c, after, warned)
					}
					w.faults.Revive()
					if err != nil {
						err = w.deliver(event)
					}
					if err != nil {
						t.Fatalf("fault at %+v, after %t: %v", c, after, err)
					}
					checkEnd(t, w, f, want, fmt.Sprintf("fault at %+v, after %t", c, after))
				}
			}
		})
	}
}

// Whoever else works on the same file at the same time, and however far: the end is that of one alone. At every call of
// the first worker a second one is started and runs to its end, or dies at any of its own calls.
func TestSweepRivals(t *testing.T) {
	for _, f := range files() {
		t.Run(f.name, func(t *testing.T) {
			want, calls := undisturbed(t, f)
			for _, c := range calls {
				for dies := 0; dies <= len(calls); dies++ { // 0 does not die
					faults := &pipelinetest.Faults{}
					w := newWorld(t, faults)
					event := w.upload(f)
					rival := 0 // calls of the rival, once it works
					working := false
					faults.Before = func(now pipelinetest.Call) error {
						if working {
							if rival++; dies > 0 && rival >= dies {
								return pipelinetest.ErrInjected
							}
							return nil
						}
						if now.N == c.N {
							working = true
							err := w.handler().Handle(context.Background(), event)
							working = false
							if dies == 0 && err != nil {
								t.Errorf("rival at %+v: %v", c, err)
							}
						}
						return nil
					}
					where := fmt.Sprintf("rival at %+v, dies at its call %d", c, dies)
					if err := w.deliver(event); err != nil {
						t.Fatalf("%s: %v", where, err)
					}
					checkEnd(t, w, f, want, where)
				}
			}
		})
	}
}

// Two in a row may fail, which is all that AWS forgives: the third attempt still finds its way.
func TestSweepTwoCrashes(t *testing.T) {
	f := files()[0]
	want, calls := undisturbed(t, f)
	for first := range calls {
		for second := range calls {
			faults := pipelinetest.CrashAt(first+1, second%2 == 0)
			w := newWorld(t, faults)
			event := w.upload(f)
			if err := w.handler().Handle(context.Background(), event); err != nil {
				again := pipelinetest.CrashAt(len(faults.Calls())+second+1, first%2 == 0)
				faults.Before, faults.After = again.Before, again.After
				err = w.handler().Handle(context.Background(), event)
				faults.Revive()
				if err != nil {
					err = w.handler().Handle(context.Background(), event)
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			checkEnd(t, w, f, want, fmt.Sprintf("crashes at %d and %d", first+1, second+1))
		}
	}
}

// early has two bars. The first begins 80 minutes after the first claim, by the clock of [world], and before any later
// moment of that clock.
const early = `{"meta":{"symbol":"AAPL","interval":"1h","currency":"USD","exchange_timezone":"America/New_York"},"values":[` +
	`{"datetime":"2018-02-12 10:00:00","open":"163.0800","high":"163.40","low":"159.07","close":"159.54","volume":"51608580"},` +
	`{"datetime":"2018-02-09 10:00:00","open":"154.83","high":"163.72","low":"154.00","close":"163.03","volume":"68243838"}]}`

// A bar that had not begun at the first claim is refused by every attempt, however late it is: the claim's clock judges,
// and the bytes are the same each time.
func TestFirstClaimIsTheClock(t *testing.T) {
	f := file{
		name: "early", key: "inputs/early.json", body: early, outcome: pipeline.Ingested,
		rows: pipeline.Rows{Raw: 2, Valid: 1, Invalid: 1}, processed: true, rejects: true,
	}
	want, calls := undisturbed(t, f)
	claimed := slices.IndexFunc(calls, func(c pipelinetest.Call) bool { return c.Op == "Create" })
	for _, c := range calls[claimed:] {
		w := newWorld(t, pipelinetest.CrashAt(c.N, true))
		event := w.upload(f)
		_ = w.handler().Handle(context.Background(), event)
		w.faults.Revive()
		if err := w.deliver(event); err != nil {
			t.Fatalf("after a crash at %+v: %v", c, err)
		}
		checkEnd(t, w, f, want, fmt.Sprintf("after a crash at %+v", c))
	}
}

// undisturbed is the state that f ends in, and the calls on the way.
func undisturbed(t *testing.T, f file) (map[string]string, []pipelinetest.Call) {
	t.Helper()
	w := newWorld(t, &pipelinetest.Faults{})
	if err := w.deliver(w.upload(f)); err != nil {
		t.Fatal(err)
	}
	if w.objects.Pending() != 0 {
		t.Errorf("%d uploads left behind", w.objects.Pending())
	}
	calls := w.faults.Calls()
	state := w.state()
	checkEnd(t, w, f, state, "undisturbed")
	return state, calls
}

// checkEnd checks that f has ended as it has to.
func checkEnd(t *testing.T, w *world, f file, want map[string]string, where string) {
	t.Helper()
	if diff := cmp.Diff(want, w.state()); diff != "" {
		t.Errorf("%s: visible objects (-undisturbed +now):\n%s", where, diff)
	}
	m := w.marker()
	ended := map[pipeline.Outcome]pipeline.State{pipeline.Ingested: pipeline.Done, pipeline.RejectedFile: pipeline.Rejected}
	if m.State != ended[f.outcome] || m.Rows != f.rows || (m.ProcessedKey != "") != f.processed || (m.RejectsKey != "") != f.rejects {
		t.Errorf("%s: marker %+v", where, m)
	}
	if got := len(w.bus.Announced()); (got > 0) != (f.outcome == pipeline.Ingested) {
		t.Errorf("%s: %d announcements", where, got)
	}
	metric := pipeline.FilesIngested
	if f.outcome == pipeline.RejectedFile {
		metric = pipeline.FilesRejected
	}
	if w.sum(metric) < 1 {
		t.Errorf("%s: %s was never counted", where, metric.Name)
	}
	settled := w.lines("file settled")
	known := func(line map[string]any) bool {
		return line["outcome"] == string(f.outcome) || line["outcome"] == string(pipeline.Duplicate)
	}
	if len(settled) == 0 || slices.ContainsFunc(settled, func(line map[string]any) bool { return !known(line) }) {
		t.Errorf("%s: settled as %v", where, settled)
	}
	if t.Failed() {
		t.FailNow()
	}
}
