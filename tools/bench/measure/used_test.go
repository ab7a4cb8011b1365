package measure

import (
	"testing"
	"time"
)

// Promise: the times are found behind a name with blanks and brackets, and the peak in bytes.
func TestParseUsed(t *testing.T) {
	const stat = "7 (an odd) name) S 1 7 7 0 -1 4194560 123 0 0 0 250 17 0 0 20 0 5 0 100 200 300"
	got, err := parseUsed("Name:\tx\nVmHWM:\t   2048 kB\nVmRSS:\t 1 kB\n", stat)
	if want := (Cost{User: 2500 * time.Millisecond, System: 170 * time.Millisecond, Peak: 2 << 20}); err != nil || got != want {
		t.Errorf("got %+v, %v; want %+v", got, err, want)
	}
	if _, err := parseUsed("Name:\tx\n", stat); err == nil {
		t.Error("no peak: no error")
	}
	if _, err := parseUsed("VmHWM:\t1 kB\n", "7 (x) S 1"); err == nil {
		t.Error("no times: no error")
	}
}

// Promise: the faster run's times count, the higher peak, and nothing where nothing was measured.
func TestBest(t *testing.T) {
	slow := Cost{User: 3, System: 1, Peak: 5}
	fast := Cost{User: 1, System: 2, Peak: 9}
	want := Cost{User: 1, System: 2, Peak: 9}
	if got := (Cost{}).Best(slow).Best(fast); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got := (Cost{}).Best(fast).Best(slow); got != want {
		t.Errorf("the other way round: got %+v, want %+v", got, want)
	}
}
