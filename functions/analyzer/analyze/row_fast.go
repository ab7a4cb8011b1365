package analyze

import (
	"bytes"
	"math"
)

// fast takes a row that is spelled as the ingestor spells it and whose datetime and tail were seen before. It reports
// false, and adds no bar, for every other, which is then for [reader.strict]. What it takes, strict takes to the same
// effect; a fuzz test holds the two together.
//
// Marks are spelled out, because a comparison with a constant costs one instruction.
func (r *reader) fast(line []byte) bool {
	if (r.track == nil || !bytes.HasPrefix(line, r.head)) && !r.turn(line) {
		return false
	}
	session, line, ok := r.session(line[len(r.head):])
	if !ok || len(line) < 8 || string(line[:8]) != `,"open":` {
		return false
	}
	open, openScale, n := scan(line[8:])
	if line = line[8+n:]; open == 0 || len(line) < 8 || string(line[:8]) != `,"high":` {
		return false
	}
	high, highScale, n := scan(line[8:])
	if line = line[8+n:]; high == 0 || len(line) < 7 || string(line[:7]) != `,"low":` {
		return false
	}
	low, lowScale, n := scan(line[7:])
	if line = line[7+n:]; low == 0 || len(line) < 9 || string(line[:9]) != `,"close":` {
		return false
	}
	end, scale, n := scan(line[9:])
	text := line[9 : 9+n]
	if line = line[9+n:]; end == 0 {
		return false
	}
	volume := amount{missing: true}
	if len(line) >= 10 && string(line[:10]) == `,"volume":` {
		volume.missing = false
		if volume.digits, volume.scale, n = scan(line[10:]); n == 0 {
			return false
		}
		line = line[10+n:]
	}
	if string(line) != r.tail && !r.end(line) {
		return false
	}
	r.expect(session)
	to := r.track
	r.merge(to, r.rest)
	if open|high|low|end > math.MaxInt32 || volume.digits >= noVolume || volume.scale > 0 ||
		openScale != scale || highScale != scale || lowScale != scale {
		amounts := [4]amount{
			{digits: open, scale: openScale},
			{digits: high, scale: highScale},
			{digits: low, scale: lowScale},
			{digits: end, scale: scale},
		}
		r.tape.add(to, session, &amounts, volume, text, r.rest.code)
		return true
	}
	bar := packed{
		head: session<<scaleBits | uint32(scale),
		open: int32(open), high: int32(high), low: int32(low), close: int32(end), volume: noVolume,
	}
	if !volume.missing {
		bar.volume = uint32(volume.digits)
	}
	r.tape.push(to, &bar, float64(end)/powers[scale], text, r.rest.code)
	return true
}

// turn goes on to the series that a line belongs to, where its head is spelled as the ingestor spells it.
func (r *reader) turn(line []byte) bool {
	end := bytes.Index(line, datetimeMark)
	if end < 0 {
		return false
	}
	head := line[:end+len(datetimeMark)]
	to, known := r.heads[string(head)]
	if !known {
		symbol, rest, ok := bytes.Cut(bytes.TrimPrefix(head, symbolMark), intervalMark)
		interval := bytes.TrimSuffix(rest, datetimeMark)
		if !ok || !bytes.HasPrefix(head, symbolMark) || len(symbol) == 0 || len(interval) == 0 ||
			!plain(string(symbol)) || !plain(string(interval)) {
			return false
		}
		to = r.find(string(symbol), string(interval))
		r.heads[string(head)] = to
	}
	r.head, r.track = append(r.head[:0], head...), to
	return true
}

var (
	symbolMark   = []byte(`{"symbol":"`)
	intervalMark = []byte(`","interval":"`)
	datetimeMark = []byte(`","datetime":"`)
)

// end goes on to a tail that was seen before.
func (r *reader) end(tail []byte) bool {
	of, known := r.tails[string(tail)]
	if known {
		r.tail, r.rest = string(tail), of
	}
	return known
}

// session finds the known datetime that text begins with, and gives what follows its closing quote.
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
			return id, text[length+1:], true
		}
	}
	id, ok = r.tape.index[string(text[:length])]
	return id, text[length+1:], ok
}
