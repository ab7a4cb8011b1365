package analyze

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/mejan/mejan/functions/pipeline"
)

// strict takes any row that is valid, however it is spelled, and says what is wrong with any other. It learns the row's
// tail, so that the next of its kind may go the fast way.
func (r *reader) strict(line []byte) error {
	var row pipeline.Bar
	if err := json.Unmarshal(line, &row); err != nil {
		return err
	}
	if err := pipeline.CheckSchema(cmp.Or(row.Schema, 1)); err != nil { // rows of version 1 do not name it
		return err
	}
	if row.Symbol == "" || row.Interval == "" || row.Datetime == "" {
		return errors.New("symbol, interval or datetime is missing")
	}
	var amounts [4]amount
	for i, price := range []struct {
		name string
		text pipeline.Decimal
	}{{"open", row.Open}, {"high", row.High}, {"low", row.Low}, {"close", row.Close}} {
		var err error
		if amounts[i], err = parseAmount(price.text); err != nil || amounts[i].float() <= 0 {
			return fmt.Errorf("%s %q is not a price", price.name, price.text)
		}
	}
	volume := amount{missing: true}
	if row.Volume != "" {
		var err error
		if volume, err = parseAmount(row.Volume); err != nil {
			return fmt.Errorf("volume %q is not a volume", row.Volume)
		}
	}
	session, err := r.tape.intern(row.Datetime)
	if err != nil {
		return fmt.Errorf("%q: %w", row.Datetime, err)
	}
	to, code := r.find(row), broken(row.Warnings)
	r.expect(session)
	r.tape.add(to, session, &amounts, volume, []byte(row.Close), code)
	r.learn(line, row, code)
	return nil
}

// broken is the code that says that the change from the bar before is an artefact; empty where none does.
func broken(warnings []string) string {
	for _, code := range []string{pipeline.Scale100x, pipeline.SplitLikeJump} {
		if slices.Contains(warnings, code) {
			return code
		}
	}
	return ""
}

// intern keeps one copy of a text that many rows have.
func (r *reader) intern(text string) string {
	if known, ok := r.strings[text]; ok {
		return known
	}
	if len(r.strings) < maxLearned {
		r.strings[text] = text
	}
	return text
}

// maxLearned bounds what is learned about rows. Tails are few: a file has some exchanges and some sets of warnings.
const maxLearned = 4096

// learn remembers the tail of a row whose last members stand in the order of [pipeline.Bar], without spaces, and each
// once: its time zone and its warnings.
func (r *reader) learn(line []byte, row pipeline.Bar, problem string) {
	tail := []byte{}
	if row.Timezone != "" {
		if !plain(row.Timezone) {
			return
		}
		tail = fmt.Appendf(tail, `,"timezone":"%s"`, row.Timezone)
	}
	for i, code := range row.Warnings {
		if !plain(code) {
			return
		}
		tail = fmt.Appendf(tail, `%s"%s"`, []string{`,"warnings":[`, `,`}[min(i, 1)], code)
	}
	if len(row.Warnings) > 0 {
		tail = append(tail, ']')
	}
	tail = append(tail, '}')
	if bytes.HasSuffix(line, tail) && len(r.tails) < maxLearned {
		r.tails[string(tail)] = problem
	}
}

// plain reports whether JSON can spell a text in one way only between its quotes, as it is.
func plain(text string) bool {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c == '"' || c == '\\' {
			return false
		}
	}
	return utf8.ValidString(text)
}
