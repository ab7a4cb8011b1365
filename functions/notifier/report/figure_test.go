package report

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/mejan/mejan/functions/pipeline"
)

// A price has the digits of its source: commas and zeros that say nothing are all that is added or left out.
func TestPriceKeepsItsDigits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := pipeline.Decimal(rapid.StringMatching(`-?(0|[1-9][0-9]{0,12})(\.[0-9]{1,12})?`).Draw(t, "decimal"))
		back := strings.NewReplacer(",", "", minus, "-").Replace(price(d))
		if !pipeline.Decimal(back).Valid() || pipeline.Decimal(back).Compare(d) != 0 {
			t.Fatalf("price(%s) = %s", d, price(d))
		}
	})
}

// Figures are spelled as a reader of financial news expects them.
func TestFigures(t *testing.T) {
	for _, test := range []struct{ got, want string }{
		{price("1234567.5"), "1,234,567.50"},
		{price("159.54000"), "159.54"},
		{price("0.000012"), "0.000012"},
		{price("7"), "7.00"},
		{price("-37.63"), "−37.63"},
		{change(1.234).String(), "▲\u00a0+1.23\u00a0%"},
		{change(-12345.678).String(), "▼\u00a0−12,345.68\u00a0%"},
		{change(0).String(), "=\u00a00.00\u00a0%"},
		{change(-0.001).String(), "▼\u00a0−0.00\u00a0%"},
		{change(1e300).String(), "▲\u00a0+1.00e+300\u00a0%"},
		{slope(pipeline.Trend{Direction: pipeline.Flat, Slope: 0.01}).String(), "→\u00a0+0.01\u00a0%"},
		{slope(pipeline.Trend{Direction: pipeline.Down, Slope: -0.5}).String(), "↘\u00a0−0.50\u00a0%"},
		{short(5), "5"},
		{short(1.5), "1.5"},
		{short(100), "100"},
		{count(999), "999"},
		{count(13992), "13,992"},
		{count(-1234), "-1,234"},
		{plural(1, "symbol"), "1\u00a0symbol"},
		{plural(0, "row"), "0\u00a0rows"},
	} {
		if test.got != test.want {
			t.Errorf("got %q, want %q", test.got, test.want)
		}
	}
}

// A reason for absent figures is told once, and no item can make the footnotes endless.
func TestNotes(t *testing.T) {
	var n notes
	if a, b := n.mark("too short"), n.mark("too short"); a.text != "–¹" || b.text != "–¹" {
		t.Errorf("same reason: %q and %q", a.text, b.text)
	}
	for i := range 50 {
		n.mark(strings.Repeat("x", i+1))
	}
	lines := n.lines()
	if len(lines) != maxNotes || lines[0] != "–¹ too short." || !strings.Contains(lines[maxNotes-1], "another reason") {
		t.Errorf("notes: %q", lines)
	}
}
