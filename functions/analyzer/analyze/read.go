package analyze

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/mejan/mejan/functions/pipeline"
)

// ErrRow means that a row is not one that the ingestor may have written. Reading it again does not help.
var ErrRow = errors.New("not a valid row")

const (
	// MaxLine bounds a row, in bytes. A row of the ingestor has about 200.
	MaxLine = 64 << 10
	// readSize is how much is read at a time.
	readSize = 256 << 10
)

// Read reads rows of `processed/`, one JSON object a line, in any order. It returns the tape of them, or an error, with
// the number of the row; one that is not an [ErrRow] comes from r.
//
// Memory grows with the bars, not with the text.
func Read(r io.Reader) (*Tape, error) {
	rows := newReader()
	lines := bufio.NewReaderSize(r, readSize)
	for {
		text, _ := lines.Peek(lines.Buffered())
		from := 0
		for n := rows.formed(text); n > 0; n = rows.formed(text[from:]) {
			from += n
			rows.tape.Rows++
		}
		_, _ = lines.Discard(from)
		line, err := lines.ReadSlice('\n')
		switch {
		case errors.Is(err, bufio.ErrBufferFull), len(line) > MaxLine:
			return nil, fmt.Errorf("row %d: %w: longer than %d bytes", rows.tape.Rows+1, ErrRow, MaxLine)
		case err != nil && err != io.EOF: // itself: a connection that breaks may wrap io.EOF
			return nil, fmt.Errorf("read row %d: %w", rows.tape.Rows+1, err)
		case len(line) == 0:
			return rows.done(), nil
		case err == nil:
			line = line[:len(line)-1]
		}
		rows.tape.Rows++
		if rows.fast(line) {
			continue
		}
		if err := rows.strict(line); err != nil {
			return nil, fmt.Errorf("row %d: %w: %w", rows.tape.Rows, ErrRow, err)
		}
	}
}

// reader puts rows on a tape. Rows of one series differ in datetime and numbers only: what comes before them, the head,
// and what comes after them, the tail, is understood once and compared with from then on.
type reader struct {
	tape *Tape
	// strings holds one copy of what many rows say.
	strings map[string]string
	// tracks are those of the tape. heads and tails are those met so far, by their text: the track, and the code of a
	// data problem or "". head, track, tail and code are those of the row before, next the session that came after each
	// the last time.
	tracks map[pipeline.Series]*track
	heads  map[string]*track
	tails  map[string]string
	head   []byte
	track  *track
	tail   string
	code   string
	next   []uint32
	last   uint32
	form   form
}

func newReader() *reader {
	return &reader{
		tape: &Tape{index: make(map[string]uint32)}, strings: make(map[string]string),
		tracks: make(map[pipeline.Series]*track), heads: make(map[string]*track), tails: make(map[string]string),
	}
}

// find gives the track of the series that a row belongs to, and adds to it what the row says of the series.
func (r *reader) find(row pipeline.Bar) *track {
	series := row.Series()
	to, known := r.tracks[series]
	if !known {
		series.Exchange, series.Interval = r.intern(series.Exchange), r.intern(series.Interval)
		series.Currency = r.intern(series.Currency)
		to = newTrack(series)
		r.tracks[series] = to
		r.tape.tracks = append(r.tape.tracks, to)
	}
	to.mic, to.market = least(to.mic, r.intern(row.MICCode)), least(to.market, r.intern(row.Exchange))
	to.kind = least(to.kind, r.intern(row.Type))
	return to
}

// least is the lesser of two texts that say something, so that the order of rows does not matter.
func least(a, b string) string {
	if a == "" || b != "" && b < a {
		return b
	}
	return a
}

// expect remembers that this session came after the one before.
func (r *reader) expect(session uint32) {
	for len(r.next) < len(r.tape.sessions) {
		r.next = append(r.next, 0)
	}
	r.next[r.last], r.last = session, session
}

// done gives the tape, its series sorted.
func (r *reader) done() *Tape {
	r.tape.tracks = slices.DeleteFunc(r.tape.tracks, func(t *track) bool { return t.n == 0 }) // a head without a row
	slices.SortFunc(r.tape.tracks, func(a, b *track) int {
		return a.Compare(b.Series)
	})
	return r.tape
}
