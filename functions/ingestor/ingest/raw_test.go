package ingest

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/mejan/mejan/functions/pipeline"
)

// rowsToRead are rows of all spellings, some of them none.
func rowsToRead(f *testing.F) {
	f.Helper()
	for _, text := range []string{
		"{}", " {}", "{} ", "{ }", "{,}", `{"open":1,}`, `{"open":1`, `{"open"}`, `{"open":}`, `{"open":"1}`, `{"open":1 "low":2}`,
		`{"open":1,"open":1}`, `{"x":1,"x":2}`, `{"x":1,"\u0078":2}`, `{"x":null,"y":true,"z":false,"low":nul}`, `{"open":01}`, `{"open":-0.5}`,
		`{"open":1e3}`, `{"open":{"a":[1]}}`, `{"open":"\n"}`, "{\"open\":\"a\nb\"}", "{\"open\"\t:\r\n1 }", `{"ü":1}`, `{"open":"ü"}`, `{"open":"\ud800"}`,
		"{\"open\":\"\xff\"}", `{"":""}`, `[{"a":"b \" c"}, "\\", " d ", null]`, `"a \\\" b"`, "null", `{"open":"1","high":"2","low":"0","close":"1","volume":"7"}`,
	} {
		f.Add([]byte(text))
	}
	for _, s := range styles {
		f.Add([]byte(s.row("datetime", "2018-02-20", "open", "100.10", "high", "120.5", "x", "y", "low", "99", "close", "101", "volume", "5")))
	}
}

// What a reject shows of a value is the value on one line, as far as there is room.
func FuzzRaw(f *testing.F) {
	rowsToRead(f)
	f.Fuzz(func(t *testing.T, raw []byte) {
		if !jsontext.Value(raw).IsValid() {
			return
		}
		var compact bytes.Buffer
		if err := json.Compact(&compact, raw); err != nil {
			t.Fatal(err)
		}
		want := cut(compact.Bytes(), pipeline.MaxRaw)
		got, err := jsontext.AppendUnquote(nil, appendRaw([]byte("x"), raw)[1:])
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%q: got %q, %v; want %q", raw, got, err, want)
		}
	})
}
