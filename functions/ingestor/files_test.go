package main

import (
	"bytes"
	"compress/gzip"
	"testing"

	"github.com/mejan/mejan/functions/pipeline"
)

// file is an input and how it has to end.
type file struct {
	name, key, body string
	metadata        map[string]string
	outcome         pipeline.Outcome
	rows            pipeline.Rows
	// outputs says which outputs become visible.
	processed, rejects bool
}

const (
	meta = `"meta":{"symbol":"AAPL","interval":"1day","currency":"USD","exchange_timezone":"America/New_York"}`
	good = `{"datetime":"2018-02-07","open":"163.0800","high":"163.40","low":"159.07","close":"159.54","volume":"51608580"}`
	// untraded moved although nothing was traded: a warning, and a valid row all the same.
	untraded = `{"datetime":"2018-02-07","open":"163.0800","high":"163.40","low":"159.07","close":"159.54","volume":"0"}`
	another  = `{"datetime":"2018-02-06","open":"154.83","high":"163.72","low":"154.00","close":"163.03","volume":"68243838"}`
	bad      = `{"datetime":"2018-02-05","open":null,"high":"163.88","low":"162.00","close":"156.49","volume":"-1"}`
	mixed    = `{"AAPL":{` + meta + `,"values":[` + good + `,` + bad + `,` + another + `],"status":"ok"},` +
		`"NOPE":{"code":404,"message":"symbol not found","status":"error"}}`
)

// files has one of each kind of ending.
func files() []file {
	return []file{
		{
			name: "mixed", key: "inputs/2018/mixed rows+ü.json", body: mixed,
			metadata: map[string]string{pipeline.CorrelationMetadata: "upload/42:a_b.c"},
			outcome:  pipeline.Ingested, rows: pipeline.Rows{Raw: 4, Valid: 2, Invalid: 2}, processed: true, rejects: true,
		},
		{
			name: "clean", key: "inputs/clean.JSON", body: `{` + meta + `,"values":[` + untraded + `,` + another + `]}`,
			outcome: pipeline.Ingested, rows: pipeline.Rows{Raw: 2, Valid: 2}, processed: true,
		},
		{
			name: "compressed", key: "inputs/mixed.Json.GZ", body: zip(mixed),
			outcome: pipeline.Ingested, rows: pipeline.Rows{Raw: 4, Valid: 2, Invalid: 2}, processed: true, rejects: true,
		},
		{
			name: "nothing valid", key: "inputs/bad.json", body: `{` + meta + `,"values":[` + bad + `,` + bad + `]}`,
			outcome: pipeline.RejectedFile, rows: pipeline.Rows{Raw: 2, Invalid: 2}, rejects: true,
		},
		{
			name: "breaks half-way", key: "inputs/broken.json", body: mixed[:len(mixed)-30],
			outcome: pipeline.RejectedFile, rejects: true,
		},
		{
			name: "provider error", key: "inputs/limit.json", body: `{"code":429,"message":"out of credits","status":"error"}`,
			outcome: pipeline.RejectedFile, rejects: true,
		},
	}
}

func zip(body string) string {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, _ = w.Write([]byte(body)) // a buffer takes everything
	_ = w.Close()
	return out.String()
}

func named(t *testing.T, name string) file {
	t.Helper()
	for _, f := range files() {
		if f.name == name {
			return f
		}
	}
	t.Fatalf("no file %q", name)
	return file{}
}
