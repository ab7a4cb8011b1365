package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// command is one command of a document.
type command struct {
	// Place is the document and line, such as README.md:31.
	Place string
	// Text is what a person types, without a comment at its end.
	Text string
}

// programs begin a command that stands in a sentence as inline code.
var programs = []string{"make", "bin/mejan", "go", "aws", "pulumi", "pip", "git", "apt-get"}

// commands lists the commands of a Markdown document, in order. Commands that stand in an indented block, where they
// would not be seen to be commands, are an error.
func commands(name, text string) ([]command, error) {
	var found []command
	fence := ""
	continued := false
	number := 0
	for line := range strings.Lines(text) {
		number++
		line = strings.TrimRight(line, "\n")
		place := fmt.Sprintf("%s:%d", name, number)
		switch language, isFence := strings.CutPrefix(line, "```"); {
		case isFence && fence == "":
			fence = "```" + language
		case isFence:
			fence = ""
		case fence == "```sh":
			typed, more := strings.CutSuffix(withoutComment(line), "\\")
			if continued {
				last := &found[len(found)-1]
				last.Text += " " + strings.TrimSpace(typed)
			} else if strings.TrimSpace(typed) != "" {
				found = append(found, command{place, strings.TrimSpace(typed)})
			}
			continued = more
		case fence != "":
		case strings.HasPrefix(line, "    "):
			if isCommand(strings.TrimSpace(line)) {
				return nil, fmt.Errorf("%s: %q is a command in an indented block; fence it with ```sh", place, line)
			}
		default:
			for _, code := range inline.FindAllStringSubmatch(line, -1) {
				if isCommand(code[1]) {
					found = append(found, command{place, code[1]})
				}
			}
		}
	}
	return found, nil
}

var (
	inline  = regexp.MustCompile("`([^`]+)`")
	comment = regexp.MustCompile(`(^|\s+)#.*$`)
)

// withoutComment cuts off what a shell ignores. No command here has a # within quotes.
func withoutComment(line string) string { return comment.ReplaceAllString(line, "") }

// isCommand reports whether code calls one of [programs] with arguments. A lone name, such as `make`, or a pattern with
// an ellipsis, such as `make images STAGE=…`, only mentions the program.
func isCommand(code string) bool {
	program, arguments, _ := strings.Cut(code, " ")
	return slices.Contains(programs, program) && arguments != "" && !strings.Contains(arguments, "…")
}
