package ingest_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/mejan/mejan/functions/ingestor/ingest"
	"github.com/mejan/mejan/functions/pipeline"
)

var update = flag.Bool("update", false, "write the golden files")

// Every row ends up in exactly one of the two outputs, the good ones with the digits of the source, the bad ones with
// every reason and the place to look at. The golden files show how.
func TestSplitGolden(t *testing.T) {
	inputs, err := filepath.Glob("testdata/split/*.json")
	if err != nil || len(inputs) == 0 {
		t.Fatalf("no inputs: %v", err)
	}
	for _, path := range inputs {
		name := strings.TrimSuffix(filepath.Base(path), ".json")
		t.Run(name, func(t *testing.T) {
			got := split(t, "inputs/"+name+".json", readFile(t, path))
			if got.err != nil {
				t.Fatal(got.err)
			}
			result, err := json.MarshalIndent(got.result, "", " ")
			if err != nil {
				t.Fatal(err)
			}
			base := strings.TrimSuffix(path, ".json")
			golden(t, base+".valid.jsonl", got.valid)
			golden(t, base+".rejected.jsonl", got.rejected)
			golden(t, base+".result", string(result)+"\n")
		})
	}
}

// The sample is clean: 6 symbols, 312 rows, and each price is in the output as the text it is in the source.
func TestSample(t *testing.T) {
	body := readFile(t, "../../../samples/us-stocks-1week.json")
	got := split(t, "inputs/us-stocks-1week.json", body)
	if got.err != nil {
		t.Fatal(got.err)
	}
	if want := (pipeline.Rows{Raw: 312, Valid: 312}); got.result.Rows != want || got.result.Symbols != 6 {
		t.Errorf("got %+v, %d symbols, want %+v, 6 symbols", got.result.Rows, got.result.Symbols, want)
	}
	var source map[string]struct {
		Meta struct {
			Symbol, Interval, Currency, Exchange, Type string
			MICCode                                    string `json:"mic_code"`
		}
		Values []struct{ Datetime, Open, High, Low, Close, Volume string }
	}
	if err := json.Unmarshal(body, &source); err != nil {
		t.Fatal(err)
	}
	seen := make(map[string]int)
	for line := range strings.Lines(got.valid) {
		var row map[string]json.RawMessage
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			t.Fatal(err)
		}
		symbol := strings.Trim(string(row["symbol"]), `"`)
		series, n := source[symbol], seen[symbol]
		seen[symbol]++
		want := series.Values[n]
		quoted := func(s string) json.RawMessage { return json.RawMessage(`"` + s + `"`) }
		bar := map[string]json.RawMessage{
			"symbol": quoted(series.Meta.Symbol), "interval": quoted(series.Meta.Interval),
			"datetime": quoted(want.Datetime), "currency": quoted(series.Meta.Currency),
			"exchange": quoted(series.Meta.Exchange), "mic_code": quoted(series.Meta.MICCode),
			"type": quoted(series.Meta.Type), "schema": json.RawMessage(strconv.Itoa(pipeline.Schema)),
			"open": json.RawMessage(want.Open), "high": json.RawMessage(want.High), "low": json.RawMessage(want.Low),
			"close": json.RawMessage(want.Close), "volume": json.RawMessage(want.Volume),
		}
		if diff := cmp.Diff(bar, row); diff != "" {
			t.Fatalf("%s row %d (-source +output):\n%s", symbol, n, diff)
		}
	}
}

// A valid row's line is what a Bar marshals to, so that every reader of Bars can read it.
func TestLineIsBar(t *testing.T) {
	got := split(t, "inputs/batch.json", readFile(t, "testdata/split/batch.json"))
	for line := range strings.Lines(got.valid) {
		var bar pipeline.Bar
		if err := json.Unmarshal([]byte(line), &bar); err != nil {
			t.Fatal(err)
		}
		marshalled, err := json.Marshal(bar)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(marshalled)+"\n", line); diff != "" {
			t.Errorf("(-Bar +line):\n%s", diff)
		}
	}
}

// A time of day is one of some zone; a day is not.
func TestZone(t *testing.T) {
	for interval, want := range map[string]struct{ datetime, end string }{
		"1day": {"2018-02-07", "\"volume\":7}\n"},
		"1h":   {"2018-02-07 10:30:00", "\"volume\":7,\"timezone\":\"America/New_York\"}\n"},
	} {
		body := fmt.Sprintf(`{"meta":{"symbol":"X","interval":%q,"exchange_timezone":"America/New_York"},"values":[`+
			`{"datetime":%q,"open":"2","high":"3","low":"1","close":"2","volume":"7"}]}`, interval, want.datetime)
		if got := split(t, "inputs/x.json", []byte(body)).valid; !strings.HasSuffix(got, want.end) {
			t.Errorf("%s: %s does not end with %s", interval, got, want.end)
		}
	}
}

// A reject points at the bytes that it is about.
func TestRejectOffset(t *testing.T) {
	body := readFile(t, "testdata/split/rows.json")
	for line := range strings.Lines(split(t, "inputs/rows.json", body).rejected) {
		var reject pipeline.Reject
		if err := json.Unmarshal([]byte(line), &reject); err != nil {
			t.Fatal(err)
		}
		var there json.RawMessage
		if err := json.NewDecoder(bytes.NewReader(body[reject.Offset:])).Decode(&there); err != nil {
			t.Fatalf("%s at %d: %v", reject.Pointer, reject.Offset, err)
		}
		var compact bytes.Buffer
		if err := json.Compact(&compact, there); err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(compact.String(), reject.Raw) || len(reject.Raw) > pipeline.MaxRaw {
			t.Errorf("%s at %d: raw %s, there is %s", reject.Pointer, reject.Offset, reject.Raw, compact.String())
		}
	}
}

// How the network cuts the stream, and whether the file is compressed, changes nothing of the outputs.
func TestSplitIgnoresChunks(t *testing.T) {
	for _, name := range []string{"batch", "rows", "single"} {
		body := readFile(t, "testdata/split/"+name+".json")
		whole := split(t, "inputs/x.json", body)
		for how, r := range map[string]io.Reader{
			"one byte at a time": iotest.OneByteReader(bytes.NewReader(body)),
			"error with data":    iotest.DataErrReader(bytes.NewReader(body)),
		} {
			got := splitFrom(r, "inputs/x.json")
			if diff := cmp.Diff(whole, got, cmp.AllowUnexported(outcome{})); diff != "" {
				t.Errorf("%s, %s (-whole +got):\n%s", name, how, diff)
			}
		}
		zipped := splitFrom(bytes.NewReader(gzipped(t, body)), "inputs/x.json.gz")
		if zipped.valid != whole.valid || zipped.result.Rows != whole.result.Rows {
			t.Errorf("%s, compressed: other valid rows: %+v", name, zipped.result)
		}
	}
}

// outcome is all that Split gave.
type outcome struct {
	valid, rejected string
	result          ingest.Result
	err             error
}

func split(t *testing.T, key string, body []byte) outcome {
	t.Helper()
	return splitFrom(bytes.NewReader(body), key)
}

func splitFrom(r io.Reader, key string) outcome {
	source := pipeline.Source{Bucket: "data", Key: key, ETag: "00bb"}
	return splitRun(r, ingest.Run{ID: "20180212T063000Z-00bb60591543", Source: source})
}

func splitRun(r io.Reader, run ingest.Run) outcome {
	var valid, rejected strings.Builder
	result, err := ingest.Split(r, run, &valid, &rejected)
	return outcome{valid.String(), rejected.String(), result, err}
}

func fileError(t *testing.T, err error) *ingest.FileError {
	t.Helper()
	var broken *ingest.FileError
	if !errors.As(err, &broken) {
		t.Fatalf("got error %v, want a FileError", err)
	}
	return broken
}

func gzipped(t testing.TB, body []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write(body); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func readFile(t testing.TB, path string) []byte {
	t.Helper()
	body, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(string(readFile(t, path)), got); diff != "" {
		t.Errorf("%s (-want +got), -update rewrites it:\n%s", path, diff)
	}
}
