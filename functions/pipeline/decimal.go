package pipeline

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"
)

// Decimal is a decimal number kept as the text of its source, so that no price passes through a float on its way from
// the provider to a row. It marshals as a JSON number with exactly these digits.
//
// The grammar is JSON's without the exponent: an optional minus, digits without a leading zero, an optional fraction.
// NaN, Inf, hexadecimal, underscores, spaces and a leading plus are not decimals.
type Decimal string

// Valid reports whether d follows the grammar of [Decimal].
func (d Decimal) Valid() bool {
	s := string(d)
	if s != "" && s[0] == '-' {
		s = s[1:]
	}
	whole := digits(s)
	if whole == 0 || (whole > 1 && s[0] == '0') {
		return false
	}
	s = s[whole:]
	if s == "" {
		return true
	}
	return s[0] == '.' && len(s) > 1 && digits(s[1:]) == len(s)-1
}

// digits counts the ASCII digits that s begins with.
func digits(s string) int {
	n := 0
	for n < len(s) && '0' <= s[n] && s[n] <= '9' {
		n++
	}
	return n
}

// MarshalJSON writes the digits as they are. It fails for text that is not a decimal.
func (d Decimal) MarshalJSON() ([]byte, error) {
	if !d.Valid() {
		return nil, fmt.Errorf("decimal %q: not a decimal number", string(d))
	}
	return []byte(d), nil
}

// UnmarshalJSON takes a JSON number, or a string that holds one.
func (d *Decimal) UnmarshalJSON(data []byte) error {
	text := string(data)
	if len(data) > 0 && data[0] == '"' {
		if err := json.Unmarshal(data, &text); err != nil {
			return fmt.Errorf("decimal: %w", err)
		}
	}
	if !Decimal(text).Valid() {
		return fmt.Errorf("decimal %q: not a decimal number", text)
	}
	*d = Decimal(text)
	return nil
}

// Compare orders two valid decimals by value: -1 when d < e, 0 when equal, +1 when d > e. Digits are compared as text,
// so the length of a number is no limit.
func (d Decimal) Compare(e Decimal) int {
	if len(d) == len(e) && d.isPositive() && e.isPositive() &&
		strings.IndexByte(string(d), '.') == strings.IndexByte(string(e), '.') {
		return cmp.Compare(d, e)
	}
	a, b := split(string(d)), split(string(e))
	if a.sign != b.sign {
		return cmp.Compare(a.sign, b.sign)
	}
	return a.sign * compareMagnitude(a, b)
}

// Sign is -1, 0 or +1.
func (d Decimal) Sign() int {
	if d.isPositive() {
		return 1
	}
	return split(string(d)).sign
}

// isPositive knows most of the numbers above zero, by their first digit.
func (d Decimal) isPositive() bool { return d != "" && '1' <= d[0] && d[0] <= '9' }

// Whole reports whether d has no fraction other than zeros.
func (d Decimal) Whole() bool { return split(string(d)).fraction == "" }

// parts of a decimal: fraction without trailing zeros, sign 0 for every spelling of zero.
type parts struct {
	sign            int
	whole, fraction string
}

func split(s string) parts {
	p := parts{sign: 1, whole: s}
	if s != "" && s[0] == '-' {
		p.sign, p.whole = -1, s[1:]
	}
	for i := range len(p.whole) {
		if p.whole[i] == '.' {
			p.whole, p.fraction = p.whole[:i], p.whole[i+1:]
			break
		}
	}
	for p.fraction != "" && p.fraction[len(p.fraction)-1] == '0' {
		p.fraction = p.fraction[:len(p.fraction)-1]
	}
	if p.whole == "0" && p.fraction == "" {
		p.sign = 0
	}
	return p
}

func compareMagnitude(a, b parts) int {
	switch {
	case len(a.whole) != len(b.whole):
		return cmp.Compare(len(a.whole), len(b.whole))
	case a.whole != b.whole:
		return cmp.Compare(a.whole, b.whole)
	default:
		return cmp.Compare(a.fraction, b.fraction)
	}
}
