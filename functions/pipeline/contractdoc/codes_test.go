package main

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mejan/mejan/functions/pipeline"
)

// capitals is how codes of checks and data problems are spelled. Environment variables are, too.
var capitals = regexp.MustCompile(`^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$`)

// Promise: a constant of the contract that is a code has an entry in the table, and so has words; and the table has no
// anomaly without a constant. The constants are found in the source, so that a new one fails here.
func TestEveryCodeHasWords(t *testing.T) {
	contract, err := parse("..")
	if err != nil {
		t.Fatal(err)
	}
	var kinds, anomalies []string
	for _, k := range contract.values["AnomalyKind"] {
		kinds = append(kinds, k.value)
	}
	for _, c := range pipeline.Codes() {
		if c.Level == pipeline.LevelAnomaly {
			anomalies = append(anomalies, c.Code)
		}
	}
	if diff := cmp.Diff(kinds, anomalies); diff != "" {
		t.Errorf("anomalies (-constants of AnomalyKind +table in codes.go):\n%s", diff)
	}

	problems := 0
	for _, k := range contract.consts {
		if !capitals.MatchString(k.value) || strings.HasPrefix(k.name, "Env") {
			continue
		}
		problems++
		if pipeline.CodeOf(k.value, "").Words == "" {
			t.Errorf("%s = %s: has no entry in codes.go", k.name, k.value)
		}
	}
	if problems < 2 { // SplitLikeJump and Scale100x
		t.Errorf("found %d codes of data problems, so the search is wrong", problems)
	}
}

// Promise: the levels, subjects and measures of the table are those that the contract explains, and each is in use.
func TestCodesUseTheContractsTypes(t *testing.T) {
	contract, err := parse("..")
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]map[string]bool{"Level": {}, "About": {}, "Measure": {}}
	for _, c := range pipeline.Codes() {
		used["Level"][string(c.Level)] = true
		used["About"][string(c.About)] = true
		if c.Measure != "" {
			used["Measure"][string(c.Measure)] = true
		}
	}
	for name, got := range used {
		want := map[string]bool{}
		for _, k := range contract.values[name] {
			want[k.value] = true
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-constants +table in codes.go):\n%s", name, diff)
		}
	}
}
