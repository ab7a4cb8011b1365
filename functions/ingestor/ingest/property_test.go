package ingest_test

import (
	"encoding/json"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/mejan/mejan/functions/ingestor/ingest"
	"github.com/mejan/mejan/functions/pipeline"
)

// A row is valid exactly if arithmetic without rounding says so, and its digits come out as they went in.
func TestCheckAgainstRationals(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		price := rapid.StringMatching(`-?(0|[1-9][0-9]?)(\.[0-9]{1,3}0{0,2})?`)
		open, high, low, last := price.Draw(t, "open"), price.Draw(t, "high"), price.Draw(t, "low"), price.Draw(t, "close")
		volume := rapid.StringMatching(`-?(0|[1-9][0-9]{0,3})`).Draw(t, "volume")
		body := fmt.Sprintf(`{"meta":{"symbol":"A","interval":"1day"},"values":[{"datetime":"2018-02-05",`+
			`"open":%q,"high":%s,"low":%q,"close":%q,"volume":%s}]}`, open, high, low, last, volume)
		got := splitFrom(strings.NewReader(body), "inputs/x.json")
		if got.err != nil {
			t.Fatal(got.err)
		}
		o, h, l, c, zero := rational(open), rational(high), rational(low), rational(last), new(big.Rat)
		valid := l.Cmp(zero) > 0 && o.Cmp(zero) > 0 && c.Cmp(zero) > 0 && l.Cmp(o) <= 0 && l.Cmp(c) <= 0 &&
			o.Cmp(h) <= 0 && c.Cmp(h) <= 0 && rational(volume).Cmp(zero) >= 0
		if (got.result.Rows.Valid == 1) != valid {
			t.Fatalf("valid: want %t, got %+v\n%s%s", valid, got.result, got.valid, got.rejected)
		}
		digits := fmt.Sprintf(`"open":%s,"high":%s,"low":%s,"close":%s,"volume":%s`, open, high, low, last, volume)
		if valid && !strings.Contains(got.valid, digits) {
			t.Fatalf("got %s, want %s in it", got.valid, digits)
		}
	})
}

func rational(text string) *big.Rat {
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		panic(text)
	}
	return r
}

// No input makes Split panic, hang, or lose count, and what it calls valid is valid.
func FuzzSplit(f *testing.F) {
	paths, err := filepath.Glob("testdata/split/*.json")
	if err != nil || len(paths) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
	for _, path := range paths {
		body, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body)
	}
	f.Add([]byte(`{"code":1,"message":"m","A":{"values":[{}]}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		got := split(t, "inputs/x.json", body)
		// A file that is too large is the only one that is not read to its end.
		if n := int64(len(body)); got.result.Bytes != n && got.result.Reasons[ingest.TooLarge] == 0 || got.result.Bytes > n {
			t.Errorf("size: got %+v", got.result)
		}
		if got.err != nil {
			fileError(t, got.err)
			return
		}
		if !json.Valid(body) {
			t.Errorf("not JSON, but taken for it: %q", body)
		}
		rows := got.result.Rows
		if rows.Raw == 0 || rows.Raw != rows.Valid+rows.Invalid ||
			rows.Valid != int64(strings.Count(got.valid, "\n")) || rows.Invalid != int64(strings.Count(got.rejected, "\n")) {
			t.Errorf("rows: got %+v for\n%s%s", rows, got.valid, got.rejected)
		}
		for line := range strings.Lines(got.valid) {
			var bar pipeline.Bar
			if err := json.Unmarshal([]byte(line), &bar); err != nil {
				t.Fatalf("%s: %v", line, err)
			}
			if bar.Symbol == "" || bar.Interval == "" || bar.Low.Sign() < 1 || bar.Low.Compare(bar.Open) > 0 ||
				bar.Close.Compare(bar.High) > 0 || bar.High.Compare(bar.Low) < 0 {
				t.Errorf("not valid: %s", line)
			}
		}
		for line := range strings.Lines(got.rejected) {
			var reject pipeline.Reject
			if err := json.Unmarshal([]byte(line), &reject); err != nil {
				t.Fatalf("%s: %v", line, err)
			}
			if len(reject.Reasons) == 0 || reject.Offset < 0 || reject.Offset >= int64(len(body)) {
				t.Errorf("reject: %s", line)
			}
		}
	})
}
