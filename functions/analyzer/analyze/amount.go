package analyze

import (
	"fmt"
	"strconv"

	"github.com/mejan/mejan/functions/pipeline"
)

// amount is a decimal that is not negative: digits / 10^scale.
type amount struct {
	digits uint64
	scale  int
	// inexact amounts have too many digits; value is the nearest float. A missing one has nothing at all.
	inexact, missing bool
	value            float64
}

// maxExact is how many digits an exact amount has: below 2^53, and below the largest of [powers].
const maxExact = 15

// float is the float nearest to the decimal, negative for a missing one.
func (a amount) float() float64 {
	switch {
	case a.missing:
		return -1
	case a.inexact:
		return a.value
	default:
		return float64(a.digits) / powers[a.scale]
	}
}

// scan reads the decimal that text begins with, digits / 10^scale, and says how long it is; 0 for what is not one, or
// has more than [maxExact] digits. What it takes follows the grammar of [pipeline.Decimal], without the minus.
func scan(text []byte) (digits uint64, scale, length int) {
	i := 0
	for i < len(text) && text[i]-'0' <= 9 {
		digits = digits*10 + uint64(text[i]-'0')
		i++
	}
	if i == 0 || i > maxExact || (i > 1 && text[0] == '0') {
		return 0, 0, 0
	}
	if i == len(text) || text[i] != '.' {
		return digits, 0, i
	}
	point := i
	for i++; i < len(text) && text[i]-'0' <= 9; i++ {
		digits = digits*10 + uint64(text[i]-'0')
	}
	if scale = i - point - 1; scale == 0 || i-1 > maxExact {
		return 0, 0, 0
	}
	return digits, scale, i
}

// parseAmount reads a whole decimal. Decimals keep to a grammar that has no NaN and no Inf; one that is negative, or
// too large for a float, is an error.
func parseAmount(d pipeline.Decimal) (amount, error) {
	if digits, scale, length := scan([]byte(d)); length > 0 && length == len(d) {
		return amount{digits: digits, scale: scale}, nil
	}
	if !d.Valid() {
		return amount{}, fmt.Errorf("%q is not a decimal number", d)
	}
	x, err := strconv.ParseFloat(string(d), 64)
	if err != nil {
		return amount{}, err
	}
	if x < 0 {
		return amount{}, fmt.Errorf("%s is negative", d)
	}
	return amount{inexact: true, value: x}, nil
}
