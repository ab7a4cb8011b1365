package report

import (
	"fmt"
	"strings"

	"github.com/mejan/mejan/functions/pipeline"
)

// maxGroups bounds the groups that are told of beside the market's.
const maxGroups = 3

// market tells what the tiles have no room for: how wide the move was, how much at once, and what else is in the file.
func market(a pipeline.Aggregates, p period) []fact {
	var facts []fact
	add := func(name, format string, args ...any) {
		facts = append(facts, fact{name, fmt.Sprintf(format, args...)})
	}
	if a.MedianChange != nil && a.Dispersion != nil {
		add("Changes", "median %s, dispersion %s", change(*a.MedianChange).text, number(*a.Dispersion)+nbsp+"pp")
	}
	if x := a.Breadth.AboveSMA50; x != nil {
		add("Above average", "%s of symbols are above their average of 50 %ss", share100(*x), p.bar)
	}
	add("Records", "%s and %s within 52 weeks",
		plural(a.Breadth.NewHighs, "new high"), plural(a.Breadth.NewLows, "new low"))
	if x := a.Breadth.TRIN; x != nil {
		add("Volume", "%s in advancers, %s in decliners; TRIN %s",
			whole(a.Breadth.UpVolume), whole(a.Breadth.DownVolume), number(*x))
	}
	if c := a.Correlation; c != nil {
		text := fmt.Sprintf("%s on average over %s", plainSigned(c.Average), plural(c.Bars, p.bar))
		if c.Highest != nil && c.Lowest != nil && *c.Highest != *c.Lowest {
			text += fmt.Sprintf("; from %s (%s) to %s (%s)",
				plainSigned(c.Lowest.Correlation), pair(*c.Lowest), plainSigned(c.Highest.Correlation), pair(*c.Highest))
		}
		add("Correlation", "%s", text)
	}
	add("Anomalies", "in the last bar of %s (%s)", plural(a.SymbolsWithAnomalies, "symbol"), share100(a.AnomalyShare))
	for _, g := range a.Groups[:min(len(a.Groups), maxGroups)] {
		add("Apart", "%s as of %s: %s, %s; %s advanced, %s declined", cut(clean(g.Interval), maxSymbol),
			cut(clean(g.Session), maxDatetime), plural(g.Series, "symbol"), mood(g.Sentiment).text,
			count(g.Advancers), count(g.Decliners))
	}
	if more := len(a.Groups) - maxGroups + a.MoreGroups; len(a.Groups) > maxGroups && more > 0 {
		add("Apart", "%s more in the stored analysis", plural(more, "group"))
	}
	return facts
}

// maxTurned bounds the series that are told to have turned.
const maxTurned = 5

// since tells what the last report said, and whose trend has turned since.
func since(last *pipeline.LastReport, names pipeline.Names) []fact {
	if last == nil {
		return nil
	}
	text := fmt.Sprintf("As of %s: %s", cut(clean(last.AsOf), maxDatetime), mood(last.Sentiment).text)
	if last.AverageChange != nil {
		text += fmt.Sprintf(", %s on average", change(*last.AverageChange).text)
	}
	var turned []string
	for _, t := range last.Turned[:min(len(last.Turned), maxTurned)] {
		turned = append(turned, fmt.Sprintf("%s %s", name(names, t.Series()), cut(clean(string(t.To)), maxSymbol)))
	}
	if len(turned) > 0 {
		text += "; trend turned since: " + strings.Join(turned, ", ")
		if more := len(last.Turned) - len(turned) + last.MoreTurned; more > 0 {
			text += fmt.Sprintf(", and %s more", count(more))
		}
	}
	return []fact{{"Last report", text}}
}

func pair(p pipeline.Pair) string {
	return cut(clean(p.A), maxName) + " and " + cut(clean(p.B), maxName)
}

// share100 is a share in percent.
func share100(x float64) string { return number(x) + nbsp + "%" }

// plainSigned is a number with a minus where it is negative, and no plus.
func plainSigned(x float64) string {
	if x < 0 {
		return minus + number(-x)
	}
	return number(x)
}

// whole writes a large number without decimals.
func whole(x float64) string {
	if x < 1e15 {
		return count(int64(x))
	}
	return number(x)
}

// turbulence is how unusual the bar was, by whichever method was used.
func turbulence(t pipeline.Turbulence) figure {
	if t.Method == pipeline.ByDistance {
		return figure{text: number(t.Value) + "×"}
	}
	return figure{text: number(t.Value) + nbsp + "pp"}
}
