package model

import (
	"fmt"
	"strings"

	"github.com/mejan/mejan/functions/pipeline"
)

// compose writes paragraphs from facts: the market, those that rose and fell, what was unusual. Figures appear only
// as the placeholders that the facts offer.
func compose(facts pipeline.Facts) []string {
	figures := make(map[string]pipeline.Figure)
	for _, figure := range facts.Figures {
		figures[strings.Trim(figure.Placeholder, "{}")] = figure
	}
	var paragraphs []string
	for _, sentences := range [][]string{market(facts, figures), movers(facts, figures), unusual(facts, figures)} {
		if len(sentences) > 0 {
			paragraphs = append(paragraphs, strings.Join(sentences, " "))
		}
	}
	return paragraphs
}

// sentence fills a text's %s with placeholders, and is empty where a figure for one of them is missing.
func sentence(figures map[string]pipeline.Figure, text string, names ...string) []string {
	var placeholders []any
	for _, name := range names {
		figure, ok := figures[name]
		if !ok {
			return nil
		}
		placeholders = append(placeholders, figure.Placeholder)
	}
	return []string{fmt.Sprintf(text, placeholders...)}
}

func market(facts pipeline.Facts, figures map[string]pipeline.Figure) []string {
	sentences := sentence(figures, "The file covers %s symbols from %s to %s.",
		"market.symbols", "market.from", "market.to")
	sentences = append(sentences, fmt.Sprintf("Breadth was %s.", facts.Sentiment))
	sentences = append(sentences, sentence(figures,
		"Advancing symbols numbered %s, declining ones %s.", "market.advancers", "market.decliners")...)
	sentences = append(sentences, sentence(figures, "The average change was %s.", "market.average_change")...)
	return append(sentences, sentence(figures,
		"Changes were spread by %s around their average.", "market.dispersion")...)
}

func movers(facts pipeline.Facts, figures map[string]pipeline.Figure) []string {
	var sentences []string
	for _, symbol := range facts.Symbols {
		change, ok := figures[symbol+".change_1"]
		if !ok {
			continue
		}
		text := fmt.Sprintf("%s %s %s", symbol, verb(change.Direction), change.Placeholder)
		if change.Direction == pipeline.Flat {
			text = symbol + " was unchanged"
		}
		if last, ok := figures[symbol+".close"]; ok {
			text += " and closed at " + last.Placeholder
		}
		sentences = append(sentences, text+".")
	}
	return sentences
}

func unusual(facts pipeline.Facts, figures map[string]pipeline.Figure) []string {
	var sentences []string
	for _, symbol := range facts.Symbols {
		if move, ok := figures[symbol+".large_move"]; ok {
			sentences = append(sentences, sentence(figures, symbol+" "+verb(move.Direction)+" %s in the bar of %s.",
				symbol+".large_move", symbol+".large_move_time")...)
		}
		for _, kind := range []struct{ name, text string }{
			{"volume_spike", " traded %s its usual volume in the bar of %s."},
			{"record_high", " closed at a record high, %s beyond the old one, in the bar of %s."},
			{"record_low", " closed at a record low, %s beyond the old one, in the bar of %s."},
			{"gap", " opened with a gap of %s in the bar of %s."},
			{"unusual_move", " moved by %s from its usual change in the bar of %s."},
			{"volatility_shift", " had become %s as volatile as before in the bar of %s."},
		} {
			name := symbol + "." + kind.name
			sentences = append(sentences, sentence(figures, symbol+kind.text, name, name+"_time")...)
		}
	}
	return sentences
}

func verb(way pipeline.Direction) string {
	switch way {
	case pipeline.Up:
		return "rose"
	case pipeline.Down:
		return "fell"
	default:
		return "changed by"
	}
}

// maxLies bounds a lie to the length of an honest paragraph, so that nothing but the lie is wrong with it.
const maxLies = 10

// lie writes what no reader must ever see: every direction wrong, figures of its own, a symbol that is not in the
// facts.
func lie(facts pipeline.Facts) []string {
	var sentences []string
	for _, figure := range facts.Figures {
		name := strings.Trim(figure.Placeholder, "{}")
		symbol := name[:max(strings.LastIndexByte(name, '.'), 0)]
		if opposite, ok := map[pipeline.Direction]string{
			pipeline.Up: " fell ", pipeline.Down: " rose ",
		}[figure.Direction]; ok && symbol != "market" && len(sentences) < maxLies {
			sentences = append(sentences, symbol+opposite+figure.Placeholder+".")
		}
	}
	sentences = append(sentences, "ZZZZ soared 42.00% and closed at 1,234.56 USD.")
	return []string{strings.Join(sentences, " ")}
}
