package command

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/mejan/mejan/functions/pipeline"
)

// Findings is [Counts] of findings by code, in the contract's words. The level is for codes of another version.
func Findings(counts map[string]int64, level pipeline.Level) []string {
	return Counts(counts, func(code string, n int64) string { return pipeline.CodeOf(code, level).Finding(n) })
}

// Counts gives a line for each count: the number, then the words for it. The most frequent come first.
func Counts[K ~string](counts map[K]int64, words func(K, int64) string) []string {
	names := slices.SortedFunc(maps.Keys(counts), func(a, b K) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
	lines := make([]string, len(names))
	for i, name := range names {
		lines[i] = fmt.Sprintf("%10d %s", counts[name], Printable(words(name, counts[name])))
	}
	return lines
}

// List writes lines under a title, with an empty line above it. It writes nothing if there are no lines.
func List(w io.Writer, title string, lines []string) error {
	if len(lines) == 0 {
		return nil
	}
	_, err := fmt.Fprintf(w, "\n%s\n", title)
	for _, line := range lines {
		_, err = fmt.Fprintf(w, "  %s\n", line)
	}
	return err
}

// Plural is a number of things, such as 1 commit or 2 commits.
func Plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
