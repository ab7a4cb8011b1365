package pipeline_test

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mejan/mejan/functions/pipeline"
)

// A run is named by the moment of its first claim in UTC and its content, whatever the zone of the claimer's clock. All
// keys follow from that name; who reads them years later relies on their form.
func TestNames(t *testing.T) {
	claimed := time.Date(2018, 2, 12, 23, 30, 5, 999, time.FixedZone("", -5*60*60))
	etag := "00bb60591543aabbccddeeff00112233"
	id := pipeline.RunID(claimed, etag)
	for what, test := range map[string]struct{ got, want string }{
		"run id":          {id, "20180213T043005Z-00bb60591543"},
		"run id of parts": {pipeline.RunID(claimed, "00bb60591543aabbccddeeff00112233-17"), "20180213T043005Z-00bb60591543"},
		"short etag":      {pipeline.RunID(claimed, "ab"), "20180213T043005Z-ab"},
		"marker":          {pipeline.MarkerKey(etag), "processed/hashes/" + etag},
		"processed":       {pipeline.ProcessedKey(claimed, id), "processed/2018/02/13/20180213T043005Z-00bb60591543.jsonl"},
		"rejects":         {pipeline.RejectsKey(claimed, id), "rejects/2018/02/13/20180213T043005Z-00bb60591543.jsonl"},
		"analysis":        {pipeline.AnalysisKey(id), "analyses/20180213T043005Z-00bb60591543.json"},
	} {
		if test.got != test.want {
			t.Errorf("%s: got %q, want %q", what, test.got, test.want)
		}
	}
}

// The ingestor takes what lies under inputs/ and ends in .json or .json.gz, in any case; its own outputs never wake it.
func TestIsInput(t *testing.T) {
	for key, want := range map[string]bool{
		"inputs/x.json": true, "inputs/2018/02/x.json.gz": true, "inputs/ü +%20.json": true, "inputs/.json": true,
		"inputs/x.JSON": true, "inputs/x.Json.GZ": true, "inputs/replay/run-rules2.json": true,

		"": false, "inputs/": false, "inputs/x.csv": false, "inputs/x.gz": false, "inputs/x.json ": false, "inputs/x.json\u200b": false,
		"inputs/x.json/": false, "inputs/x.jsonl": false, "/inputs/x.json": false, "Inputs/x.json": false,
		"x/inputs/y.json": false, "processed/hashes/x.json": false, "rejects/x.json": false, "analyses/run.json": false,
	} {
		if got := pipeline.IsInput(key); got != want {
			t.Errorf("%q: got %t, want %t", key, got, want)
		}
	}
	day := time.Date(2018, 2, 12, 0, 0, 0, 0, time.UTC)
	for _, key := range []string{
		pipeline.MarkerKey("x.json"), pipeline.ProcessedKey(day, "r"), pipeline.RejectsKey(day, "r"), pipeline.AnalysisKey("r"),
	} {
		if pipeline.IsInput(key) {
			t.Errorf("%q: is an input, the pipeline would feed on itself", key)
		}
	}
}

// An object that is not an input is ignored with a reason and a remedy.
func TestWhyIgnored(t *testing.T) {
	for key, want := range map[string]string{
		"inputs/x.json":           "",
		"inputs/X.JSON.gz":        "",
		"x.json":                  "not under inputs/",
		"inputs/":                 "names a folder",
		"inputs/x.json/":          "names a folder",
		"inputs/x.csv":            "does not end in .json or .json.gz",
		"inputs/x":                "does not end in .json or .json.gz",
		"inputs/x.csv ":           "does not end in .json or .json.gz",
		"inputs/x.json ":          `upload it as "inputs/x.json"`,
		"inputs/x.Json.GZ\t":      `upload it as "inputs/x.Json.GZ"`,
		"inputs/x.json\u00a0":     `upload it as "inputs/x.json"`,
		"inputs/x.json\u200b\r\n": `upload it as "inputs/x.json"`,
	} {
		if got := pipeline.WhyIgnored(key); !strings.Contains(got, want) || (got == "") != (want == "") {
			t.Errorf("%q: got %q, want it to say %q", key, got, want)
		}
	}
}

// A folder that the S3 console makes is known by its key and its size.
func TestIsFolder(t *testing.T) {
	for _, test := range []struct {
		key  string
		size int64
		want bool
	}{
		{"inputs/", 0, true}, {"inputs/2018/", 0, true}, {"inputs/2018/", 1, false}, {"inputs/x.json", 0, false}, {"", 0, false},
	} {
		if got := pipeline.IsFolder(test.key, test.size); got != test.want {
			t.Errorf("%q, %d bytes: got %t", test.key, test.size, got)
		}
	}
}

// Rows are known by the end of their name.
func TestIsRows(t *testing.T) {
	day := time.Date(2018, 2, 12, 0, 0, 0, 0, time.UTC)
	for name, want := range map[string]bool{
		pipeline.ProcessedKey(day, "r"): true, pipeline.RejectsKey(day, "r"): true, "Rows.JSONL": true,
		"x.json": false, "jsonl": false, "x.jsonl.gz": false, "": false,
	} {
		if got := pipeline.IsRows(name); got != want {
			t.Errorf("%q: got %t, want %t", name, got, want)
		}
	}
}

// A correlation id can be put into a mail header, a URL and a log query as it is.
func TestValidCorrelationID(t *testing.T) {
	for id, want := range map[string]bool{
		"a": true, "upload/42:a_b.c-D": true, strings.Repeat("x", 128): true,

		"": false, strings.Repeat("x", 129): false, "a b": false, "a\r\nBcc: x": false, "a\x00": false, "ü": false,
		`a"b`: false, "a,b": false, "<a>": false, "a%0d": false,
	} {
		if got := pipeline.ValidCorrelationID(id); got != want {
			t.Errorf("%q: got %t, want %t", id, got, want)
		}
	}
}

// A run id has the form that RunID gives, and no other: it becomes part of keys and a mail header.
func TestValidRunID(t *testing.T) {
	claimed := time.Date(2018, 2, 12, 6, 30, 0, 0, time.UTC)
	for id, want := range map[string]bool{
		pipeline.RunID(claimed, "00bb60591543aabbccddeeff00112233"): true, pipeline.RunID(claimed, "ab-17"): true,

		"": false, "run": false, "20180212T063000Z": false, "20180212T063000Z-": false, "20181312T063000Z-ab": false,
		"20180212T063000Z-00bb605915431": false, "20180212T063000Z-../x": false, "20180212T063000Z-a\r\n": false,
		"20180212T063000Z-ü": false, "x20180212T063000Z-ab": false, "20180212T063000.5Z-ab": false,
	} {
		if got := pipeline.ValidRunID(id); got != want {
			t.Errorf("%q: got %t, want %t", id, got, want)
		}
	}
}

// A made correlation id has all the entropy that it was given, and none is made without.
func TestNewCorrelationID(t *testing.T) {
	id, err := pipeline.NewCorrelationID(bytes.NewReader([]byte("\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\xff!")))
	if want := "000102030405060708090a0b0c0d0eff"; err != nil || id != want {
		t.Errorf("got %q, error %v, want %q", id, err, want)
	}
	if !pipeline.ValidCorrelationID(id) {
		t.Errorf("%q: not valid", id)
	}
	for _, dry := range []io.Reader{strings.NewReader("fifteen bytes.."), iotest.ErrReader(errors.New("no entropy"))} {
		if id, err := pipeline.NewCorrelationID(dry); err == nil {
			t.Errorf("too little entropy: got %q", id)
		}
	}
}

// A function that lacks settings names them all at once, empty ones too, and gets no more than it requires.
func TestLoad(t *testing.T) {
	for _, f := range pipeline.Functions() {
		if len(f.Env()) == 0 || !slices.IsSorted(f.Env()) {
			t.Errorf("%s: variables %q, want some, sorted", f, f.Env())
		}
		complete := make(map[string]string)
		for _, name := range f.Env() {
			complete[name] = "value of " + name
		}
		lookup := func(name string) (string, bool) { value, ok := complete[name]; return value, ok }
		got, err := f.Load(lookup)
		if diff := cmp.Diff(complete, got); diff != "" || err != nil {
			t.Errorf("%s: error %v (-set +got):\n%s", f, err, diff)
		}
		for i, name := range f.Env() {
			if i%2 == 0 {
				delete(complete, name)
			} else {
				complete[name] = ""
			}
		}
		_, err = f.Load(lookup)
		for _, name := range f.Env() {
			if err == nil || !strings.Contains(err.Error(), name) {
				t.Errorf("%s without settings: got error %v, want one that names %s", f, err, name)
			}
		}
	}
	if env := pipeline.Function("stranger").Env(); env != nil {
		t.Errorf("unknown function: got %q", env)
	}
}

// The share of refused rows is a percentage, also of nothing.
func TestRejectedPercentage(t *testing.T) {
	for _, test := range []struct {
		rows pipeline.Rows
		want float64
	}{
		{pipeline.Rows{}, 0},
		{pipeline.Rows{Raw: 8, Valid: 7, Invalid: 1}, 12.5},
		{pipeline.Rows{Raw: 3, Invalid: 3}, 100},
	} {
		if got := test.rows.RejectedPercentage(); got != test.want {
			t.Errorf("%+v: got %v, want %v", test.rows, got, test.want)
		}
	}
}

// Each metric is published by a function, under a name of its own, in a unit that CloudWatch knows.
func TestMetrics(t *testing.T) {
	units := []pipeline.Unit{pipeline.Count, pipeline.Percent, pipeline.Bytes, pipeline.NoUnit}
	seen := make(map[string]bool)
	for _, m := range pipeline.Metrics() {
		if seen[m.Name] || m.Name == pipeline.MetricDimension || !slices.Contains(units, m.Unit) ||
			!slices.Contains(pipeline.Functions(), m.By) || m.Meaning == "" {
			t.Errorf("%+v", m)
		}
		seen[m.Name] = true
	}
}

// A marker is over when there is nothing left to do: then, and only then, is the same content a duplicate.
func TestMarkerOver(t *testing.T) {
	for state, want := range map[pipeline.State]bool{
		pipeline.Started: false, pipeline.Done: true, pipeline.Rejected: true, "": false,
	} {
		if got := (pipeline.Marker{State: state}).Over(); got != want {
			t.Errorf("%q: got %t, want %t", state, got, want)
		}
	}
}
