package analyze

import "fmt"

// absence is why a figure is not there, as the item says it.
type absence string

func (a absence) Error() string { return string(a) }

// errRange is what a price of 300 digits does to a quotient.
const errRange = absence("values too far apart to compare")

func needs(bars []Bar, n int) error {
	if len(bars) >= n {
		return nil
	}
	return absence(fmt.Sprintf("needs %d bars, has %d", n, len(bars)))
}

// within gives x, or [errRange] where it is no number.
func within(x float64) (float64, error) {
	if !finite(x) {
		return 0, errRange
	}
	return x, nil
}

// last gives the last n bars, or all.
func last(bars []Bar, n int) []Bar { return bars[max(0, len(bars)-n):] }
