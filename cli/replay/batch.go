package replay

import (
	"fmt"
	"strconv"

	"github.com/go-json-experiment/json"

	"github.com/mejan/mejan/functions/pipeline"
)

// batch spells rows as an answer to POST /batch, in which one symbol may stand at two intervals:
//
//	{"data":{
//	"AAPL 1day":{"meta":{…},"values":[
//	{"datetime":…},
//	…
//
// Rows that follow each other and have one meta are one series, as they were in their file; no row waits for another.
type batch struct {
	series pipeline.SeriesMeta
	// ids has every id, and how many series have asked for it.
	ids map[string]int
	// rows counts rows, and size the bytes so far.
	rows, size int64
	text       []byte
}

// row is how the batch goes on: with a row, and before it what is due. It is valid until the next call.
func (b *batch) row(series pipeline.SeriesMeta, raw string) ([]byte, error) {
	b.text = b.text[:0]
	switch {
	case b.rows == 0:
		b.text = append(b.text, "{\"data\":{\n"...)
	case series == b.series:
		b.text = append(b.text, ",\n"...)
	default:
		b.text = append(b.text, seriesEnd+",\n"...)
	}
	if b.rows == 0 || series != b.series {
		if err := b.begin(series); err != nil {
			return nil, err
		}
	}
	b.text = append(b.text, raw...)
	b.rows++
	b.size += int64(len(b.text))
	return b.text, nil
}

const seriesEnd = "\n]}"

// begin begins a series.
func (b *batch) begin(series pipeline.SeriesMeta) error {
	if b.ids == nil {
		b.ids = make(map[string]int)
	}
	plain := series.Symbol + " " + series.Interval
	id := plain
	for b.ids[id] > 0 {
		b.ids[plain]++
		id = plain + " " + strconv.Itoa(b.ids[plain])
	}
	b.ids[id] = 1
	name, err := json.Marshal(id)
	if err != nil {
		return fmt.Errorf("spell %q: %w", id, err)
	}
	meta, err := json.Marshal(series)
	if err != nil {
		return fmt.Errorf("spell the meta of %q: %w", id, err)
	}
	b.text = append(append(b.text, name...), `:{"meta":`...)
	b.text = append(append(b.text, meta...), ",\"values\":[\n"...)
	b.series = series
	return nil
}

// end is the end of a batch that has a row.
func (b *batch) end() []byte { return []byte(seriesEnd + "\n}}\n") }
