package report

import "strconv"

// colour is a tone as the background of a bar.
func colour(t tone) string {
	switch t {
	case up:
		return "#2e9d6c"
	case down:
		return "#d0524a"
	default:
		return "#b4bfca"
	}
}

func percentage(n int) string { return strconv.Itoa(n) + "%" }
