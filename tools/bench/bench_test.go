package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Promise: what is reported passes the limits exactly where a function does; the peer has none.
func TestReportHoldsLimits(t *testing.T) {
	within := []time.Duration{startLimit / 2, startLimit / 2, startLimit * 9}
	past := []time.Duration{startLimit, startLimit, 0}
	tests := map[string]struct {
		size   int64
		starts []time.Duration
		want   string
	}{
		"within":    {sizeLimit - 1, within, ""},
		"too large": {sizeLimit, within, "ingestor's size"},
		"too slow":  {sizeLimit - 1, past, "ingestor's start"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			peer := subject{name: "peer", peer: true, size: 2 * sizeLimit, starts: past}
			err := report(t.Output(), []subject{peer, {name: "ingestor", size: test.size, starts: test.starts}}, 3)
			if got := err != nil; got != (test.want != "") {
				t.Fatalf("error %v, want one about %q", err, test.want)
			}
			if err != nil && !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %q does not say %q", err, test.want)
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
