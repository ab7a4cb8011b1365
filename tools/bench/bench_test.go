package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Promise: a function that passes a limit is reported so, exactly from the limit on; the peer has none.
func TestReportHoldsLimits(t *testing.T) {
	within := []time.Duration{startLimit / 2, startLimit / 2, startLimit * 9}
	past := []time.Duration{startLimit, startLimit, 0}
	tests := map[string]struct {
		size   int64
		starts []time.Duration
		missed int
	}{
		"within":    {sizeLimit - 1, within, 0},
		"too large": {sizeLimit, within, 1},
		"too slow":  {sizeLimit - 1, past, 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var out strings.Builder
			peer := subject{name: "peer", peer: true, size: 2 * sizeLimit, starts: past}
			if err := report(&out, []subject{peer, {name: "ingestor", size: test.size, starts: test.starts}}, 3); err != nil {
				t.Fatal(err)
			}
			if got := strings.Count(out.String(), "MISSED"); got != test.missed {
				t.Errorf("%d missed, want %d, in\n%s", got, test.missed, out.String())
			}
		})
	}
}

// Promise: the middle is taken, whatever the order and the outliers.
func TestMedian(t *testing.T) {
	tests := map[string]struct {
		all  []time.Duration
		want time.Duration
	}{
		"none": {nil, 0},
		"odd":  {[]time.Duration{900, 1, 3}, 3},
		"even": {[]time.Duration{4, 900, 2, 1}, 3},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := median(test.all); got != test.want {
				t.Errorf("got %d, want %d", got, test.want)
			}
		})
	}
}

// Promise: a function that ends instead of asking for work is an error that shows what it said.
func TestStartShowsWhyAFunctionEnded(t *testing.T) {
	lambda, err := listen(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer lambda.server.Close()
	script := filepath.Join(t.TempDir(), "function")
	if err := os.WriteFile(script, []byte("#!/bin/sh\necho TABLE_NAME: not set\nexit 1\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	_, err = lambda.start(t.Context(), &subject{host: script})
	if err == nil || !strings.Contains(err.Error(), "TABLE_NAME: not set") {
		t.Errorf("error %v does not show what the function said", err)
	}
}
