package expression

import (
	"math/big"
	"strconv"
	"strings"
)

// Number is a DynamoDB number: exact, at most 38 significant digits, 1E-130 to 9.99E+125 in magnitude, or zero.
type Number struct {
	// The value is digits x 10^exponent; digits has no trailing zeros.
	digits   *big.Int
	exponent int
}

const (
	maxDigits = 38
	// The exponents of the most significant digit.
	largest, smallest = 125, -130
)

// ParseNumber reads a number as DynamoDB takes it; its error is what DynamoDB says.
func ParseNumber(text string) (Number, error) {
	mantissa, power, scientific := strings.Cut(strings.ToLower(text), "e")
	exponent := 0
	if scientific {
		n, err := strconv.Atoi(power)
		if err != nil || n < -1000 || n > 1000 {
			return Number{}, notNumber(text)
		}
		exponent = n
	}
	whole, fraction, dotted := strings.Cut(mantissa, ".")
	sign, whole := cutSign(whole)
	if (whole == "" && fraction == "") || (dotted && fraction == "") || strings.Trim(whole+fraction, "0123456789") != "" {
		return Number{}, notNumber(text)
	}
	exponent -= len(fraction)
	// Without its zeros a number is short or refused: converting a long text would take time that grows as its square.
	written := strings.TrimLeft(whole+fraction, "0")
	short := strings.TrimRight(written, "0")
	if len(short) > maxDigits {
		return Number{}, errDigits
	}
	digits, _ := new(big.Int).SetString(sign+"0"+short, 10) // Only digits are left.
	return normal(digits, exponent+len(written)-len(short))
}

var errDigits = says("Attempting to store more than %d significant digits in a Number", maxDigits)

func cutSign(s string) (sign, rest string) {
	if rest, ok := strings.CutPrefix(s, "-"); ok {
		return "-", rest
	}
	return "", strings.TrimPrefix(s, "+")
}

func notNumber(text string) error {
	return says("The parameter cannot be converted to a numeric value: %s", text)
}

// normal drops trailing zeros and checks the limits.
func normal(digits *big.Int, exponent int) (Number, error) {
	text := digits.String()
	trimmed := strings.TrimRight(text, "0")
	if digits.Sign() == 0 {
		return Number{digits: new(big.Int)}, nil
	}
	exponent += len(text) - len(trimmed)
	digits, _ = new(big.Int).SetString(trimmed, 10)
	significant := len(strings.TrimPrefix(trimmed, "-"))
	first := exponent + significant - 1
	switch {
	case significant > maxDigits:
		return Number{}, errDigits
	case first > largest:
		return Number{}, says("Number overflow. Attempting to store a number with magnitude larger than supported range")
	case first < smallest:
		return Number{}, says("Number underflow. Attempting to store a number with magnitude smaller than supported range")
	}
	return Number{digits: digits, exponent: exponent}, nil
}

// String writes the number without an exponent and without needless zeros.
func (n Number) String() string {
	sign, digits := cutSign(n.digits.String())
	if n.exponent >= 0 {
		return sign + digits + strings.Repeat("0", n.exponent)
	}
	if missing := 1 - n.exponent - len(digits); missing > 0 {
		digits = strings.Repeat("0", missing) + digits
	}
	point := len(digits) + n.exponent
	return sign + digits[:point] + "." + digits[point:]
}

// Compare is -1, 0 or +1.
func (n Number) Compare(m Number) int {
	a, b, _ := align(n, m)
	return a.Cmp(b)
}

// Add is n + m.
func (n Number) Add(m Number) (Number, error) {
	a, b, exponent := align(n, m)
	return normal(a.Add(a, b), exponent)
}

// Subtract is n - m.
func (n Number) Subtract(m Number) (Number, error) {
	a, b, exponent := align(n, m)
	return normal(a.Sub(a, b), exponent)
}

// align writes both with the smaller of their exponents.
func align(n, m Number) (a, b *big.Int, exponent int) {
	exponent = min(n.exponent, m.exponent)
	scaled := func(x Number) *big.Int {
		power := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(x.exponent-exponent)), nil)
		return power.Mul(power, x.digits)
	}
	return scaled(n), scaled(m), exponent
}
