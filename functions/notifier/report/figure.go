package report

import (
	"math"
	"strconv"
	"strings"
	"unicode"

	"github.com/mejan/mejan/functions/pipeline"
)

// Typography. Figures never break across lines, and a minus is as wide as a plus.
const (
	minus = "\u2212"
	nbsp  = "\u00a0"
	dash  = "\u2013"
)

// tone is what a figure's colour says; its glyph says the same to those who see no colour.
type tone int

const (
	plain tone = iota
	up
	down
	flat
	absent
)

// figure is a number as a reader sees it.
type figure struct {
	tone  tone
	glyph string
	text  string
}

// String is the figure in plain text.
func (f figure) String() string {
	if f.glyph == "" {
		return f.text
	}
	return f.glyph + nbsp + f.text
}

// change is a change in percent, with its sign.
func change(percent float64) figure {
	f := figure{text: signed(percent) + nbsp + "%"}
	f.tone, f.glyph = up, "▲"
	switch {
	case percent < 0:
		f.tone, f.glyph = down, "▼"
	case percent == 0:
		f.tone, f.glyph = flat, "="
	}
	return f
}

// slope is a trend: its direction as an arrow, its slope in percent per bar.
func slope(t pipeline.Trend) figure {
	f := figure{tone: flat, glyph: "→", text: signed(t.Slope) + nbsp + "%"}
	switch t.Direction {
	case pipeline.Up:
		f.tone, f.glyph = up, "↗"
	case pipeline.Down:
		f.tone, f.glyph = down, "↘"
	case pipeline.Flat:
	default:
	}
	return f
}

// signed writes two decimals and the sign of anything but zero.
func signed(x float64) string {
	switch {
	case x > 0:
		return "+" + number(x)
	case x < 0:
		return minus + number(-x)
	default:
		return number(0)
	}
}

// number writes a number that is not negative, with two decimals and thousands separators. Beyond a billion it is a
// magnitude, not a figure, and gets an exponent.
func number(x float64) string {
	if math.Abs(x) >= 1e9 {
		return strconv.FormatFloat(x, 'e', 2, 64)
	}
	whole, fraction, _ := strings.Cut(strconv.FormatFloat(x, 'f', 2, 64), ".")
	return group(whole) + "." + fraction
}

// short writes a number that is not negative without trailing zeros, for thresholds.
func short(x float64) string {
	return strings.TrimSuffix(strings.TrimRight(number(x), "0"), ".")
}

// price writes the digits of the source, grouped, with at least two decimals; zeros that say nothing are left out.
func price(d pipeline.Decimal) string {
	text := cut(clean(string(d)), maxPrice)
	sign := ""
	if rest, negative := strings.CutPrefix(text, "-"); negative {
		sign, text = minus, rest
	}
	whole, fraction, _ := strings.Cut(text, ".")
	fraction = strings.TrimRight(fraction, "0")
	for len(fraction) < 2 {
		fraction += "0"
	}
	return sign + group(whole) + "." + fraction
}

// count writes a whole number with thousands separators.
func count[T int | int64](n T) string { return group(strconv.FormatInt(int64(n), 10)) }

// group puts a comma before each three digits from the right.
func group(whole string) string {
	var b strings.Builder
	for i := range len(whole) {
		if i > 0 && (len(whole)-i)%3 == 0 && whole[i-1] != '-' {
			b.WriteByte(',')
		}
		b.WriteByte(whole[i])
	}
	return b.String()
}

// clean replaces what a reader would not see as it is: control characters, and those that turn the direction of text.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsPrint(r):
			return r
		case unicode.IsSpace(r):
			return ' '
		default:
			return unicode.ReplacementChar
		}
	}, strings.ToValidUTF8(s, string(unicode.ReplacementChar)))
}

// cut shortens s to n characters and marks that.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	runes := []rune(s)
	if len(runes) <= n {
		return s
	}
	return string(runes[:n-1]) + "…"
}
