package narrate

import (
	"strconv"
	"strings"

	"github.com/mejan/mejan/functions/pipeline"
)

// percent spells a change with its sign and two decimals, such as +1.20%, or 0.00%.
func percent(x float64) string {
	sign := map[pipeline.Direction]string{pipeline.Up: "+", pipeline.Down: "-", pipeline.Flat: ""}[direction(x)]
	return sign + magnitude(x) + "%"
}

// unsigned drops the sign of a spelled change, for sentences whose verb tells the direction.
func unsigned(text string) string { return strings.TrimLeft(text, "+-") }

func points(x float64) string   { return magnitude(x) + " percentage points" }
func multiple(x float64) string { return magnitude(x) + " times" }

// deviations spells a z-score.
func deviations(x float64) string { return magnitude(x) + " standard deviations" }

// measured spells the value of an anomaly. It is empty for an unknown measure.
func measured(x float64, by pipeline.Measure) string {
	switch by {
	case pipeline.MeasurePercent:
		return percent(x)
	case pipeline.MeasureMultiple:
		return multiple(x)
	case pipeline.MeasureScore:
		return deviations(x)
	default:
		return ""
	}
}

// magnitude spells |x| with two decimals.
func magnitude(x float64) string {
	return strings.TrimPrefix(strconv.FormatFloat(x, 'f', 2, 64), "-")
}

// price2 spells a price without the zeros that end its fraction beyond two decimals, and its currency where that is
// known.
func price2(d pipeline.Decimal, currency string) string {
	text := string(d)
	if whole, fraction, ok := strings.Cut(text, "."); ok {
		for len(fraction) > 2 && strings.HasSuffix(fraction, "0") {
			fraction = fraction[:len(fraction)-1]
		}
		text = whole + "." + fraction
	}
	if safe(currency) {
		text += " " + currency
	}
	return text
}

// thousands spells a count with commas.
func thousands(n int64) string {
	text := strconv.FormatInt(n, 10)
	for i := len(text) - 3; i > 0 && text[i-1] != '-'; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// counted spells a count and its noun.
func counted(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return thousands(n) + " " + many
}

// list joins words as English does: a, b and c.
func list(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}
