package console_test

import (
	"errors"
	"fmt"
	"io"
	netmail "net/mail"
	"strings"
	"time"

	"github.com/mejan/mejan/local/console"
	"github.com/mejan/mejan/local/mail"
	"github.com/mejan/mejan/local/metrics"
	"github.com/mejan/mejan/local/queue"
)

// cloud is a source in which a week of things has happened, some of them bad.
type cloud struct{ state console.Snapshot }

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

const (
	correlation = "4f1d2a9be07c4d55a1c0ffee12345678"
	runID       = "20261123T120000Z-00bb60591543"
	evil        = `<script>alert("x")</script>`
)

func busy() *cloud {
	dead := &queue.Queue{Name: "mejan-dev-analyzer-dead-letters"}
	dead.Send(`{"requestPayload":{"detail":{"run_id":"` + runID + `"}},"errorMessage":"table unreachable"}`)
	return &cloud{state: console.Snapshot{
		Stage: "dev", URL: "http://127.0.0.1:4566", InputBucket: "mejan-dev-data-1a2b3c4",
		Functions: []console.Function{
			{
				Name: "ingestor", Deployed: "mejan-dev-ingestor", Invocations: 4, Mean: 41 * time.Millisecond,
				Last: 31 * time.Millisecond,
			},
			{
				Name: "analyzer", Deployed: "mejan-dev-analyzer", Invocations: 3, Errors: 1,
				Mean: 63 * time.Millisecond, Last: 59 * time.Millisecond,
			},
			{
				Name: "notifier", Deployed: "mejan-dev-notifier", Invocations: 2, Mean: 22 * time.Millisecond,
				Last: 19 * time.Millisecond,
			},
		},
		Files: []console.File{
			{
				At: noon, Input: "inputs/us-stocks-1week.json", Outcome: "analysed", RunID: runID,
				CorrelationID: correlation, Raw: 312, Valid: 312, Took: 412 * time.Millisecond,
			},
			{
				At: noon.Add(3 * time.Second), Input: "inputs/us-stocks-1day.json", Outcome: "analysed",
				RunID: "20261123T120003Z-9e107d9d372b", CorrelationID: "upload/42", Raw: 13992, Valid: 13991,
				Invalid: 1, Took: 1530 * time.Millisecond,
			},
			{
				At: noon.Add(6 * time.Second), Input: "inputs/again.json", Outcome: "duplicate", RunID: runID,
				CorrelationID: correlation,
			},
			{
				At: noon.Add(9 * time.Second), Input: "inputs/" + evil + ".json", Outcome: "rejected",
				RunID: "20261123T120009Z-d41d8cd98f00",
			},
		},
		Mails: []mail.Message{{
			N: 1, ID: "0100019a-x-000000", At: noon, From: "reports@example.com", To: []string{"desk@example.org"},
			Subject: "Market summary 2018-02-05: bearish – 1 of 6 symbols advanced", Text: "AAPL fell 2.08%.\n",
			HTML: "<h1>AAPL</h1>" + evil,
			Page: `<div style="font:16px sans-serif;padding:24px"><h1>Market summary</h1>` +
				`<p>AAPL fell <b>2.08%</b>.</p></div>` + evil,
			Header: netmail.Header{"X-Correlation-Id": {correlation}, "Subject": {evil}},
		}},
		Alarms: []metrics.Reading{
			{
				Name: "mejan-dev-RejectedPercentage", State: "ALARM",
				Reason: "Threshold Crossed: 1 out of 1 datapoints [100] greater than the threshold (10).",
			},
			{Name: "mejan-dev-BedrockRetryExceeded", State: "OK"},
			{Name: "mejan-dev-ingestor-errors", State: "INSUFFICIENT_DATA"},
		},
		Fired: []metrics.Firing{{Alarm: "mejan-dev-RejectedPercentage", At: noon, Reason: "Threshold Crossed."}},
		Metrics: map[string]metrics.Stat{
			"RecordsValid":       {Sum: 14303, Count: 2, Max: 13991},
			"RejectedPercentage": {Sum: 100.007, Count: 3, Max: 100},
		},
		Queues: []*queue.Queue{dead, {Name: "mejan-dev-rule-dead-letters"}},
		Denied: []console.Access{{
			Function: "notifier", Action: "ses:SendEmail",
			Resource: "arn:aws:ses:us-east-1:000000000000:identity/reports@example.com",
		}},
		Unused: []console.Access{{
			Function: "ingestor", Action: "s3:AbortMultipartUpload", Resource: "arn:aws:s3:::mejan-dev-data/processed/*",
		}},
		Problems: []string{
			"IngestorCompleted of mejan.data-ingestor on bus mejan-dev: no rule with a target matches",
		},
		Buckets: []string{"mejan-dev-data-1a2b3c4", "mejan-dev-failures-5d6e7f8"}, Tables: []string{"mejan-dev-analyses"},
	}}
}

func (c *cloud) Snapshot() console.Snapshot { return c.state }

func (c *cloud) Logs() []console.Line {
	line := func(second int, function, level, message, correlation string, fields ...console.Field) console.Line {
		text := fmt.Sprintf(`{"level":%q,"message":%q,"correlation_id":%q}`, level, message, correlation)
		return console.Line{
			Time: noon.Add(time.Duration(second) * 100 * time.Millisecond), Function: function, RequestID: "r", Level: level,
			Message: message, Correlation: correlation, Fields: fields, Text: text,
		}
	}
	return []console.Line{
		line(0, "ingestor", "INFO", "file claimed", correlation,
			console.Field{Name: "key", Value: "inputs/us-stocks-1week.json"}),
		{Time: noon, Function: "ingestor", Text: "REPORT RequestId: r Duration: 31.20 ms"},
		line(1, "ingestor", "INFO", "file settled", correlation,
			console.Field{Name: "outcome", Value: "ingested"}, console.Field{Name: "raw", Value: "312"}),
		line(2, "analyzer", "WARN", "model throttled", correlation, console.Field{Name: "attempt", Value: "1"}),
		line(3, "analyzer", "ERROR", "store analysis: table unreachable", "upload/42"),
		line(4, "notifier", "INFO", evil, correlation, console.Field{Name: evil, Value: evil}),
	}
}

func (c *cloud) Items(table string) ([][]byte, bool) {
	if table != c.state.Tables[0] {
		return nil, false
	}
	return [][]byte{
		[]byte(`{"analysis_id":"` + runID + `","symbols_analyzed":6,"executive_summary":"AAPL fell."}`), []byte(`{"note":1}`),
	}, true
}

func (c *cloud) Contents(bucket string) (console.Contents, bool) {
	if bucket != c.state.InputBucket {
		return console.Contents{}, false
	}
	texts := map[string]string{
		"inputs/us-stocks-1week.json": `{"AAPL":{"status":"ok"}}`, "inputs/a b&c.json": evil, "top.bin": "\x00\xff",
		"processed/2026/11/23/" + runID + ".jsonl": strings.Repeat(`{"symbol":"AAPL"}`+"\n", 20000),
		"processed/hashes/00bb60591543":            `{"schema":1,"state":"done"}`,
	}
	contents := console.Contents{Open: func(key string) (io.ReadCloser, error) {
		text, ok := texts[key]
		if !ok {
			return nil, errors.New("no such key")
		}
		return io.NopCloser(strings.NewReader(text)), nil
	}}
	for _, key := range []string{
		"inputs/a b&c.json", "inputs/us-stocks-1week.json", "processed/2026/11/23/" + runID + ".jsonl",
		"processed/hashes/00bb60591543", "top.bin",
	} {
		contents.Objects = append(contents.Objects, console.Object{
			Key: key, ETag: "00bb60591543aabb", Size: int64(len(texts[key])), Modified: noon,
			Metadata: map[string]string{"correlation-id": correlation},
		})
	}
	return contents, true
}
