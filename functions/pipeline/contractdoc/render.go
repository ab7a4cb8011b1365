package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/mejan/mejan/functions/pipeline"
)

// page is the document being written.
type page struct {
	*contract
	strings.Builder
	shown map[string]bool
}

const head = `<!-- Generated from functions/pipeline by contractdoc. Change the Go source, then run: make fix -->

# The contract

What crosses a boundary of the pipeline: object keys, rows, the register, the event, the stored analysis, metrics and
environment variables. The functions, the program that provisions them and the tools read the same Go package from
which this page is made. A field marked *optional* is left out where it has no value. A shape only gains fields as long
as its ` + "`schema`" + ` stays the same, so ignore what you do not know.

`

// render writes every section. It fails where an exported name of the contract is in none of them, so that nothing new
// stays undocumented, and where a section lists a name that is gone.
func render(c *contract, sections []section) (string, error) {
	p := &page{contract: c, shown: map[string]bool{}}
	for _, s := range sections {
		for _, name := range s.names {
			p.shown[name] = true
		}
	}
	if err := p.complete(); err != nil {
		return "", err
	}
	p.WriteString(head)
	for _, s := range sections {
		p.section(s)
	}
	return strings.TrimRight(p.String(), "\n") + "\n", nil
}

func (p *page) complete() error {
	var problems []error
	hidden := unlisted()
	for _, name := range p.order {
		if !p.shown[name] && !slices.Contains(hidden, name) {
			problems = append(problems, fmt.Errorf("%s: in no section, add it to outline.go", name))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(p.shown)) {
		if !slices.Contains(p.order, name) {
			problems = append(problems, fmt.Errorf("%s: not in the contract, remove it from outline.go", name))
		}
	}
	return errors.Join(problems...)
}

func (p *page) section(s section) {
	fmt.Fprintf(p, "## %s\n\n%s\n\n", s.title, s.lead)
	var constants []constant
	for _, name := range s.names {
		if k, ok := p.consts[name]; ok {
			constants = append(constants, k)
		}
	}
	p.constants(constants)
	for _, name := range s.names {
		switch {
		case p.types[name] != nil:
			p.object(name)
		case p.funcs[name] != nil:
			p.function(name)
		}
	}
	if s.extra != nil {
		s.extra(p)
	}
}

// constants shows plain constants; one without a comment of its own is told by that of its block, once.
func (p *page) constants(all []constant) {
	if len(all) == 0 {
		return
	}
	p.row("Name in Go", "Value", "")
	p.row("---", "---", "---")
	group := ""
	for _, k := range all {
		comment := k.comment
		if comment == "" && k.group != group {
			comment, group = k.group, k.group
		}
		p.row("`"+k.name+"`", "`"+k.value+"`", p.cell(k.name, comment, nil))
	}
	p.WriteString("\n")
}

func (p *page) function(name string) {
	fmt.Fprintf(p, "**%s**%s\n\n", name, strings.TrimPrefix(p.prose(p.funcs[name].Doc, nil), name))
}

func (p *page) object(name string) {
	fields := p.fields(name)
	fmt.Fprintf(p, "### %s\n\n%s\n\n", name, p.prose(p.types[name].Doc, fields))
	if fields != nil {
		p.row("Field", "Type", "")
		p.row("---", "---", "---")
		for _, f := range fields {
			kind := p.kind(f.kind)
			if f.optional {
				kind += ", *optional*"
			}
			p.row("`"+f.json+"`", kind, p.cell(f.goName, f.comment, fields))
		}
		p.WriteString("\n")
	}
	p.enumeration(p.values[name])
}

// enumeration shows the values that a string type can have: in a table where they are explained one by one, else in a
// sentence. The first sentence of their block's comment only introduces them.
func (p *page) enumeration(values []constant) {
	if len(values) == 0 {
		return
	}
	explained := func(k constant) bool { return k.comment != "" }
	if slices.ContainsFunc(values, explained) {
		p.row("Value", "")
		p.row("---", "---")
		for _, k := range values {
			p.row("`"+k.value+"`", p.cell(k.name, k.comment, nil))
		}
		p.WriteString("\n")
	} else {
		var names []string
		for _, k := range values {
			names = append(names, "`"+k.value+"`")
		}
		fmt.Fprintf(p, "One of %s.\n\n", strings.Join(names, ", "))
	}
	if _, rest, more := strings.Cut(values[0].group, ". "); more {
		fmt.Fprintf(p, "%s\n\n", p.prose(rest, nil))
	}
}

func (p *page) row(cells ...string) {
	for _, cell := range cells {
		if cell == "" {
			p.WriteString("| ")
			continue
		}
		p.WriteString("| " + strings.ReplaceAll(cell, "\n\n", "<br>") + " ")
	}
	p.WriteString("|\n")
}

// codes shows the table of codes. Placeholders such as {bar} stay, since they say where a value goes.
func (p *page) codes() {
	p.row("Code", "Level", "About", "In words", "Measure")
	p.row("---", "---", "---", "---", "---")
	for _, c := range pipeline.Codes() {
		p.row("`"+c.Code+"`", string(c.Level), string(c.About), c.Words, string(c.Measure))
	}
	p.WriteString("\nThe words of a check follow what it is about: \"3 rows with a negative volume\". " +
		"[checks.md](checks.md) has the rules of the checks, [figures.md](figures.md) those of the anomalies.\n\n")
}

func (p *page) metrics() {
	p.row("Metric", "Unit", "By", "One data point")
	p.row("---", "---", "---", "---")
	for _, m := range pipeline.Metrics() {
		p.row("`"+m.Name+"`", string(m.Unit), string(m.By), m.Meaning)
	}
	p.WriteString("\n")
}

// environment shows each variable with the functions that require it.
func (p *page) environment() {
	var names []string
	for _, f := range pipeline.Functions() {
		names = append(names, f.Env()...)
	}
	slices.Sort(names)
	comments := map[string]string{}
	for _, k := range p.consts {
		if strings.HasPrefix(k.name, "Env") {
			comments[k.value] = p.cell(k.name, k.comment, nil)
		}
	}
	p.row("Variable", "Required by", "")
	p.row("---", "---", "---")
	for _, name := range slices.Compact(names) {
		var by []string
		for _, f := range pipeline.Functions() {
			if slices.Contains(f.Env(), name) {
				by = append(by, string(f))
			}
		}
		p.row("`"+name+"`", strings.Join(by, ", "), comments[name])
	}
}

func (p *page) eventExample() {
	const etag = "0c1d9ae2f0b7e8f3a1b2c3d4e5f60718"
	claimed := time.Date(2026, 11, 23, 9, 30, 0, 0, time.UTC)
	run := pipeline.RunID(claimed, etag)
	example := struct {
		Source     string                     `json:"source"`
		DetailType string                     `json:"detail-type"`
		Detail     pipeline.IngestorCompleted `json:"detail"`
	}{
		pipeline.EventSource, pipeline.EventDetailType,
		pipeline.IngestorCompleted{
			Schema: pipeline.Schema, RunID: run, CorrelationID: "4bf92f3577b34da6a3ce929d0e0e4736",
			Bucket: pipeline.BucketRef{Name: "mejan-dev-data-1a2b3c4"},
			Key:    pipeline.ProcessedKey(claimed, run), RejectsKey: pipeline.RejectsKey(claimed, run),
			Filename: "us-stocks.json",
			Source:   pipeline.Source{Key: "inputs/us-stocks.json", ETag: etag, VersionID: "3sL4kqtJlcpXro", Size: 65536},
			RawCount: 312, ValidCount: 311, InvalidCount: 1, SymbolCount: 6,
			ProcessedMarker: pipeline.MarkerKey(etag),
		},
	}
	text, err := json.MarshalIndent(example, "", "  ")
	if err != nil { // only fixed text and numbers go in
		panic(err)
	}
	fmt.Fprintf(p, "An event, as a rule's target gets it, without what EventBridge adds:\n\n```json\n%s\n```\n\n", text)
}
