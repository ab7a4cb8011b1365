package ingest

import (
	"bytes"
	"math/big"
	"testing"

	"github.com/mejan/mejan/functions/pipeline"
)

// An amount is the number that its text spells, and says so wherever it is asked; no text that is not a number of the
// grammar has one.
func FuzzAmount(f *testing.F) {
	for _, text := range []string{
		"0", "1", "163.08500", "0.00000001", "123456789012345", "1234567.1234567", "12345678.123456", "99999999.5", "9.", ".9", "01", "1e5",
		"NaN", "0x1p-4", "1_000", "-1", "+1", "", "1..2", "1.2.3", "10.0", "9999999.99999999", "00", "0.0",
	} {
		f.Add(text, "163.09")
	}
	f.Fuzz(func(t *testing.T, text, other string) {
		a, ok := parseAmount([]byte(text))
		decimal := pipeline.Decimal(text)
		if want := decimal.Valid() && text[0] != '-' && len(text) <= maxAmount; ok != want {
			t.Fatalf("%q: taken %t, want %t", text, ok, want)
		}
		if !ok {
			return
		}
		// What stands behind a number is not read as a part of it.
		for _, behind := range []string{`"`, ",", " ", "}", "\xff\xff\xff"} {
			b := append([]byte(text+behind), bytes.Repeat([]byte("7"), maxAmount)...)
			var same amount
			if n := same.read((*[maxAmount + 1]byte)(b)); len(text) < maxAmount && (n != len(text) || same != a) {
				t.Errorf("%q before %q: %v of %d characters, want %v", text, behind, same, n, a)
			}
		}
		if a.isZero() != (decimal.Sign() == 0) || a.isWhole() != decimal.Whole() {
			t.Errorf("%q: zero %t, whole %t", text, a.isZero(), a.isWhole())
		}
		exact, _ := new(big.Rat).SetString(text)
		scaled := new(big.Int).Mul(exact.Num(), big.NewInt(100_000_000))
		scaled.Quo(scaled, exact.Denom())
		if got := a.scaled(); a.whole <= 7 && got != scaled.Uint64() {
			t.Errorf("%q: %d hundred-millionths, want %s", text, got, scaled)
		}
		b, ok := parseAmount([]byte(other))
		if !ok {
			return
		}
		order := decimal.Compare(pipeline.Decimal(other))
		if a.less(&b) != (order < 0) || b.atLeast(&a) != (order <= 0) || (a == b) != (order == 0) {
			t.Errorf("%q and %q: less %t, more %t, the same %t", text, other, a.less(&b), !b.atLeast(&a), a == b)
		}
		if x, y := a.scaled(), b.scaled(); (a.alike(&b) || a.near(&b)) && a.whole <= 7 && (x >= 2*y || y >= 2*x) {
			t.Errorf("%q and %q are not near", text, other)
		}
	})
}
