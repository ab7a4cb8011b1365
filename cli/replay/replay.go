package replay

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/mejan/mejan/functions/ingestor/ingest"
	"github.com/mejan/mejan/functions/pipeline"
)

// Result is what became of the lines. Read = Rows + the sum of Skipped, and Rows = Passed + Still.
type Result struct {
	// Read counts the lines, Rows those that were tried again.
	Read, Rows int64
	// Passed counts rows that today's rules take, Still those that they refuse.
	Passed, Still int64
	// Reasons counts the latter by code; a row counts once for each code.
	Reasons map[string]int64
	// Skipped counts the lines that cannot be tried, by why.
	Skipped map[Skip]int64
	// RunID, Source and Smoke are those of the first line.
	RunID  string
	Source pipeline.Source
	Smoke  bool
}

// errChanged means that the second reading was of something else than the first.
var errChanged = errors.New("the lines changed while they were read")

// Rebuild reads the lines of `rejects/` that open gives, tries each row again by the rules of [ingest.Split] with bars
// after now in the future, and writes a batch of those that pass, in their order, spelled as they were. Nothing is
// written where none passes.
//
// The lines are read twice, so that no row is held: between the two, a row that is refused still costs some two bytes.
// What is written is a pure function of the lines, the rules and, for bars of the future, now.
func Rebuild(open func() (io.ReadCloser, error), now time.Time, to io.Writer) (Result, error) {
	r, err := open()
	if err != nil {
		return Result{}, err
	}
	trial := trial{lines: newLines(r), result: Result{Skipped: make(map[Skip]int64)}}
	refused, err := trial.run(now)
	if err := errors.Join(err, r.Close()); err != nil || trial.result.Passed == 0 {
		return trial.result, err
	}
	if r, err = open(); err != nil {
		return Result{}, err
	}
	taken, err := take(newLines(r), refused, to)
	if err == nil && taken != trial.result.Passed {
		err = errChanged
	}
	return trial.result, errors.Join(err, r.Close())
}

// trial reads as the batch of all rows that can be tried.
type trial struct {
	lines  *lines
	batch  batch
	unread []byte
	over   bool
	result Result
}

// run has the rules look at every row, and returns which of them they refuse.
func (t *trial) run(now time.Time) (*refusals, error) {
	refused := &refusals{}
	found, err := ingest.Split(t, ingest.Run{Now: now}, nil, refused)
	var broken *ingest.FileError
	switch {
	case errors.As(err, &broken) && t.over && t.result.Rows == 0:
		return refused, nil // a batch of nothing
	case err != nil:
		return nil, fmt.Errorf("try the rows again: %w", err)
	case found.Rows.Raw != t.result.Rows:
		return nil, fmt.Errorf("try the rows again: %d of %d were seen", found.Rows.Raw, t.result.Rows)
	}
	t.result.Passed, t.result.Still, t.result.Reasons = found.Rows.Valid, found.Rows.Invalid, found.Reasons
	return refused, nil
}

func (t *trial) Read(p []byte) (int, error) {
	for len(t.unread) == 0 {
		if t.over {
			return 0, io.EOF
		}
		if err := t.next(); err != nil {
			return 0, err
		}
	}
	n := copy(p, t.unread)
	t.unread = t.unread[n:]
	return n, nil
}

// next takes one line.
func (t *trial) next() error {
	line, skip, err := t.lines.next()
	if errors.Is(err, io.EOF) {
		t.over = true
		if t.result.Rows > 0 {
			t.unread = t.batch.end()
		}
		return nil
	}
	if err != nil {
		return err
	}
	if t.result.Read++; t.result.Read == 1 {
		t.result.RunID, t.result.Source, t.result.Smoke = line.RunID, line.Source, line.Smoke
	}
	if skip != "" {
		t.result.Skipped[skip]++
		return nil
	}
	t.result.Rows++
	t.unread, err = t.batch.row(*line.Series, line.Raw)
	return err
}

// take writes the batch of the rows that were not refused, and counts them.
func take(l *lines, refused *refusals, to io.Writer) (int64, error) {
	var all, taken batch // all is what was tried, and tells where in it a row stood
	for {
		line, skip, err := l.next()
		switch {
		case errors.Is(err, io.EOF):
			if _, err := to.Write(taken.end()); err != nil {
				return 0, fmt.Errorf("write batch: %w", err)
			}
			return taken.rows, nil
		case err != nil:
			return 0, err
		case skip != "":
			continue
		}
		if _, err := all.row(*line.Series, line.Raw); err != nil {
			return 0, err
		}
		if refused.has(all.size - int64(len(line.Raw))) {
			continue
		}
		text, err := taken.row(*line.Series, line.Raw)
		if err != nil {
			return 0, err
		}
		if _, err := to.Write(text); err != nil {
			return 0, fmt.Errorf("write batch: %w", err)
		}
	}
}

// refusals are the offsets of refused rows, each as its distance from the one before.
type refusals struct {
	distances []byte
	last      int64
	// next is the first that has not been asked for, 0 before the first question.
	next int64
	// begun is a line that has not been ended.
	begun []byte
}

// Write takes lines of refused rows, as [ingest.Split] writes them.
func (r *refusals) Write(p []byte) (int, error) {
	r.begun = append(r.begun, p...)
	whole := bytes.LastIndexByte(r.begun, '\n') + 1
	for line := range bytes.Lines(r.begun[:whole]) {
		var at struct {
			Offset int64 `json:"offset"`
		}
		if err := json.Unmarshal(line, &at); err != nil {
			return 0, fmt.Errorf("read what was refused: %w", err)
		}
		r.distances = binary.AppendUvarint(r.distances, uint64(at.Offset-r.last))
		r.last = at.Offset
	}
	r.begun = append(r.begun[:0], r.begun[whole:]...)
	return len(p), nil
}

// has reports whether a row was refused. It is asked for every row, in their order.
func (r *refusals) has(offset int64) bool {
	if r.next < offset && len(r.distances) > 0 {
		distance, n := binary.Uvarint(r.distances)
		r.next, r.distances = r.next+int64(distance), r.distances[n:]
	}
	return r.next == offset
}
