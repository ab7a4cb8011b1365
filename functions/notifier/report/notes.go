package report

import (
	"fmt"
	"slices"
	"strings"
)

// maxNotes bounds the footnotes; past it reasons share the last one.
const maxNotes = 9

// notes collects why figures are absent. Each reason is told once.
type notes struct{ reasons []string }

// mark is a dash that refers to the reason.
func (n *notes) mark(reason string) figure {
	if reason == "" {
		reason = "not computed"
	}
	reason = cut(clean(reason), maxLine)
	at := slices.Index(n.reasons, reason)
	switch {
	case at >= 0:
	case len(n.reasons) < maxNotes-1:
		at = len(n.reasons)
		n.reasons = append(n.reasons, reason)
	default:
		at = maxNotes - 1
		n.reasons = append(n.reasons[:at], "another reason, told in the stored analysis")
	}
	return figure{tone: absent, text: dash + superscript(at+1)}
}

// lines are the footnotes, in the order of their numbers.
func (n *notes) lines() []string {
	lines := make([]string, len(n.reasons))
	for i, reason := range n.reasons {
		lines[i] = fmt.Sprintf("%s%s %s%s", dash, superscript(i+1), strings.TrimSuffix(reason, "."), ".")
	}
	return lines
}

// superscript writes 1 to 9 as a raised digit.
func superscript(n int) string { return string([]rune("⁰¹²³⁴⁵⁶⁷⁸⁹")[n]) }

// orAbsent writes a figure, or a dash that refers to the reason why there is none.
func orAbsent[T any](n *notes, value *T, reason string, write func(T) figure) figure {
	if value == nil {
		return n.mark(reason)
	}
	return write(*value)
}
