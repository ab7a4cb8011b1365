package main

import (
	"strings"
	"testing"
	"time"

	"github.com/mejan/mejan/tools/bench/generate"
	"github.com/mejan/mejan/tools/bench/measure"
)

// Promise: a target is reached by the right side of its factor, and a peer that did not run is not passed over.
func TestJudge(t *testing.T) {
	seconds := func(n int) measure.Cost { return measure.Cost{User: time.Duration(n) * time.Second} }
	all := table{subject: "us", lines: []line{
		{name: "us", cost: seconds(2)}, {name: "slow", cost: seconds(21)}, {name: "floor", cost: seconds(1)},
	}}
	var out strings.Builder
	err := all.judge(&out, []target{
		{peer: "slow", times: 10},
		{peer: "slow", times: 11},
		{peer: "floor", times: 2, less: true},
		{peer: "floor", times: 1.5, less: true},
		{peer: "absent", times: 3},
	}, 5<<20, 5<<20)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for l := range strings.Lines(out.String()) {
		fields := strings.Fields(l)
		if len(fields) > 3 {
			got = append(got, fields[len(fields)-1])
		}
	}
	if want := "reached MISSED reached MISSED run MISSED"; strings.Join(got, " ") != want {
		t.Errorf("got %s, want %s, in\n%s", got, want, out.String())
	}
}

// Promise: one row more or less is an error that names who counted so.
func TestSameRows(t *testing.T) {
	want := generate.Rows{Raw: 3, Valid: 2, Invalid: 1}
	for printed, ok := range map[string]bool{
		`{"raw":3,"valid":2,"invalid":1}`:                      true,
		`{"rows":{"raw":3,"valid":2,"invalid":1},"symbols":1}`: true,
		`{"raw":3,"valid":1,"invalid":2}`:                      false,
		`{"rows":{"raw":3,"valid":3,"invalid":0},"symbols":1}`: false,
		`{"rows":null}`: false,
		``:              false,
	} {
		err := sameRows(reader{name: "peer"}, []byte(printed), want)
		if (err == nil) != ok || err != nil && !strings.Contains(err.Error(), "peer") {
			t.Errorf("%s: %v", printed, err)
		}
	}
}

// Promise: sizes read as they are written.
func TestParseSizes(t *testing.T) {
	got, err := parseSizes("100MB,1GB,1500MB,7")
	if err != nil || len(got) != 4 || got[0] != 100e6 || got[1].String() != "1GB" || got[2].String() != "1500MB" || got[3] != 7 {
		t.Errorf("%v, %v", got, err)
	}
	for _, wrong := range []string{"", "GB", "-1MB", "1GB,", "1.5GB", "1gb"} {
		if got, err := parseSizes(wrong); err == nil {
			t.Errorf("%q: %v", wrong, got)
		}
	}
}
