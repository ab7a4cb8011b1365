package analyze

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/mejan/mejan/functions/pipeline"
)

const (
	// MaxMovers is how many symbols the lists of gainers and losers hold.
	MaxMovers = 5
	// MaxGroups is how many further groups are told of.
	MaxGroups = 10
)

// aggregate computes the market: the largest group in full, the others in short, and what covers the whole file.
func aggregate(tape *Tape, results []result) pipeline.Aggregates {
	groups := grouped(results)
	var market pipeline.Aggregates
	if len(groups) > 0 {
		market = describe(groups[0])
		for _, g := range groups[1:min(len(groups), MaxGroups+1)] {
			market.Groups = append(market.Groups, g.short())
		}
		market.MoreGroups = max(0, len(groups)-1-MaxGroups)
	}
	market.Intervals = []string{}
	for i := range results {
		r := &results[i]
		if market.From == "" || r.first < market.From {
			market.From = r.first
		}
		market.To = max(market.To, r.insight.Session)
		market.Bars += r.insight.Bars
		market.Repeated += r.repeated
		if interval := tape.tracks[i].Interval; !slices.Contains(market.Intervals, interval) {
			market.Intervals = append(market.Intervals, interval)
		}
	}
	slices.Sort(market.Intervals)
	return market
}

// members are the series of one group, sorted by symbol. Changes of other lengths, or of another day, are not
// comparable with theirs.
type members []*result

// group names a group: the interval of its series and the session of their last bar.
type group struct{ interval, session string }

// current names the market's group, the first of those that grouped gives.
func (t *Tape) current() group {
	sizes := make(map[group]int)
	for _, of := range t.tracks {
		sizes[group{of.Interval, t.sessions[of.lastSession].text}]++
	}
	var first group
	for g, n := range sizes {
		order := cmp.Or(
			cmp.Compare(n, sizes[first]), cmp.Compare(g.session, first.session), cmp.Compare(first.interval, g.interval),
		)
		if order > 0 {
			first = g
		}
	}
	return first
}

// grouped sorts series into groups, the one with the most series first, then the later session, then by interval.
func grouped(results []result) []members {
	index := make(map[group]int)
	var groups []members
	for i := range results {
		r := &results[i]
		k := group{r.insight.Interval, r.insight.Session}
		at, known := index[k]
		if !known {
			at = len(groups)
			index[k] = at
			groups = append(groups, nil)
		}
		groups[at] = append(groups[at], r)
	}
	slices.SortFunc(groups, func(a, b members) int {
		x, y := a[0].insight, b[0].insight
		return cmp.Or(
			cmp.Compare(len(b), len(a)), cmp.Compare(y.Session, x.Session), cmp.Compare(x.Interval, y.Interval),
		)
	})
	return groups
}

// tally is what a group is counted by. Counts follow the rounded changes, so that what a reader sees as 0 counts as
// unchanged.
type tally struct {
	advancers, decliners, unchanged int
	movers                          []pipeline.Mover
	changes                         []float64
	up, down                        float64 // volume
}

func (g members) tally() tally {
	t := tally{movers: make([]pipeline.Mover, 0, len(g)), changes: make([]float64, 0, len(g))}
	for _, r := range g {
		if r.insight.Change1 == nil {
			continue
		}
		x := *r.insight.Change1
		t.movers = append(t.movers, mover(r.insight, x))
		t.changes = append(t.changes, x)
		switch volume := max(r.volume, 0); {
		case x > 0:
			t.advancers, t.up = t.advancers+1, t.up+volume
		case x < 0:
			t.decliners, t.down = t.decliners+1, t.down+volume
		default:
			t.unchanged++
		}
	}
	return t
}

// names tells the series of a group apart.
func (g members) names() pipeline.Names {
	insights := make([]pipeline.Insight, len(g))
	for i, r := range g {
		insights[i] = *r.insight
	}
	return pipeline.NewNames(insights)
}

func mover(in *pipeline.Insight, change float64) pipeline.Mover {
	s := in.Series()
	return pipeline.Mover{Symbol: s.Symbol, Exchange: s.Exchange, Currency: s.Currency, Change: change}
}

func (g members) short() pipeline.Group {
	t := g.tally()
	short := pipeline.Group{
		Interval: g[0].insight.Interval, Session: g[0].insight.Session, Series: len(g),
		Sentiment: sentiment(t.advancers, t.decliners),
		Advancers: t.advancers, Decliners: t.decliners, Unchanged: t.unchanged,
	}
	if mean, _ := spread(t.changes); len(t.changes) > 0 && finite(mean) {
		mean = round(mean)
		short.AverageChange = &mean
	}
	return short
}

// describe computes a group in full.
func describe(g members) pipeline.Aggregates {
	t := g.tally()
	var p page
	keep := func(name string, x float64, err error) *float64 {
		if p.miss(name, err) {
			return nil
		}
		x = round(x)
		return &x
	}
	market := pipeline.Aggregates{
		Interval: g[0].insight.Interval, Session: g[0].insight.Session, Series: len(g),
		Sentiment: sentiment(t.advancers, t.decliners),
		Advancers: t.advancers, Decliners: t.decliners, Unchanged: t.unchanged,
		TopGainers: top(t.movers, 1), TopLosers: top(t.movers, -1),
	}
	share, err := AdvancingShare(t.advancers, t.decliners)
	market.AdvancingShare = keep("advancing_share", share, err)
	mean, middle, dispersion := moments(t.changes)
	market.AverageChange = keep("average_change", mean.x, mean.err)
	market.MedianChange = keep("median_change", middle.x, middle.err)
	market.Dispersion = keep("dispersion", dispersion.x, dispersion.err)
	market.Breadth = g.breadth(t, keep)

	w := g.window()
	market.Turbulence = turbulence(w, market.Dispersion, len(t.changes))
	if market.Turbulence == nil {
		p.miss("turbulence", dispersion.err)
	}
	if correlation, err := w.correlation(); !p.miss("correlation", err) {
		market.Correlation = &correlation
	}
	for _, r := range g {
		if r.odd {
			market.SymbolsWithAnomalies++
		}
	}
	market.AnomalyShare = round(100 * float64(market.SymbolsWithAnomalies) / float64(len(g)))
	market.Absent = p.absent
	return market
}

func (g members) breadth(t tally, keep func(string, float64, error) *float64) pipeline.Breadth {
	b := pipeline.Breadth{}
	above, known := 0, 0
	for _, r := range g {
		if r.record > 0 {
			b.NewHighs++
		}
		if r.record < 0 {
			b.NewLows++
		}
		if sma := r.insight.SMA50; sma != nil {
			known++
			if r.close > *sma {
				above++
			}
		}
	}
	var err error
	if known == 0 {
		err = absence(fmt.Sprintf("no symbol has %d bars", LongSMA))
	}
	b.AboveSMA50 = keep("breadth.above_sma_50", 100*float64(above)/float64(known), err)
	if finite(t.up) && finite(t.down) {
		b.UpVolume, b.DownVolume = round(t.up), round(t.down)
	}
	trin, err := TRIN(t.advancers, t.decliners, t.up, t.down)
	b.TRIN = keep("breadth.trin", trin, err)
	return b
}

// top gives the first symbols that moved most, up for way 1 and down for -1. Movers are sorted by series, which breaks
// ties.
func top(movers []pipeline.Mover, way float64) []pipeline.Mover {
	list := []pipeline.Mover{}
	for _, m := range movers {
		if way*m.Change > 0 {
			list = append(list, m)
		}
	}
	slices.SortStableFunc(list, func(a, b pipeline.Mover) int { return cmp.Compare(way*b.Change, way*a.Change) })
	return list[:min(len(list), MaxMovers)]
}
