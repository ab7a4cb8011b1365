package narrate

import (
	"fmt"
	"strings"

	"github.com/mejan/mejan/functions/pipeline"
)

// maxNamed is how many movers, and how many anomalies, a generated sentence names.
const maxNamed = 3

// Plain generates the prose without a model: market, movers, anomalies, quality of the data, each a paragraph.
// Symbols that are not [safe] are not named.
func Plain(item pipeline.Item) string {
	paragraphs := []string{marketLine(item)}
	names := pipeline.NewNames(item.Insights)
	for _, text := range []string{movers(item.Aggregates, names), notable(item), quality(item)} {
		if text != "" {
			paragraphs = append(paragraphs, text)
		}
	}
	return strings.Join(paragraphs, "\n\n")
}

func marketLine(item pipeline.Item) string {
	market := item.Aggregates
	var b strings.Builder
	fmt.Fprintf(&b, "The file covers %s with %s", counted(int64(item.SymbolsAnalyzed), "symbol", "symbols"),
		counted(int64(market.Bars), "bar", "bars"))
	if safeTime(market.From) && safeTime(market.To) {
		if market.From == market.To {
			fmt.Fprintf(&b, " of %s", market.To)
		} else {
			fmt.Fprintf(&b, " from %s to %s", market.From, market.To)
		}
	}
	b.WriteString(".")
	if market.AverageChange == nil {
		b.WriteString(" No symbol has enough bars for a change.")
		return b.String()
	}
	over := "bar"
	if len(market.Intervals) == 1 {
		if word := period(market.Intervals[0]); word != "" {
			over = word
		}
	}
	fmt.Fprintf(&b, " Over the last %s the average change was %s and breadth was %s,",
		over, percent(*market.AverageChange), market.Sentiment)
	fmt.Fprintf(&b, " with %s advancing, %s declining and %s unchanged.",
		thousands(int64(market.Advancers)), thousands(int64(market.Decliners)), thousands(int64(market.Unchanged)))
	if market.Dispersion != nil {
		fmt.Fprintf(&b, " Changes were spread by %s around their average.", points(*market.Dispersion))
	}
	if x := market.Turbulence; x != nil && x.Method == pipeline.ByDistance {
		fmt.Fprintf(&b, " As a whole the market's move was %s as unusual as the average one.", multiple(x.Value))
	}
	return b.String()
}

func movers(market pipeline.Aggregates, names pipeline.Names) string {
	var sentences []string
	if up := named(market.TopGainers, names); len(up) > 0 {
		sentences = append(sentences, fmt.Sprintf("The strongest: %s.", list(up)))
	}
	if down := named(market.TopLosers, names); len(down) > 0 {
		sentences = append(sentences, fmt.Sprintf("The weakest: %s.", list(down)))
	}
	return strings.Join(sentences, " ")
}

func named(movers []pipeline.Mover, known pipeline.Names) []string {
	var names []string
	for _, m := range movers {
		if safe(m.Symbol) && len(names) < maxNamed {
			names = append(names, fmt.Sprintf("%s (%s)", known.Of(m.Series("")), percent(m.Change)))
		}
	}
	return names
}

func notable(item pipeline.Item) string {
	known := pipeline.NewNames(item.Insights)
	said := func(anomalies []pipeline.Anomaly) (names []string) {
		for _, a := range anomalies {
			if !safe(a.Symbol) || !safeTime(a.Session) || len(names) == maxNamed {
				continue
			}
			if what := describe(a); what != "" {
				names = append(names, fmt.Sprintf("%s %s in the bar of %s", known.Of(a.Series()), what, a.Session))
			}
		}
		return names
	}
	now, earlier := said(item.KeyAnomalies), said(item.EarlierAnomalies)
	if len(now) == 0 && len(earlier) == 0 {
		return "No recent bar stands out by its move or its volume."
	}
	text := "The last bar is unremarkable."
	if n := item.Aggregates.SymbolsWithAnomalies; n > 0 {
		text = "The last bar is unusual for " + counted(int64(n), "symbol", "symbols") + "."
		if len(now) > 0 {
			text += " What stands out: " + list(now) + "."
		}
	}
	if len(earlier) > 0 {
		text += " What stood out before: " + list(earlier) + "."
	}
	return text
}

// describe says in a statement what an anomaly is, in the contract's words. It is empty for a kind that another version
// wrote: its code would be no sentence.
func describe(a pipeline.Anomaly) string {
	code := pipeline.CodeOf(string(a.Kind), pipeline.LevelAnomaly)
	return strings.ReplaceAll(code.Statement, "{value}", measured(a.Value, code.Measure))
}

func quality(item pipeline.Item) string {
	rows := item.RowCounts
	text := fmt.Sprintf("Every row of the file, %s in all, passed the checks.", thousands(rows.Raw))
	if rows.Rejected > 0 {
		text = fmt.Sprintf("Of %s of the file, %s passed the checks and %s rejected.", counted(rows.Raw, "row", "rows"),
			thousands(rows.Processed), counted(rows.Rejected, "was", "were"))
	}
	if n := item.Aggregates.DataProblems; n > 0 {
		text += fmt.Sprintf(" In %s the price jumped as after a split or a change of scale; that is kept out of the figures.",
			counted(int64(n), "bar", "bars"))
	}
	return text
}
