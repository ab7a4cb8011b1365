package pipeline_test

import (
	"encoding/json"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/mejan/mejan/functions/pipeline"
)

// Only plain decimal numbers are decimals: what strconv would take besides (NaN, hexadecimal, underscores, exponents)
// passes comparisons that it should fail, or has another value than it seems to have.
func TestDecimalGrammar(t *testing.T) {
	for text, want := range map[string]bool{
		"0": true, "-0": true, "7": true, "10": true, "187.14999": true, "-0.50": true, "0.0": true, "1.000": true,
		strings.Repeat("9", 400) + "." + strings.Repeat("0", 400): true,

		"": false, "-": false, "--1": false, "+1": false, "01": false, "00": false, "-01": false, ".5": false, "5.": false,
		"-.5": false, "1.2.3": false, "1,5": false, "1_0": false, "0x10": false, "1e5": false, "1E5": false, "NaN": false,
		"Inf": false, "-Infinity": false, " 1": false, "1 ": false, "1\n": false, "١": false, "null": false, "1-": false,
	} {
		if got := pipeline.Decimal(text).Valid(); got != want {
			t.Errorf("%q: got %t, want %t", text, got, want)
		}
	}
}

// What is a decimal is a JSON number, and goes through JSON without losing or gaining a digit.
func TestDecimalJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := decimals.Draw(t, "decimal")
		if !pipeline.Decimal(text).Valid() {
			t.Fatalf("%q: not valid", text)
		}
		line, err := json.Marshal([]pipeline.Decimal{pipeline.Decimal(text)})
		if err != nil || string(line) != "["+text+"]" {
			t.Fatalf("%q: got %s, error %v", text, line, err)
		}
		for _, spelled := range []string{text, `"` + text + `"`} {
			var back pipeline.Decimal
			if err := json.Unmarshal([]byte(spelled), &back); err != nil || string(back) != text {
				t.Fatalf("%s: got %q, error %v", spelled, back, err)
			}
		}
	})
}

// What is not a decimal gets neither into JSON nor out of it.
func TestDecimalJSONRefuses(t *testing.T) {
	for _, text := range []string{"", "NaN", "1e5", "0x1", `1,"admin":true`} {
		if line, err := json.Marshal(pipeline.Decimal(text)); err == nil {
			t.Errorf("marshal %q: got %s", text, line)
		}
	}
	for _, text := range []string{`1e5`, `"1e5"`, `""`, `true`, `{}`, `[1]`, `"NaN"`, `" 1"`} {
		var d pipeline.Decimal
		if err := json.Unmarshal([]byte(text), &d); err == nil {
			t.Errorf("unmarshal %s: got %q", text, d)
		}
	}
}

// Decimals are ordered by their value, to the last digit, however long they are.
func TestDecimalCompare(t *testing.T) {
	for _, test := range []struct {
		a, b pipeline.Decimal
		want int
	}{
		{"0", "-0.000", 0},
		{"1", "1.00", 0},
		{"2", "10", -1},
		{"-2", "-10", 1},
		{"-1", "0", -1},
		{"0.1", "0.09", 1},
		{"0.1", "0.10000000000000000000000000001", -1},
		{"9007199254740993", "9007199254740992", 1}, // equal as floats
	} {
		if got := test.a.Compare(test.b); got != test.want {
			t.Errorf("%s and %s: got %d, want %d", test.a, test.b, got, test.want)
		}
		if got := test.b.Compare(test.a); got != -test.want {
			t.Errorf("%s and %s: got %d, want %d", test.b, test.a, got, -test.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := decimals.Draw(t, "a"), decimals.Draw(t, "b")
		x, y := rational(a), rational(b)
		if got, want := pipeline.Decimal(a).Compare(pipeline.Decimal(b)), x.Cmp(y); got != want {
			t.Fatalf("%s and %s: got %d, want %d", a, b, got, want)
		}
		if got, want := pipeline.Decimal(a).Sign(), x.Sign(); got != want {
			t.Fatalf("sign of %s: got %d, want %d", a, got, want)
		}
		if got, want := pipeline.Decimal(a).Whole(), x.IsInt(); got != want {
			t.Fatalf("%s is whole: got %t, want %t", a, got, want)
		}
	})
}

// decimals has few digits, so that equal values and near misses occur.
var decimals = rapid.StringMatching(`-?(0|[1-9][0-9]{0,2})(\.[0-9]{1,2}0{0,2})?`)

func rational(text string) *big.Rat {
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		panic(text)
	}
	return r
}
