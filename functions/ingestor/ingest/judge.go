package ingest

import (
	"io"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/mejan/mejan/functions/pipeline"
)

// judge decides about rows, counts them and writes them out, in the order of the file.
type judge struct {
	run      Run
	zones    zones
	history  history
	valid    lines
	rejected lines
	// head begins each line about a row that was refused, found is room for what it says.
	head     []byte
	found    findings
	rows     pipeline.Rows
	symbols  map[string]struct{}
	interval string
	table    *table
	// reasons counts refused rows, and warned findings that refused nothing, by the check's place in the table.
	reasons, warned []int64
}

// location is where in the file a value stands.
type location struct {
	path *path
	// index is that of a row, -1 for what is none.
	index  int64
	offset int64
	// raw is the value as the file spells it, layout that of a row that is of it.
	raw    jsontext.Value
	layout *layout
	// quoted is the pointer of the path as it is written, without the closing quote, once it is needed.
	quoted []byte
}

// appendPointer appends the place as a JSON string.
func (l *location) appendPointer(line []byte) []byte {
	if l.quoted == nil {
		quoted := appendString(nil, l.path.here())
		l.quoted = quoted[:len(quoted)-1]
	}
	line = append(line, l.quoted...)
	if l.index >= 0 {
		line = strconv.AppendInt(append(line, '/'), l.index, 10)
	}
	return append(line, '"')
}

func newJudge(run Run, checks *table, valid, rejected io.Writer) *judge {
	return &judge{
		run: run, table: checks, head: rejectHead(run), symbols: make(map[string]struct{}),
		reasons: make([]int64, len(checks.checks)), warned: make([]int64, len(checks.checks)),
		valid: newLines(valid, "valid rows", checks), rejected: newLines(rejected, "refused rows", checks),
	}
}

// begin is told of a series before its rows.
func (j *judge) begin(s *series) {
	s.begin(j.run.Now, &j.zones)
	s.ordinary = s.flaws == nil && j.table.short
	j.history.reset()
	if j.interval == "" {
		j.interval = s.meta.Interval
	}
	if s.meta.Interval != j.interval {
		j.warn(MixedInterval)
	}
	if s.mismatched() {
		j.warn(SymbolMismatch)
	}
}

// end is told of a series after its rows.
func (j *judge) end(s *series) {
	if j.history.n == 0 {
		return
	}
	j.symbols[s.meta.Symbol] = struct{}{}
	if j.history.latest < s.stale {
		j.warn(StaleSeries)
	}
}

func (j *judge) warn(code string) { j.warned[checkOf(code)]++ }

// row judges one row, and reports whether it is valid.
func (j *judge) row(s *series, at *location, r *row) (bool, error) {
	if j.ordinary(s, r) {
		return true, j.take(s, r, 0)
	}
	odd := j.examine(s, r)
	if len(j.found.all) == 0 {
		return true, j.take(s, r, odd)
	}
	// That it was there is known all the same, so that nobody misses it.
	if r.looks.dated && j.history.beyond(r.when) && r.when <= s.future {
		j.history.last = r.when
	}
	return false, j.write(s, at, r)
}

// take writes out a valid row, and what was found odd about it.
func (j *judge) take(s *series, r *row, odd warnings) error {
	j.history.add(r)
	j.rows.Raw++
	j.rows.Valid++
	if j.valid.to == nil {
		return nil
	}
	if err := j.valid.bar(s, r); err != nil || odd == 0 {
		return err
	}
	j.valid.warn(odd)
	return nil
}

// ordinary reports whether a row has all [facts], so that no check can find anything. It is all that most of the rows
// are asked which [judge.stretch] leaves.
func (j *judge) ordinary(s *series, r *row) bool {
	open, high, low, last := &r.amounts[openPrice], &r.amounts[highPrice], &r.amounts[lowPrice], &r.amounts[closePrice]
	before := &j.history
	return s.ordinary &&
		r.exact && // plain
		!low.isZero() && // positive, as the others are above it
		open.atLeast(low) && last.atLeast(low) && high.atLeast(open) && high.atLeast(last) && // ordered
		(!r.has(volume) || !r.amounts[volume].isZero() && r.amounts[volume].isWhole()) && // traded
		before.beyond(r.when) && s.follows(r.when, before) && // follows
		before.exact && (last.alike(&before.close) || last.near(&before.close)) // near
}

// examine runs every check on a row. It finds the reasons to refuse it, or what is odd about it. Warnings are counted;
// one about a step between two bars belongs to the later of them, which may be the row before.
func (j *judge) examine(s *series, r *row) (odd warnings) {
	found := &j.found
	found.reset()
	r.looks = looks{}
	if r.kind != '{' {
		found.check = checkOf(FieldType)
		found.of("").add(kindName(r.kind)).add(", not an object")
		return 0
	}
	for _, flaw := range s.flaws {
		found.reason(flaw)
	}
	r.look(s.dated)
	for i := range j.table.checks {
		check := &j.table.checks[i]
		if check.row == nil {
			continue
		}
		found.check = i
		before := len(found.all)
		if check.row(s, r, found); len(found.all) > before && !j.table.refuses[i] {
			found.drop(before)
			odd |= 1 << i
		}
	}
	if len(found.all) > 0 {
		return 0
	}
	if !r.exact {
		r.measure()
	}
	oddBefore := warnings(0) // about the row before, which is the later one of the two
	step := j.step(s, r)
	for i := range j.table.checks {
		check := &j.table.checks[i]
		switch {
		case check.step == nil || !check.step(s, r, step):
		case j.table.refuses[i]:
			found.check = i
			before, after, _ := strings.Cut(check.detail, "%s")
			found.of(check.Field).add(before).bytes(r.text(datetime)).add(after)
		case check.later && step.backward:
			oddBefore |= 1 << i
		default:
			odd |= 1 << i
		}
	}
	if len(found.all) > 0 {
		return 0 // nothing warns of a row that is refused
	}
	for i := range j.table.checks {
		if (odd|oddBefore)&(1<<i) != 0 {
			j.warned[i]++
		}
	}
	if oddBefore != 0 && j.valid.to != nil {
		j.valid.warn(oddBefore)
	}
	return odd
}

// step is what a row is compared with.
func (j *judge) step(s *series, r *row) step {
	h := &j.history
	step := step{future: r.when > s.future}
	sum, known := h.find(r.when)
	step.known, step.same = known, known && sum == r.sum()
	if h.n == 0 || step.known {
		return step
	}
	step.turns = h.turns(r.when)
	step.backward = r.when < h.last
	step.earlier, step.later = min(r.when, h.last), max(r.when, h.last)
	step.adjacent = !step.turns
	step.from, step.to = j.history.close.scaled(), r.amounts[closePrice].scaled()
	if step.backward {
		step.from, step.to = step.to, step.from
	}
	step.comparable = step.adjacent && j.history.exact && r.exact && min(step.from, step.to) >= leastCompared &&
		step.later.seconds()-step.earlier.seconds() <= staleDays*secondsADay+2*s.period
	return step
}

// leastCompared is the least close, scaled, that is compared with another: less have too few digits.
const leastCompared = 1000

// refuse refuses what stands where a series, or its rows, should.
func (j *judge) refuse(s *series, at location, why pipeline.Reason) error {
	s.said = nil
	j.found.reset()
	j.found.reason(why)
	return j.write(s, &at, &row{})
}

// write counts what is refused for what was found, and writes its line.
func (j *judge) write(s *series, at *location, r *row) error {
	j.rows.Raw++
	j.rows.Invalid++
	for i, f := range j.found.all {
		if !j.found.has(i, f.check) {
			j.reasons[f.check]++
		}
	}
	if j.rejected.to == nil {
		return nil
	}
	line := append(append(j.rejected.buf, j.head...), `,"pointer":`...)
	line = append(at.appendPointer(line), `,"offset":`...)
	line = append(strconv.AppendInt(line, at.offset, 10), s.saying()...)
	if r.fields[datetime].kind == '"' {
		line = appendOptional(line, "datetime", show(r.text(datetime)))
	}
	switch {
	case len(at.raw) == 0:
	case at.layout != nil && at.layout.shows:
		line = at.layout.show(append(line, `,"raw":`...), r)
	default:
		line = appendRaw(append(line, `,"raw":`...), at.raw)
	}
	j.rejected.buf = appendFindings(line, j.table, &j.found)
	return j.rejected.spill()
}

// close writes out what is left.
func (j *judge) close() error {
	if err := j.valid.flush(); err != nil {
		return err
	}
	return j.rejected.flush()
}

func (j *judge) result() Result {
	count := func(all []int64) map[string]int64 {
		counts := make(map[string]int64)
		for i, n := range all {
			if n > 0 {
				counts[j.table.checks[i].Code] = n
			}
		}
		return counts
	}
	return Result{Rows: j.rows, Symbols: len(j.symbols), Reasons: count(j.reasons), Warnings: count(j.warned)}
}
