package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Promise: each section of a page is written, replaced and removed without touching the others, also after GitHub has
// changed the line ends.
func TestPage(t *testing.T) {
	p := page{name: "drift", heading: "Head"}
	p.put("dev", "one\n")
	p.put("uat", "two\n")
	read := parsePage("drift", "Head", strings.ReplaceAll(p.String(), "\n", "\r\n"))
	if diff := cmp.Diff(p, read, cmp.AllowUnexported(page{}, section{})); diff != "" {
		t.Errorf("read again (-want +got):\n%s", diff)
	}
	read.put("dev", "three\n")
	read.drop("uat")
	read.drop("prod")
	want := page{name: "drift", heading: "Head", sections: []section{{"dev", "three\n"}}}
	if diff := cmp.Diff(want, read, cmp.AllowUnexported(page{}, section{})); diff != "" {
		t.Errorf("after the changes (-want +got):\n%s", diff)
	}
	for text, want := range map[string]bool{
		p.String(): true, "Thanks!\n" + p.String(): false, "": false, (&page{name: "preview"}).String(): false,
	} {
		if isPage("drift", text) != want {
			t.Errorf("%q is the page of drift: %t", text, !want)
		}
	}
}

// Promise: an output cannot end its block or its section, and a long one is cut at the beginning of a line.
func TestQuote(t *testing.T) {
	p := page{name: "preview"}
	p.put("dev", quote("a ``` b\n<!-- end of section -->\n"))
	p.put("uat", quote("\xff"))
	if read := parsePage("preview", "", p.String()); len(read.sections) != 2 || !strings.HasPrefix(read.sections[0].text, "````text\na ``` b\n") {
		t.Errorf("sections: %q", read.sections)
	}
	long := quote(strings.Repeat("123456789\n", maxOutput/5) + "the end")
	if len(long) > maxOutput+100 || !strings.HasSuffix(long, "the end\n```\n") || !strings.Contains(long, "text\n123456789\n") {
		t.Errorf("%d bytes, from %q to %q", len(long), long[:60], long[len(long)-20:])
	}
}
