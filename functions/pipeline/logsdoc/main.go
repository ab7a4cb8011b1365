// Command logsdoc prints docs/logs.md, the fields of the log lines as a page.
//
// Run it in functions/pipeline: `go run ./logsdoc > ../../docs/logs.md`.
package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/mejan/mejan/functions/pipeline"
)

func main() {
	if _, err := os.Stdout.WriteString(page(pipeline.LogFields())); err != nil {
		fmt.Fprintln(os.Stderr, "logsdoc:", err)
		os.Exit(1)
	}
}

const head = `<!-- Generated from functions/pipeline by logsdoc. Change the Go source, then run: make fix -->

# Log lines

Each function prints JSON objects, one to a line, into the log group of its name, such as
/aws/lambda/mejan-dev-ingestor. A field has the name that Powertools for AWS Lambda gives it, if there is one; the
column **Powertools** marks these fields. So a query made for Powertools also works here. A field without a value is
left out, unless its table says that it is empty then.

Lambda adds lines of its own: START, END, REPORT, and what it says of a timeout. They are text and do not have these
fields.

To find the lines of an invocation that waited for the start of its process:

    aws logs tail /aws/lambda/mejan-dev-analyzer --since 1d --filter-pattern '{ $.cold_start IS TRUE }'

To find the lines of one invocation, take its RequestId from a line of Lambda:

    aws logs tail /aws/lambda/mejan-dev-analyzer --since 1d --filter-pattern '{ $.function_request_id = "ID" }'
`

// sections are the kinds of lines, each with what it means.
var sections = []struct {
	lines       pipeline.LogLines
	title, lead string
}{
	{pipeline.EveryLine, "Every line", "These fields do not depend on what happened."},
	{pipeline.RunLines, "Lines about one file", "Follow a file through all functions by `correlation_id`."},
	{
		pipeline.MetricLines, "Lines of metrics",
		"A line of metrics also has a member for each metric; [contract.md](contract.md#metrics) lists the metrics. It is " +
			"written at every log level.",
	},
	{pipeline.IngestorLines, "Lines of the ingestor", "The line `file settled` says what became of an object."},
	{pipeline.AnalyzerLines, "Lines of the analyzer", "The line `file analysed` closes the work on a file."},
	{pipeline.NotifierLines, "Lines of the notifier", "The line `report sent` closes the work on an analysis."},
}

func page(fields []pipeline.LogField) string {
	var b strings.Builder
	b.WriteString(head)
	for _, s := range sections {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n\n", s.title, s.lead)
		b.WriteString("| Field | Type | When | Powertools | Meaning |\n| --- | --- | --- | --- | --- |\n")
		for _, f := range fields {
			if f.Lines == s.lines {
				b.WriteString(row(f))
			}
		}
	}
	return b.String()
}

func row(f pipeline.LogField) string {
	when, follows := f.When, ""
	if when == "" {
		when = "always"
	}
	if f.Powertools {
		follows = "yes"
	}
	return fmt.Sprintf("| %#q | %s | %s | %s | %s |\n", f.Name, f.Type, when, follows, f.Meaning)
}
