package doctor

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Promise: the table is sound. A check comes after those that it needs, and each serves someone.
func TestTable(t *testing.T) {
	var seen []string
	for _, c := range checks() {
		if slices.Contains(seen, c.name) {
			t.Errorf("two checks are called %q", c.name)
		}
		for _, need := range c.needs {
			if !slices.Contains(seen, need) {
				t.Errorf("%q needs %q, which does not come before it", c.name, need)
			}
		}
		if c.serves == 0 {
			t.Errorf("%q serves no purpose", c.name)
		}
		seen = append(seen, c.name)
	}
}

// Promise: a check whose need failed is not made and says so; a warning and a check that the purpose does not include hold
// up nothing.
func TestNeeds(t *testing.T) {
	says := func(f Finding) func(context.Context, *Subject) Finding {
		return func(context.Context, *Subject) Finding { return f }
	}
	table := []check{
		{name: "warns", serves: Laptop, find: says(warning("mend it", "not so well"))},
		{name: "after a warning", serves: Laptop, needs: []string{"warns"}, find: says(ok("fine"))},
		{name: "elsewhere", serves: Stage, find: says(problem("mend it", "broken"))},
		{name: "after what is not made", serves: Laptop, needs: []string{"elsewhere"}, find: says(ok("fine"))},
		{name: "fails", serves: Laptop, find: says(problem("mend it", "broken"))},
		{name: "after a problem", serves: Laptop, needs: []string{"warns", "fails"}, find: says(ok("fine"))},
		{name: "after that", serves: Laptop, needs: []string{"after a problem"}, find: says(ok("fine"))},
		{name: "cannot be made", serves: Laptop, find: says(unknown("", "denied"))},
	}
	findings, err := examine(t.Context(), &Subject{}, table, Laptop, func(Finding) {})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]State{}
	for _, f := range findings {
		got[f.Check] = f.State
	}
	want := map[string]State{
		"warns": Warning, "after a warning": OK, "after what is not made": OK, "fails": Problem,
		"after a problem": Unknown, "after that": Unknown, "cannot be made": Unknown,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("states (-want +got):\n%s", diff)
	}
	// Only causes are listed, each with what mends it.
	const blocking = "fails: broken\n    mend it\ncannot be made: denied"
	if got := Blocking(findings); got == nil || got.Error() != blocking {
		t.Errorf("blocking: %v, want %s", got, blocking)
	}
}

// Promise: an interrupt ends the examination, and what was under way is not taken for a finding.
func TestInterrupt(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	table := []check{
		{name: "interrupted", serves: Laptop, find: func(context.Context, *Subject) Finding { cancel(); return ok("fine") }},
		{name: "after it", serves: Laptop, find: func(context.Context, *Subject) Finding { return ok("fine") }},
	}
	findings, err := examine(ctx, &Subject{}, table, Laptop, func(f Finding) { t.Errorf("reported %+v", f) })
	if !errors.Is(err, context.Canceled) || len(findings) > 0 {
		t.Errorf("%v, %v; want no finding and %v", findings, err, context.Canceled)
	}
}

// Promise: what Blocking says fits a terminal: every line of a cause but the first is indented.
func TestBlockingIndents(t *testing.T) {
	err := Blocking([]Finding{{Check: "source", State: Problem, Text: "not committed:\nM a.go\nM b.go", Remedy: "git commit"}})
	for i, line := range strings.Split(err.Error(), "\n") {
		if i > 0 && !strings.HasPrefix(line, "    ") {
			t.Errorf("line %d is not indented: %q", i, line)
		}
	}
}
