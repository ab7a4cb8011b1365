// Command checksdoc prints docs/checks.md, the catalogue of checks as a page.
package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/mejan/mejan/functions/ingestor/ingest"
	"github.com/mejan/mejan/functions/pipeline"
)

func main() {
	if _, err := os.Stdout.WriteString(page(ingest.Catalogue())); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// head has quotes where the page has backquotes.
const head = `<!-- Generated from functions/ingestor/ingest by checksdoc. Change the Go source, then run: make fix -->

# What is checked

Every finding has a code. It stands in 'rejects/' beside the row that was refused, on the bar that was found odd, in
the counts of the event, the analysis, the mail and the metrics, and in what 'mejan validate' prints. All reasons of a
row are given, not the first; numbers are compared as decimals, digit by digit. These are the rules of version 'RULES'.

Below each code is what the mail and the terminal call it, then the rule, then a file in which it is found.

"Now" is when the content of a file was first seen, so that a repeated run comes to the same result. What a row is
compared with is its series, in the order of the file: a bar is known again among the last 65,536 of its series.
`

// sections are the levels, each with what it means.
var sections = []struct {
	level       pipeline.Level
	title, lead string
}{
	{
		pipeline.LevelReject, "Refused",
		"The row is kept out of `processed/` and lies under `rejects/`, whole, with its place in the file and every reason.",
	},
	{
		pipeline.LevelWarn, "Odd, and kept",
		"The row is used. Where a finding is about one bar, the bar says so in its `warnings`.",
	},
	{
		pipeline.LevelFile, "The file as a whole",
		"Nothing of the file can be used; one line under `rejects/` says why and at which byte. `PROVIDER_ERROR` and " +
			"`NO_SERIES` do the same where they are all that a file has.",
	},
}

func page(checks []ingest.Check) string {
	var b strings.Builder
	b.WriteString(strings.NewReplacer("'", "`", "RULES", ingest.Rules).Replace(head))
	for _, s := range sections {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n", s.title, s.lead)
		for _, check := range checks {
			if check.Level() == s.level {
				b.WriteString(entry(check))
			}
		}
	}
	return b.String()
}

func entry(check ingest.Check) string {
	field := ""
	if check.Field != "" {
		field = " Points to `" + check.Field + "`."
	}
	code := pipeline.CodeOf(check.Code, check.Level())
	return fmt.Sprintf("\n### %s\n\n*A %s %s.*\n\n%s%s\n\n```\n%s\n```\n",
		check.Code, code.About.Noun(1), code.Words, check.Rule, field, printable(check.Example))
}

// printable spells bytes that a page cannot show.
func printable(text string) string {
	var b strings.Builder
	for _, c := range []byte(text) {
		if c < ' ' || c > '~' {
			fmt.Fprintf(&b, `\x%02x`, c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}
