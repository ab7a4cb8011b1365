package main

import (
	"bytes"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write docs/contract.md anew")

const committed = "../../../docs/contract.md"

// Promise: docs/contract.md says what the Go source says.
func TestContractPageIsCurrent(t *testing.T) {
	var page bytes.Buffer
	if err := run("..", &page); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(committed, page.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(committed)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), page.String()); diff != "" {
		t.Errorf("docs/contract.md is stale, run `make fix` (-committed +generated):\n%s", diff)
	}
}

// Promise: nobody adds a name to the contract without documenting it, and nothing that is gone stays on the page.
func TestRenderRefusesIncompleteOutline(t *testing.T) {
	contract, err := parse("..")
	if err != nil {
		t.Fatal(err)
	}
	without := outline()
	without[3].names = without[3].names[1:]
	without[4].names = append(without[4].names, "NoSuchName")
	_, err = render(contract, without)
	if err == nil {
		t.Fatal("an outline without Bar was rendered")
	}
	for _, want := range []string{"Bar: in no section", "NoSuchName: not in the contract"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("error %q does not say %q", err, want)
		}
	}
}

// Promise: a table does not say a name twice, and keeps sentences that are about more than one name.
func TestCell(t *testing.T) {
	p := &page{contract: &contract{}}
	tests := map[string]struct{ name, comment, want string }{
		"is":      {"Symbol", "Symbol is the ticker.", "The ticker."},
		"verb":    {"Attempts", "Attempts counts claims.", "Counts claims."},
		"several": {"From", "From and To are datetimes.", "From and To are datetimes."},
		"other":   {"Key", "The key.", "The key."},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := p.cell(test.name, test.comment, nil); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// Promise: a reader of JSON sees JSON names, working links and literal code, not Go's spelling.
func TestProse(t *testing.T) {
	contract, err := parse("..")
	if err != nil {
		t.Fatal(err)
	}
	p := &page{contract: contract, shown: map[string]bool{"Delivery": true, "Bar": true}}
	fields := p.fields("Bar")
	tests := map[string]struct{ comment, want string }{
		"field becomes its JSON name":   {"Open is a price in Currency.", "`open` is a price in `currency`."},
		"code stays":                    {"Say `Open <x>`.", "Say `Open <x>`."},
		"type becomes a link":           {"See [Delivery].", "See [Delivery](#delivery)."},
		"field of a type becomes both":  {"See [Delivery.LeaseUntil].", "See [`lease_until`](#delivery)."},
		"constant becomes its value":    {"At most [MaxRaw] bytes.", "At most `2048` bytes."},
		"typed constant, too":           {"[Bullish] wins.", "`bullish` wins."},
		"lines are joined, bars escape": {"one\ntwo |x|\n\nthree", "one two \\|x\\|\n\nthree"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := p.prose(test.comment, fields); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
