package analyze

import (
	"cmp"
	"errors"
	"math"
	"slices"
	"time"

	"github.com/mejan/mejan/functions/pipeline"
)

// Tape is every bar of a file, series by series, in 16 bytes each: a file of two million rows takes 32 MB. It is not
// changed once it has been read, and then safe for concurrent use.
type Tape struct {
	// Rows counts the rows it was read from.
	Rows     int64
	sessions []session
	index    map[string]uint32
	tracks   []*track
	slab     slab[packed]
}

// session is a datetime that bars of the file have. Each occurs once and is told by its number.
type session struct {
	text string
	day  int32 // since 1970-01-01
}

// track is the bars of one series in the order in which they were read.
type track struct {
	pipeline.Series
	// mic, market and kind are what the rows say besides: the market's code, its name, and the kind of instrument.
	mic, market, kind string

	blocks []*block
	n      int
	// runs say of what sessions and scale the bars are. next is the session of the next bar if it goes on with the last
	// run.
	runs  []run
	next  uint32
	scale int
	// wide holds bars that do not fit into a packed one, broken the codes of those whose change is an artefact.
	wide   []prices
	broken map[uint32]string
	// last is the close of the latest bar as the file spells it.
	last        []byte
	lastSession uint32
	lastDay     int32
	lastClose   float64

	// room is for what most series need, so that a track is one piece of memory.
	room struct {
		blocks [4]*block
		runs   [1]run
		last   [16]byte
	}
}

func newTrack(of pipeline.Series) *track {
	to := &track{Series: of, lastDay: math.MinInt32}
	to.blocks, to.runs, to.last = to.room.blocks[:0], to.room.runs[:0], to.room.last[:0]
	return to
}

// block is bars that are allocated together: little is lost on a short series, and nothing is ever moved.
type block [blockBars]packed

const blockBars = 64

// packed is a bar whose prices are whole multiples of 10^-scale. Most are not far above their low.
type packed struct {
	low, volume uint32
	// above is by how much open, high and close are above the low, 21 bits each.
	above uint64
}

const (
	aboveBits = 21
	aboveMask = 1<<aboveBits - 1
	// isWide stands in place of above; low is then the place among the wide bars.
	isWide = 1 << 63
	// noVolume stands for a volume that the bar has not.
	noVolume = math.MaxUint32
)

// run is bars that follow each other, from the one of that number on: of one scale, and of sessions whose numbers are
// equally far apart. Series of one file mostly have the same sessions in the same order, and then one run is all.
type run struct {
	from          int
	session, step uint32
	scale         int
}

// begin adds a run, unless the last one has a single bar yet, so that any step is right.
func (to *track) begin(session uint32, scale int) {
	if k := len(to.runs) - 1; k >= 0 && to.runs[k].from == to.n-1 && to.scale == scale {
		to.runs[k].step = session - to.runs[k].session
		to.next = session
		return
	}
	to.runs = append(to.runs, run{from: to.n, session: session, scale: scale})
	to.next, to.scale = session, scale
}

// run is the run of the i-th bar.
func (to *track) run(i int) *run {
	if len(to.runs) == 1 {
		return &to.runs[0]
	}
	k, _ := slices.BinarySearchFunc(to.runs, i+1, func(r run, i int) int { return cmp.Compare(r.from, i) })
	return &to.runs[k-1]
}

// of is the session of its i-th bar.
func (r *run) of(i int) uint32 { return r.session + r.step*uint32(i-r.from) }

// prices is a bar's numbers as floats; volume is negative where there is none.
type prices struct{ open, high, low, close, volume float64 }

// powers are exact as floats, so that a quotient of a whole number below 2^53 and one of them is the nearest float to
// the decimal: what strconv.ParseFloat gives. W. D. Clinger, "How to Read Floating Point Numbers Accurately", 1990.
var powers = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15}

// intern numbers a datetime. It fails for text that is none.
func (t *Tape) intern(text string) (uint32, error) {
	if id, known := t.index[text]; known {
		return id, nil
	}
	layout := time.DateOnly
	if len(text) > len(layout) {
		layout = time.DateTime
	}
	at, err := time.Parse(layout, text)
	switch {
	case err != nil, at.Format(layout) != text:
		return 0, errors.New("datetime is neither yyyy-mm-dd nor yyyy-mm-dd hh:mm:ss")
	case len(t.sessions) == math.MaxUint32:
		return 0, errors.New("too many datetimes")
	}
	id := uint32(len(t.sessions))
	t.sessions = append(t.sessions, session{text: text, day: int32(at.Unix() / (24 * 60 * 60))})
	t.index[text] = id
	return id, nil
}

// add appends a bar. amounts are open, high, low and close, all above zero; text is the close as it was spelled.
func (t *Tape) add(to *track, id uint32, amounts *[4]amount, volume amount, text []byte, code string) {
	scale := max(amounts[0].scale, amounts[1].scale, amounts[2].scale, amounts[3].scale)
	bar, ok := pack(max(scale, to.scale), amounts, volume) // the scale of the bar before saves a run
	if ok {
		scale = max(scale, to.scale)
	} else if bar, ok = pack(scale, amounts, volume); !ok {
		bar, scale = packed{low: uint32(len(to.wide)), above: isWide}, to.scale
		to.wide = append(to.wide, prices{
			amounts[0].float(), amounts[1].float(), amounts[2].float(), amounts[3].float(), volume.float(),
		})
	}
	t.push(to, id, scale, bar, code)
	if t.sessions[id].day >= to.lastDay {
		t.latest(to, id, amounts[3].float(), text)
	}
}

func (t *Tape) push(to *track, id uint32, scale int, bar packed, code string) {
	if to.n == 0 || id != to.next || scale != to.scale {
		to.begin(id, scale)
	}
	at := to.n % blockBars
	if at == 0 {
		to.blocks = append(to.blocks, (*block)(t.slab.take(blockBars)))
	}
	to.blocks[len(to.blocks)-1][at] = bar
	to.n++
	to.next += to.runs[len(to.runs)-1].step
	if code != "" {
		if to.broken == nil {
			to.broken = make(map[uint32]string)
		}
		if was := to.broken[id]; was == "" || code < was {
			to.broken[id] = code
		}
	}
}

// latest is told of a bar that was pushed, if its day is not before that of the latest one: mostly the newest comes
// first. Of several of one datetime it is the one that [order] puts first, and of its spellings the least.
func (t *Tape) latest(to *track, id uint32, closed float64, text []byte) {
	this := &t.sessions[id]
	if to.n > 1 {
		switch order := cmp.Compare(this.text, t.sessions[to.lastSession].text); {
		case order < 0:
			return
		case order == 0 && (closed > to.lastClose || (closed == to.lastClose && string(text) >= string(to.last))):
			return
		}
	}
	to.last, to.lastSession, to.lastDay, to.lastClose = append(to.last[:0], text...), id, this.day, closed
}

// pack reports false for a bar that needs more room.
func pack(scale int, amounts *[4]amount, volume amount) (packed, bool) {
	var whole [4]uint64
	for i, a := range amounts {
		for range scale - a.scale {
			if a.digits *= 10; a.digits > math.MaxUint32 {
				break
			}
		}
		if a.inexact || a.digits > math.MaxUint32 {
			return packed{}, false
		}
		whole[i] = a.digits
	}
	bar, ok := packPrices(&whole)
	if bar.volume = noVolume; !volume.missing {
		ok = ok && !volume.inexact && volume.scale == 0 && volume.digits < noVolume
		bar.volume = uint32(volume.digits)
	}
	return bar, ok
}

// packPrices packs open, high, low and close, none of which is more than 32 bits.
func packPrices(whole *[4]uint64) (packed, bool) {
	low := whole[2]
	open, high, closed := whole[0]-low, whole[1]-low, whole[3]-low // one below the low is far above it here
	return packed{low: uint32(low), above: open<<(2*aboveBits) | high<<aboveBits | closed}, open|high|closed <= aboveMask
}

// unpack sets bar to the i-th bar of a track, in the order in which they were read.
func (t *Tape) unpack(of *track, i int, bar *Bar) {
	p, run := &of.blocks[i/blockBars][i%blockBars], of.run(i)
	bar.id = run.of(i)
	bar.Session, bar.Day = t.sessions[bar.id].text, t.sessions[bar.id].day
	if p.above == isWide {
		w := &of.wide[p.low]
		bar.Open, bar.High, bar.Low, bar.Close, bar.Volume = w.open, w.high, w.low, w.close, w.volume
		return
	}
	by, low := powers[run.scale], uint64(p.low)
	bar.Open, bar.High = float64(low+p.above>>(2*aboveBits))/by, float64(low+p.above>>aboveBits&aboveMask)/by
	bar.Low, bar.Close = float64(low)/by, float64(low+p.above&aboveMask)/by
	if bar.Volume = float64(p.volume); p.volume == noVolume {
		bar.Volume = -1
	}
}

// series gives the bars of a track by time, and how many were left out because there is another of their datetime. It
// builds on buf, which must not be in use.
func (t *Tape) series(of *track, buf []Bar) (bars []Bar, repeated int) {
	bars = slices.Grow(buf[:0], of.n)[:of.n]
	first, step := 0, 1
	if of.n > 1 && t.at(of, 0) > t.at(of, 1) {
		first, step = of.n-1, -1 // as Twelve Data sends them
	}
	sorted := true
	for i := range bars {
		t.unpack(of, first+i*step, &bars[i])
		sorted = sorted && (i == 0 || bars[i-1].Day < bars[i].Day || bars[i-1].Session < bars[i].Session)
	}
	if sorted {
		return bars, 0
	}
	slices.SortFunc(bars, order)
	bars = slices.CompactFunc(bars, func(a, b Bar) bool { return a.Session == b.Session })
	return bars, of.n - len(bars)
}

// at is the datetime of the i-th bar of a track, in the order in which they were read.
func (t *Tape) at(of *track, i int) string { return t.sessions[of.run(i).of(i)].text }

// MaxDigits is how many digits DynamoDB keeps of a number.
const MaxDigits = 38

// fit shortens the fraction of a price that has more digits than the table can hold. No price has; a file may.
func fit(d pipeline.Decimal) pipeline.Decimal {
	if len(d) <= MaxDigits {
		return d
	}
	for i := range MaxDigits {
		if d[i] == '.' {
			return d[:max(i+2, MaxDigits)]
		}
	}
	return d
}
