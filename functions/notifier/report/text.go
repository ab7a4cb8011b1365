package report

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// lineWidth is the width of the text part, in characters.
const lineWidth = 78

// columns are the widths of the table of symbols, in characters; together they fill a line.
var columns = [...]int{8, 12, 11, 11, 11, 10, 8, 7}

// text writes the view for those who read mail as text.
func text(v view) string {
	var b strings.Builder
	line := func(s string) { b.WriteString(s + "\n") }
	wrapped := func(s string) { line(wrap(s, "")) }
	heading := func(s string) {
		line("\n" + strings.ToUpper(s))
		line(strings.Repeat("-", lineWidth))
	}

	if v.notice != "" {
		wrapped(v.notice)
		line("")
	}
	line("MARKET SUMMARY")
	line(v.title)
	wrapped(v.subtitle)
	line(strings.Repeat("=", lineWidth))
	line("")
	wrapped(v.sentiment.glyph + nbsp + strings.ToUpper(v.sentiment.text) + ": " + v.verdict)
	for _, s := range v.stats {
		line(leader(s.label, s.value.String()))
	}

	for _, f := range v.market {
		line(wrap(left(f.name+":", 16)+f.value, strings.Repeat(" ", 16)))
	}

	heading("Executive summary")
	for i, p := range v.summary {
		if i > 0 {
			line("")
		}
		wrapped(p)
	}

	for _, list := range []struct {
		name, none string
		movers     []mover
	}{{"Top gainers", "No symbol advanced.", v.gainers}, {"Top losers", "No symbol declined.", v.losers}} {
		heading(list.name)
		for _, m := range list.movers {
			line(leader(m.symbol, m.change.String()))
		}
		if len(list.movers) == 0 {
			line(list.none)
		}
	}

	heading("Symbols")
	table(line, v)
	line("")
	levelTable(line, v)
	for _, s := range append([]string{v.moreLevels, v.moreRows}, v.notes...) {
		if s != "" {
			wrapped(s)
		}
	}

	anomalies := func(title string, list anomalyList) {
		heading(title)
		for _, a := range list.shown {
			line(wrap(fmt.Sprintf("%s  %s  %s  %s", a.when, left(a.symbol, 8), right(a.value.String(), 10), a.what), "    "))
		}
		if len(list.shown) == 0 {
			line("None.")
		}
		if list.more != "" {
			wrapped(list.more)
		}
	}
	anomalies("Key anomalies", v.anomalies)
	if len(v.earlier.shown) > 0 {
		anomalies("Earlier anomalies", v.earlier)
	}

	heading("Data quality")
	for _, s := range v.quality {
		wrapped(s)
	}
	heading("How to read the figures")
	for _, s := range v.method {
		wrapped(s)
	}
	heading("Origin")
	for _, f := range v.origin {
		line(wrap(left(f.name+":", 16)+f.value, strings.Repeat(" ", 16)))
	}
	line("")
	wrapped(disclaimer)
	return b.String()
}

// disclaimer closes both parts.
const disclaimer = "This report describes past prices. It is generated automatically and is not investment advice."

// table writes the symbols in columns. A row with a figure that is wider than its column is written as a sentence.
func table(line func(string), v view) {
	heads := v.period.heads
	line(cells("Symbol", closeHead(v.currency), heads[0], heads[1], heads[2], "Trend", "Volat.", "Volume"))
	for _, r := range v.rows {
		all := []string{
			strings.TrimSpace(r.symbol + " " + r.interval), strings.TrimSpace(r.price + " " + r.currency),
			r.changes[0].String(), r.changes[1].String(), r.changes[2].String(),
			r.trend.String(), r.volatility.String(), r.volume.String(),
		}
		if fits(all) {
			line(cells(all...))
			continue
		}
		line(fmt.Sprintf("%s: %s", all[0], all[1]))
		line(wrap(fmt.Sprintf("    %s %s, %s %s, %s %s, trend %s, volatility %s, volume %s",
			heads[0], all[2], heads[1], all[3], heads[2], all[4], all[5], all[6], all[7]), "    "))
	}
}

// levelColumns are the widths of the second table of symbols.
var levelColumns = [...]int{16, 10, 8, 11, 10, 12, 11}

// levelTable writes the second table of symbols.
func levelTable(line func(string), v view) {
	write := func(name string, figures [6]string) {
		var b strings.Builder
		b.WriteString(left(name, levelColumns[0]))
		for i, f := range figures {
			b.WriteString(right(f, levelColumns[i+1]-1) + " ")
		}
		line(wrap(strings.TrimRight(b.String(), " "), "    "))
	}
	write("Symbol", levelHeads)
	for _, l := range v.levels {
		var figures [6]string
		for i, f := range l.figures {
			figures[i] = f.String()
		}
		write(strings.TrimSpace(l.symbol+" "+l.interval), figures)
	}
}

// closeHead is the head of the prices, with their currency where all have the same.
func closeHead(currency string) string {
	if currency == "" || utf8.RuneCountInString(currency) > 3 {
		return "Close"
	}
	return "Close, " + currency
}

// fits reports whether each cell leaves a space to the one before it.
func fits(all []string) bool {
	for i, cell := range all {
		if utf8.RuneCountInString(cell) >= columns[i]+1-min(i, 1) {
			return false
		}
	}
	return true
}

// cells sets the first cell flush left and the others flush right.
func cells(all ...string) string {
	var b strings.Builder
	for i, cell := range all {
		if i == 0 {
			b.WriteString(left(cell, columns[i]))
		} else {
			b.WriteString(right(cell, columns[i]))
		}
	}
	return b.String()
}

func left(s string, width int) string { return s + padding(s, width) }

func right(s string, width int) string { return padding(s, width) + s }

func padding(s string, width int) string {
	return strings.Repeat(" ", max(0, width-utf8.RuneCountInString(s)))
}

// leader joins a name and its figure with dots, on half a line.
func leader(name, value string) string {
	const width = 44
	dots := max(3, width-2-utf8.RuneCountInString(name)-utf8.RuneCountInString(value))
	return name + " " + strings.Repeat(".", dots) + " " + value
}

// wrap breaks a line at spaces so that it keeps to [lineWidth]; later lines begin with indent. A word longer than the
// line stays whole, and a no-break space is no place to break.
func wrap(s, indent string) string {
	var b strings.Builder
	rest := []rune(s)
	for len(rest) > lineWidth {
		at := lineWidth
		for at > len(indent) && rest[at] != ' ' {
			at--
		}
		if at == len(indent) {
			for at = lineWidth; at < len(rest) && rest[at] != ' '; {
				at++
			}
			if at == len(rest) {
				break
			}
		}
		b.WriteString(strings.TrimRight(string(rest[:at]), " ") + "\n")
		rest = []rune(indent + strings.TrimLeft(string(rest[at:]), " "))
	}
	b.WriteString(string(rest))
	return b.String()
}
