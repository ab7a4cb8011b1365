package main

import (
	"fmt"
	"regexp"
	"strings"
)

// page is the text of a comment or an issue: a heading, and a section for each stage. Marks that nobody sees tell whose
// page it is and where a section begins and ends, so that another run finds and replaces its own.
type page struct {
	// name tells pages apart, such as preview.
	name    string
	heading string
	// sections are in the order in which they were first written.
	sections []section
}

type section struct{ name, text string }

var sectionMark = regexp.MustCompile(`(?s)<!-- mejan section (\S+) -->\n(.*?)<!-- end of section -->`)

func pageMark(name string) string { return "<!-- mejan page " + name + " -->" }

// isPage reports whether a text is the page of this name.
func isPage(name, text string) bool { return strings.HasPrefix(text, pageMark(name)) }

// parsePage reads a page that [page.String] wrote. GitHub returns texts with the line ends of browsers.
func parsePage(name, heading, text string) page {
	p := page{name: name, heading: heading}
	for _, match := range sectionMark.FindAllStringSubmatch(strings.ReplaceAll(text, "\r\n", "\n"), -1) {
		p.sections = append(p.sections, section{match[1], match[2]})
	}
	return p
}

// put writes a section, in place of an earlier one of the same name.
func (p *page) put(name, text string) {
	for i := range p.sections {
		if p.sections[i].name == name {
			p.sections[i].text = text
			return
		}
	}
	p.sections = append(p.sections, section{name, text})
}

// drop removes a section.
func (p *page) drop(name string) {
	for i := range p.sections {
		if p.sections[i].name == name {
			p.sections = append(p.sections[:i], p.sections[i+1:]...)
			return
		}
	}
}

func (p *page) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s\n", pageMark(p.name), p.heading)
	for _, s := range p.sections {
		fmt.Fprintf(&b, "\n<!-- mejan section %s -->\n%s<!-- end of section -->\n", s.name, s.text)
	}
	return b.String()
}

// maxOutput bounds what a section shows of an output, in bytes. GitHub takes 65,536 characters for a whole page.
const maxOutput = 15_000

// quote shows the output of a command as it is. Of a long one it shows the end, where a command sums up.
func quote(output string) string {
	cut := ""
	if len(output) > maxOutput {
		output = output[len(output)-maxOutput:]
		if _, rest, found := strings.Cut(output, "\n"); found {
			output = rest
		}
		cut = "The end of a longer output:\n\n"
	}
	// A mark within the output would end the section.
	output = strings.ReplaceAll(strings.ToValidUTF8(output, "?"), "<!--", "<!‐‐")
	fence := "```"
	for strings.Contains(output, fence) {
		fence += "`"
	}
	return cut + fence + "text\n" + strings.TrimRight(output, "\n") + "\n" + fence + "\n"
}
