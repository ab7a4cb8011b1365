package analyze

import (
	"cmp"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/mejan/mejan/functions/pipeline"
)

// Analysis is what was computed of one file.
type Analysis struct {
	// Symbols counts the symbols, each once for each exchange; one that occurs at two intervals counts once.
	Symbols    int
	Insights   []pipeline.Insight
	Aggregates pipeline.Aggregates
	// Anomalies are the most surprising ones on the last bar of the market's group, Earlier those on any other bar; of
	// each at most [MaxAnomalies].
	Anomalies, Earlier []pipeline.Anomaly
	// Problems are the latest data problems, at most [MaxProblems].
	Problems []pipeline.DataProblem
	Drawing  *pipeline.Drawing
}

// MaxProblems is how many data problems an item lists.
const MaxProblems = 20

// Analyze computes everything. Series are computed in parallel; the result is the same for any number of processors.
func Analyze(tape *Tape) Analysis {
	n := len(tape.tracks)
	all := Analysis{Insights: large[pipeline.Insight](n), Anomalies: []pipeline.Anomaly{}}
	results, numbers := large[result](n), large[[perSeries]float64](n)
	desks := make([]desk, runtime.GOMAXPROCS(0))
	current := tape.current()
	var next atomic.Int64
	var work sync.WaitGroup
	for d := range desks {
		work.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(results); i = int(next.Add(1)) - 1 {
				results[i].insight = &all.Insights[i]
				desks[d].compute(tape, tape.tracks[i], current, &results[i], numbers[i][:0])
			}
		})
	}
	work.Wait()

	for i := range results {
		if i == 0 || !sameSymbol(tape.tracks[i-1].Series, tape.tracks[i].Series) {
			all.Symbols++
		}
		all.Problems = append(all.Problems, results[i].problems...)
	}
	for d := range desks {
		all.Anomalies = append(all.Anomalies, desks[d].now.found...)
		all.Earlier = append(all.Earlier, desks[d].earlier.found...)
	}
	all.Anomalies, all.Earlier = rank(all.Anomalies), rank(all.Earlier)
	all.Aggregates = aggregate(tape, results)
	for d := range desks {
		all.Aggregates.Anomalies += desks[d].now.count
	}
	all.Aggregates.DataProblems = len(all.Problems)
	slices.SortStableFunc(all.Problems, func(a, b pipeline.DataProblem) int { return cmp.Compare(b.Session, a.Session) })
	all.Problems = all.Problems[:min(len(all.Problems), MaxProblems)]
	all.Drawing = all.draw(tape)
	return all
}

// sameSymbol reports whether two series are of one symbol on one exchange.
func sameSymbol(a, b pipeline.Series) bool { return a.Symbol == b.Symbol && a.Exchange == b.Exchange }

// result is what one series comes to.
type result struct {
	insight  *pipeline.Insight
	problems []pipeline.DataProblem
	repeated int
	// close and volume are the last ones, first the session of the first bar. record is 1 for a close at a record high,
	// -1 at a record low. odd means that the last bar is an anomaly.
	close, volume float64
	first         string
	record        int
	odd           bool
	// changes are the last ones, in percent, and calendar the sessions that they lie between, one more.
	changes  []float64
	calendar []uint32
	parts    parts
}

// perSeries is how many numbers are kept of a series: its figures of one number and its last changes.
const perSeries = len(figures) + WindowChanges + 1

// desk is where one worker computes one series after the other. It keeps what is used again, and the most surprising
// anomalies.
type desk struct {
	bars         []Bar
	judge        judge
	now, earlier ranking
	calendar     []uint32
}

// compute fills in the result of one track. numbers has room for [perSeries].
func (d *desk) compute(tape *Tape, of *track, current group, r *result, numbers []float64) {
	bars, repeated := tape.series(of, d.bars)
	d.bars = bars
	r.repeated, r.first = repeated, bars[0].Session
	s := Series{
		Series: of.Series, MIC: of.mic, Market: of.market, Kind: of.kind, Close: fit(pipeline.Decimal(of.last)),
		Total: len(bars), PeriodsPerYear: PeriodsPerYear(of.Symbol, of.Interval, bars),
	}
	s.Bars, s.Cut, r.problems = of.comparable(bars)
	numbers = insight(s, r.insight, &r.parts, numbers)
	end := s.Bars[len(s.Bars)-1]
	r.close, r.volume = end.Close, end.Volume
	r.record, _ = Record(s.Bars)
	r.changes, r.calendar = d.common(s.Bars, numbers[len(numbers):])

	isCurrent := of.Interval == current.interval && end.Session == current.session
	for _, a := range d.judge.anomalies(s, d.earlier.least) {
		isLast := a.Session == end.Session
		r.odd = r.odd || isLast
		if isCurrent && isLast {
			d.now.add(a)
		} else {
			d.earlier.add(a)
		}
	}
}
