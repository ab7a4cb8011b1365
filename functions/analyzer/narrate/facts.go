package narrate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mejan/mejan/functions/pipeline"
)

// MaxFactAnomalies bounds the anomalies that the model is told of. With at most ten movers the facts stay below 10
// KB.
const MaxFactAnomalies = 5

// book is what the model is told, and what its placeholders stand for.
type book struct {
	facts  pipeline.Facts
	byName map[string]pipeline.Figure // by placeholder without braces
	symbol map[string]bool
}

// newBook picks the facts of an analysis that prose may refer to: the market, the movers, the greatest anomalies.
//
// A symbol that several exchanges have is left out: in a sentence it would not say which.
//
// Names from the file are not trusted. A symbol that is not [safe] is left out: it could carry instructions. So is
// one with a digit (some exchanges number their listings): in a sentence it would look like a figure.
func newBook(item pipeline.Item) book {
	b := book{byName: make(map[string]pipeline.Figure), symbol: make(map[string]bool)}
	b.facts.Sentiment = item.Aggregates.Sentiment
	b.facts.Symbols = []string{}
	b.market(item)
	names := pipeline.NewNames(item.Insights)
	for _, mover := range slices.Concat(item.Aggregates.TopGainers, item.Aggregates.TopLosers) {
		if names.Unique(mover.Symbol) {
			b.mover(item.Insights, mover.Series(item.Aggregates.Interval))
		}
	}
	anomalies := slices.Concat(item.KeyAnomalies, item.EarlierAnomalies) // this bar is the news
	for _, a := range anomalies[:min(len(anomalies), MaxFactAnomalies)] {
		if names.Unique(a.Symbol) {
			b.anomaly(a)
		}
	}
	return b
}

func (b *book) market(item pipeline.Item) {
	market := item.Aggregates
	count := func(name, meaning string, n int) { b.add("market", name, meaning, thousands(int64(n)), "") }
	count("symbols", "number of symbols in the file", item.SymbolsAnalyzed)
	count("bars", "number of bars in the file", market.Bars)
	count("advancers", "number of symbols that rose over the last bar", market.Advancers)
	count("decliners", "number of symbols that fell over the last bar", market.Decliners)
	count("unchanged", "number of symbols that did not move over the last bar", market.Unchanged)
	count("unusual", "number of symbols whose last bar is an anomaly", market.SymbolsWithAnomalies)
	if safeTime(market.From) && safeTime(market.To) {
		b.add("market", "from", "time of the first bar", market.From, "")
		b.add("market", "to", "time of the last bar", market.To, "")
	}
	if x := market.AverageChange; x != nil {
		b.add("market", "average_change", "average change over the last bar", percent(*x), direction(*x))
	}
	if x := market.MedianChange; x != nil {
		b.add("market", "median_change", "median change over the last bar", percent(*x), direction(*x))
	}
	if x := market.Dispersion; x != nil {
		b.add("market", "dispersion", "dispersion of the changes between symbols", points(*x), "")
	}
	if x := market.Turbulence; x != nil && x.Method == pipeline.ByDistance {
		b.add("market", "turbulence", "how unusual the last bar was for the whole market, as a multiple of what is usual",
			multiple(x.Value), "")
	}
	if x := market.Breadth.AboveSMA50; x != nil {
		b.add("market", "above_average", "share of symbols above their average of fifty bars", unsigned(percent(*x)), "")
	}
	count("new_highs", "number of symbols at a record high of a year", market.Breadth.NewHighs)
	count("new_lows", "number of symbols at a record low of a year", market.Breadth.NewLows)
}

func (b *book) mover(insights []pipeline.Insight, mover pipeline.Series) {
	for _, in := range insights {
		if in.Series() != mover || in.Change1 == nil {
			continue
		}
		over := "change over the last bar"
		if word := period(in.Interval); word != "" {
			over = "change over the last " + word
		}
		b.add(in.Symbol, "change_1", over, percent(*in.Change1), direction(*in.Change1))
		if x := in.Change20; x != nil {
			b.add(in.Symbol, "change_20", "change over twenty bars", percent(*x), direction(*x))
		}
		b.add(in.Symbol, "close", "last close", price2(in.Close, in.Currency), "")
		return
	}
}

func (b *book) anomaly(a pipeline.Anomaly) {
	if !safeTime(a.Session) {
		return
	}
	name, meaning, way := string(a.Kind), "", direction(a.Value)
	measure := pipeline.CodeOf(name, pipeline.LevelAnomaly).Measure
	if measure == pipeline.MeasureMultiple {
		way = "" // above or below what is usual is no direction
	}
	switch a.Kind {
	case pipeline.LargeMove:
		meaning = "unusually large change of one bar"
	case pipeline.VolumeSpike:
		meaning = "unusually high volume of one bar, over its average"
	case pipeline.UnusualMove:
		meaning = "change of one bar, by how far it is from the usual ones"
	case pipeline.Gap:
		meaning = "gap from the close to the next open"
	case pipeline.RecordHigh, pipeline.RecordLow:
		meaning = "by how much a close went beyond the record of a year"
	case pipeline.VolatilityShift:
		meaning = "volatility of ten bars, over that of the bars before"
	default:
		return
	}
	if b.add(a.Symbol, name, meaning, measured(a.Value, measure), way) {
		b.add(a.Symbol, name+"_time", "time of that bar", a.Session, "")
	}
}

// add offers a figure unless its subject may not be named or the placeholder is taken: the first of a kind is the
// greatest.
func (b *book) add(subject, name, meaning, value string, way pipeline.Direction) bool {
	if subject != "market" {
		if !safe(subject) || !strings.ContainsAny(subject, letters) || strings.ContainsAny(subject, digits) {
			return false
		}
		meaning = subject + ": " + meaning
	}
	key := subject + "." + name
	if _, taken := b.byName[key]; taken {
		return false
	}
	figure := pipeline.Figure{Placeholder: "{" + key + "}", Meaning: meaning, Value: value, Direction: way}
	b.byName[key] = figure
	b.facts.Figures = append(b.facts.Figures, figure)
	if subject != "market" && !b.symbol[subject] {
		b.symbol[subject] = true
		b.facts.Symbols = append(b.facts.Symbols, subject)
	}
	return true
}

const (
	letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	digits  = "0123456789"
)

// safe reports whether a symbol may stand in a prompt or a sentence: 1 to 20 of A-Z, 0-9, `.`, `-` and `/`.
func safe(symbol string) bool {
	for i := range len(symbol) {
		switch c := symbol[i]; {
		case 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '.', c == '-', c == '/':
		default:
			return false
		}
	}
	return 0 < len(symbol) && len(symbol) <= 20
}

// safeTime reports whether a datetime may stand in a prompt or a sentence: `2006-01-02`, or with `15:04:05`.
func safeTime(session string) bool {
	const layout = "0000-00-00 00:00:00"
	if len(session) != len("0000-00-00") && len(session) != len(layout) {
		return false
	}
	for i := range len(session) {
		digit := '0' <= session[i] && session[i] <= '9'
		if digit != (layout[i] == '0') || (!digit && session[i] != layout[i]) {
			return false
		}
	}
	return true
}

// period names an interval in a sentence; empty where the name is not known.
func period(interval string) string {
	return map[string]string{
		"1min": "minute", "5min": "five minutes", "15min": "fifteen minutes", "30min": "half hour", "45min": "45 minutes",
		"1h": "hour", "2h": "two hours", "4h": "four hours", "1day": "day", "1week": "week", "1month": "month",
	}[interval]
}

// direction is where a percentage points as a reader sees it, with two decimals.
func direction(x float64) pipeline.Direction {
	switch text := fmt.Sprintf("%.2f", x); {
	case text == "0.00", text == "-0.00":
		return pipeline.Flat
	case x > 0:
		return pipeline.Up
	default:
		return pipeline.Down
	}
}
