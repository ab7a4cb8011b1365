package ingest_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/mejan/mejan/functions/pipeline"
)

// A row that no market has, and that what comes behind could not store, costs that row and not the file.
func TestBounds(t *testing.T) {
	bar := func(price string) string {
		return `{"datetime":"2018-02-07","open":` + price + `,"high":` + price + `,"low":` + price + `,"close":` + price + `}`
	}
	series := func(exchange, rows string) string {
		return `{"meta":{"symbol":"A","interval":"1day","exchange":"` + exchange + `"},"values":[` + rows + `]}`
	}
	good := strings.Replace(bar(`"10.5"`), "02-07", "02-08", 1)
	for name, c := range map[string]struct {
		body string
		want pipeline.Rows
	}{
		"32 digits":     {series("NYSE", good+","+bar(strings.Repeat("9", 32))), pipeline.Rows{Raw: 2, Valid: 2}},
		"33 digits":     {series("NYSE", good+","+bar(strings.Repeat("9", 33))), pipeline.Rows{Raw: 2, Valid: 1, Invalid: 1}},
		"400 decimals":  {series("NYSE", good+`,`+bar(`"0.`+strings.Repeat("0", 400)+`1"`)), pipeline.Rows{Raw: 2, Valid: 1, Invalid: 1}},
		"long exchange": {series(strings.Repeat("x", 101), good), pipeline.Rows{Raw: 1, Invalid: 1}},
	} {
		got := split(t, "inputs/x.json", []byte(c.body))
		if got.err != nil || got.result.Rows != c.want {
			t.Errorf("%s: rows %+v, %v; want %+v", name, got.result.Rows, got.err, c.want)
		}
		if c.want.Invalid > 0 && got.result.Reasons["FIELD_TOO_LONG"] != 1 {
			t.Errorf("%s: reasons %v", name, got.result.Reasons)
		}
	}
}

// The same bytes are the same file under any name: what is compressed is known by its content.
func TestNameDoesNotMatter(t *testing.T) {
	body := readFile(t, "testdata/split/single.json")
	for _, content := range [][]byte{body, gzipped(t, body)} {
		plain, named := split(t, "inputs/x.json", content), split(t, "inputs/x.json.gz", content)
		if plain.err != nil || plain.result.Rows != named.result.Rows || plain.valid != named.valid {
			t.Errorf("compressed %v: %+v, %v and %+v, %v", !bytes.Equal(content, body),
				plain.result.Rows, plain.err, named.result.Rows, named.err)
		}
	}
}
