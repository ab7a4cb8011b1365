package main

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// workflowsFind asks the module that rehearses the workflows, because actionlint goes with another version of YAML than
// ko does.
func workflowsFind(ctx context.Context, repo *repository) []string {
	if _, err := repo.output(ctx, rehearsalModule, alone, "go", "run", "./workflows", "-check"); err != nil {
		return []string{err.Error()}
	}
	return nil
}

func changelogFind(_ context.Context, repo *repository) []string {
	text, err := repo.read("CHANGELOG.md")
	if err != nil {
		return []string{err.Error()}
	}
	return changelogProblems(string(text))
}

var (
	releaseHeading = regexp.MustCompile(`^## \[(Unreleased|20[0-9]{2}-[01][0-9]-[0-3][0-9])\]$`)
	// changelogKinds are those of Keep a Changelog, and what one must do by hand.
	changelogKinds = []string{"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security", "Upgrade notes"}
)

// changelogProblems holds a changelog against its form: first what is unreleased, then releases by their day, newest
// first, each with sections of a known kind that have entries.
func changelogProblems(text string) []string {
	var problems, releases []string
	// open is a section that has no entry yet.
	open := ""
	closeSection := func() {
		if open != "" {
			problems = append(problems, fmt.Sprintf("CHANGELOG.md: %q has no entry, a line that begins with `- `", open))
		}
		open = ""
	}
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		kind, isKind := strings.CutPrefix(line, "### ")
		switch {
		case strings.HasPrefix(line, "## "):
			closeSection()
			if match := releaseHeading.FindStringSubmatch(line); match != nil {
				releases = append(releases, match[1])
			} else {
				problems = append(problems,
					fmt.Sprintf("CHANGELOG.md: %q is neither `## [Unreleased]` nor a day, `## [2026-01-31]`", line))
			}
		case isKind:
			closeSection()
			if open = line; !slices.Contains(changelogKinds, kind) {
				problems = append(problems,
					fmt.Sprintf("CHANGELOG.md: %q is not one of %s", line, strings.Join(changelogKinds, ", ")))
			}
		case strings.HasPrefix(line, "- "):
			open = ""
		}
	}
	closeSection()
	if len(releases) == 0 || releases[0] != "Unreleased" {
		return append(problems, "CHANGELOG.md: the first section is not `## [Unreleased]`, where entries go")
	}
	days := slices.Clone(releases[1:])
	slices.Sort(days)
	slices.Reverse(days)
	if !slices.Equal(slices.Compact(days), releases[1:]) {
		problems = append(problems, "CHANGELOG.md: the days are not in order, newest first, each once")
	}
	return problems
}
