package report

import (
	"fmt"
	"math"
	"strings"

	"github.com/mejan/mejan/functions/pipeline"
)

// Bounds that keep a mail readable and below the size at which Gmail clips it, whatever the item holds. Lengths are in
// characters.
const (
	maxRows      = 25
	maxLevels    = 10
	maxAnomalies = 10
	maxMovers    = 5
	maxSymbol    = 16
	maxName      = 28
	maxPrice     = 32
	maxDatetime  = 32
	maxSummary   = 3000
	maxLine      = 240
)

// view is all that either part of the mail says, as strings in their final spelling.
type view struct {
	subject, preheader string
	// notice stands at the head of the mail, before all else; empty for most.
	notice          string
	title, subtitle string
	period          period
	sentiment       figure
	verdict         string
	summary         []string
	stats           []stat
	breadth         []share
	gainers, losers []mover
	currency        string
	mixed           bool
	rows            []row
	levels          []level
	moreLevels      string
	moreRows        string
	market          []fact
	// anomalies are those of this bar.
	anomalies, earlier anomalyList
	quality            []string
	notes              []string
	method             []string
	origin             []fact
}

// stat is one of the figures below the verdict.
type stat struct {
	label string
	value figure
}

// share is a piece of the bar that shows how many symbols went which way, in percent of its width.
type share struct {
	tone  tone
	width int
}

type mover struct {
	symbol string
	change figure
	// width of its bar, in percent of the longest.
	width int
}

type row struct {
	symbol, interval   string
	price, currency    string
	changes            [3]figure
	trend              figure
	volatility, volume figure
}

// level is a symbol's place in its range, its momentum and its risk.
type level struct {
	symbol, interval string
	figures          [6]figure
}

type anomaly struct {
	when, symbol, what string
	value              figure
}

// anomalyList is the anomalies of this bar, or earlier ones; more says how many are not shown.
type anomalyList struct {
	shown []anomaly
	more  string
}

type fact struct{ name, value string }

func newView(item pipeline.Item) view {
	a := item.Aggregates
	p := periodOf(a.Intervals)
	v := view{period: p, mixed: len(a.Intervals) > 1, sentiment: mood(a.Sentiment)}
	asOf := cut(clean(item.AsOf), maxDatetime)
	// Of the market's group: others of the file have another interval or another last session.
	advanced := fmt.Sprintf("%s of %s advanced", count(a.Advancers), plural(a.Series, "symbol"))
	v.subject = fmt.Sprintf("Market summary %s: %s, %s", asOf, v.sentiment.text, advanced)
	v.title = p.titleOf(item.AsOf)
	v.subtitle = fmt.Sprintf("Data as of %s%s · %s · %s",
		asOf, zone(item.AsOf), plural(item.SymbolsAnalyzed, "symbol"), span(p, a))
	v.verdict = fmt.Sprintf("%s since the previous %s, %s declined.", advanced, p.bar, count(a.Decliners))
	v.summary = paragraphs(item.ExecutiveSummary)

	names := pipeline.NewNames(item.Insights)
	var n notes
	v.stats = stats(a, &n)
	v.breadth = breadth(a)
	v.gainers, v.losers = movers(a, names)
	v.preheader = preheader(v)
	if item.Smoke {
		v.notice, v.subject = smokeNotice, smokePrefix+v.subject
		v.preheader = smokeNotice + " " + v.preheader
	}
	v.market = append(market(a, p), since(item.LastReport, names)...)
	v.rows, v.currency = rows(pipeline.MovedMost(item.Insights, maxRows), names, v.mixed, &n)
	v.levels = levels(pipeline.MovedMost(item.Insights, maxLevels), names, v.mixed, &n)
	if len(v.levels) < len(v.rows) {
		v.moreLevels = fmt.Sprintf("The %s that moved most.", count(len(v.levels)))
	}
	if more := max(item.SymbolsAnalyzed, len(item.Insights)) - len(v.rows); more > 0 {
		v.moreRows = fmt.Sprintf("The %s that moved most; %s more in the stored analysis.", count(len(v.rows)), count(more))
	}
	v.anomalies.shown = anomalies(item.KeyAnomalies, names, p, v.mixed)
	if more := max(a.Anomalies, len(item.KeyAnomalies)) - len(v.anomalies.shown); more > 0 {
		v.anomalies.more = fmt.Sprintf("%s more of this %s, all of them less surprising.", count(more), p.bar)
	}
	v.earlier.shown = anomalies(item.EarlierAnomalies, names, p, v.mixed)
	if more := len(item.EarlierAnomalies) - len(v.earlier.shown); more > 0 {
		v.earlier.more = fmt.Sprintf("%s more in the stored analysis, all of them less surprising.", count(more))
	}
	v.notes = n.lines()
	v.quality = quality(item)
	v.method = method(a.Turbulence, p)
	v.origin = origin(item)
	return v
}

func mood(s pipeline.Sentiment) figure {
	switch s {
	case pipeline.Bullish:
		return figure{tone: up, glyph: "▲", text: string(s)}
	case pipeline.Bearish:
		return figure{tone: down, glyph: "▼", text: string(s)}
	default:
		return figure{tone: flat, glyph: "=", text: cut(clean(string(s)), maxSymbol)}
	}
}

func span(p period, a pipeline.Aggregates) string {
	bars := plural(a.Bars, strings.TrimSpace(p.adjective+" bar"))
	return fmt.Sprintf("%s since %s", bars, cut(clean(a.From), maxDatetime))
}

func stats(a pipeline.Aggregates, n *notes) []stat {
	tally := func(total int, t tone, glyph string) figure {
		return figure{tone: t, glyph: glyph, text: count(total)}
	}
	average := orAbsent(n, a.AverageChange, "no symbol has two bars", change)
	unusual := orAbsent(n, a.Turbulence, "fewer than two symbols have two bars", turbulence)
	return []stat{
		{"Advancers", tally(a.Advancers, up, "▲")},
		{"Decliners", tally(a.Decliners, down, "▼")},
		{"Unchanged", tally(a.Unchanged, flat, "=")},
		{"Average change", average},
		{"Turbulence", unusual},
	}
}

// breadth divides the bar's width among those that advanced, stayed and declined. The last piece takes what rounding
// left.
func breadth(a pipeline.Aggregates) []share {
	total := a.Advancers + a.Unchanged + a.Decliners
	if total <= 0 {
		return nil
	}
	var shares []share
	left := 100
	for _, part := range []struct {
		tone tone
		n    int
	}{{up, a.Advancers}, {flat, a.Unchanged}, {down, a.Decliners}} {
		width := min(left, int(math.Round(100*float64(part.n)/float64(total))))
		if width > 0 {
			shares = append(shares, share{part.tone, width})
			left -= width
		}
	}
	if len(shares) > 0 {
		shares[len(shares)-1].width += left
	}
	return shares
}

// preheader is what a mailbox shows beside the subject.
func preheader(v view) string {
	words := fmt.Sprintf("Average change %s.", v.stats[3].value.text)
	var extremes []string
	for _, list := range [][]mover{v.gainers, v.losers} {
		if len(list) > 0 {
			extremes = append(extremes, list[0].symbol+" "+list[0].change.text)
		}
	}
	if extremes != nil {
		words += " Furthest: " + strings.Join(extremes, ", ") + "."
	}
	return words
}
