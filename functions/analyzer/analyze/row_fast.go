package analyze

import (
	"bytes"
	"encoding/json"
	"slices"
	"time"

	"github.com/mejan/mejan/functions/pipeline"
	"github.com/mejan/mejan/functions/pipeline/digits"
)

// formed takes a row that is like the one before it but for its numbers, of the session that came next the last time,
// and says how long it is, with its line break. It gives 0, and adds no bar, for every other, which is then for
// [reader.fast], and where text may end within it. What it takes, fast takes to the same effect.
func (r *reader) formed(text []byte) int {
	const after = len(time.DateTime) + formText
	f, at := &r.form, len(r.head)
	if f.length == 0 || len(text) < at+after+len(r.tail) || !bytes.HasPrefix(text, r.head) {
		return 0
	}
	id := r.next[r.last]
	this := &r.tape.sessions[id]
	prices := at + len(this.text)
	if string(text[at:prices]) != this.text {
		return 0
	}
	numbers, ok := f.read((*[formText]byte)(text[prices:]))
	if !ok {
		return 0
	}
	bar, ok := packPrices(&numbers)
	if !ok {
		return 0
	}
	at = prices + f.length
	bar.volume = noVolume
	if f.volume {
		word := digits.Load(text[at:])
		n := word.Count()
		if n == 0 || n > 1 && text[at] == '0' {
			return 0
		}
		bar.volume = uint32(word.Number(n))
		at += n
	}
	end := at + len(r.tail)
	if end >= MaxLine || text[end] != '\n' || string(text[at:end]) != r.tail {
		return 0
	}
	r.last = id
	to := r.track
	r.tape.push(to, id, f.scale, bar, r.code)
	if this.day >= to.lastDay {
		closed := &f.spelled[3]
		r.tape.latest(to, id, float64(numbers[3])/powers[f.scale], text[prices+closed.at:][:closed.length()])
	}
	return end + 1
}

// fast takes a row that is spelled as the ingestor spells it and whose datetime and tail were seen before. It reports
// false, and adds no bar, for every other, which is then for [reader.strict]. What it takes, strict takes to the same
// effect; a fuzz test holds the three together.
func (r *reader) fast(line []byte) bool {
	if (r.track == nil || !bytes.HasPrefix(line, r.head)) && !r.turn(line) {
		return false
	}
	session, text, ok := r.session(line[len(r.head):])
	if !ok {
		return false
	}
	var amounts [4]amount
	var spelled [4]spelling
	at := 0
	for i, mark := range marks {
		if !bytes.HasPrefix(text[at:], mark) {
			return false
		}
		at += len(mark)
		number, scale, n := scan(text[at:])
		if number == 0 {
			return false
		}
		amounts[i] = amount{digits: number, scale: scale}
		spelled[i] = spelling{at: at, whole: n - scale - min(scale, 1), scale: scale}
		at += n
	}
	closed := text[spelled[3].at:at]
	volume, prices := amount{missing: true}, at
	if bytes.HasPrefix(text[at:], volumeMark) {
		prices = at + len(volumeMark)
		number, scale, n := scan(text[prices:])
		if n == 0 {
			return false
		}
		volume = amount{digits: number, scale: scale}
		at = prices + n
	}
	if at == len(text) || (string(text[at:]) != r.tail && !r.end(text[at:])) {
		return false
	}
	r.expect(session)
	r.tape.add(r.track, session, &amounts, volume, closed, r.code)
	r.form.learn(text[:prices], &spelled, !volume.missing)
	return true
}

// What stands before each price, and before the volume.
var (
	marks      = [4][]byte{[]byte(`","open":`), []byte(`,"high":`), []byte(`,"low":`), []byte(`,"close":`)}
	volumeMark = []byte(`,"volume":`)
)

// turn goes on to the series that a line belongs to, where its head is spelled as this version of the ingestor spells
// it. Rows of the version before say what series they are of in their tail, too.
func (r *reader) turn(line []byte) bool {
	end := bytes.Index(line, []byte(datetimeMark))
	if end < 0 {
		return false
	}
	head := line[:end+len(datetimeMark)]
	to, known := r.heads[string(head)]
	if !known {
		var row pipeline.Bar
		if err := json.Unmarshal(append(slices.Clone(head), `"}`...), &row); err != nil || row.Schema != pipeline.Schema ||
			row.Symbol == "" || row.Interval == "" || row.Timezone != "" || row.Warnings != nil || hasNumbers(row) {
			return false
		}
		to = r.find(row)
		r.heads[string(head)] = to
	}
	r.head, r.track = append(r.head[:0], head...), to
	return true
}

// hasNumbers reports whether a row says a price or a volume.
func hasNumbers(row pipeline.Bar) bool {
	return row.Open != "" || row.High != "" || row.Low != "" || row.Close != "" || row.Volume != ""
}

// datetimeMark is what stands between the names of a row and its datetime.
const datetimeMark = `,"datetime":"`

// end goes on to a tail that was seen before.
func (r *reader) end(tail []byte) bool {
	code, known := r.tails[string(tail)]
	if known {
		r.tail, r.code = string(tail), code
	}
	return known
}

// session finds the known datetime that text begins with, and gives what follows, from its closing quote on.
func (r *reader) session(text []byte) (id uint32, after []byte, ok bool) {
	const day, moment = len("2006-01-02"), len("2006-01-02 15:04:05")
	length := day
	if len(text) <= day {
		return 0, nil, false
	}
	if text[day] != '"' {
		if length = moment; len(text) <= moment || text[moment] != '"' {
			return 0, nil, false
		}
	}
	// Series of one file mostly have the same sessions in the same order.
	if len(r.next) > 0 {
		if id = r.next[r.last]; r.tape.sessions[id].text == string(text[:length]) {
			return id, text[length:], true
		}
	}
	id, ok = r.tape.index[string(text[:length])]
	return id, text[length:], ok
}
