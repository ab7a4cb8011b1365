package main

import (
	"context"
	"fmt"
	"strings"
)

// check is one promise about the tree. Problems are for a person, one each; none means that it holds.
type check struct {
	name    string
	promise string
	find    func(context.Context, *repository) []string
	// fix repairs what find found; nil where a person has to. It returns what stays broken.
	fix func(context.Context, *repository) []string
}

// checks lists every check, the quick ones first. Those that compile come last and share the build cache with each
// other and with the tests.
func checks() []check {
	return []check{
		{"format", "every Go file is formatted by gofumpt", formatFind, formatFix},
		{"size", "no file is longer than 500 lines, no main function than 60", sizeFind, nil},
		{"generated", "generated files are what their source gives", generatedFind, generatedFix},
		{"changelog", "CHANGELOG.md has the form that its readers rely on", changelogFind, nil},
		{"workflows", "workflows pass actionlint and call what exists, safely", workflowsFind, nil},
		{"tidy", "each go.mod lists what its module uses", tidyFind, tidyFix},
		{"versions", "each module alone is built from the versions that the workspace tests", versionsFind, versionsFix},
		{"imports", "packages keep to the import rules", importsFind, nil},
		{"alone", "each module builds without the workspace", aloneFind, nil},
		{"vet", "go vet has nothing to say", vetFind, nil},
		{"lint", "golangci-lint has nothing to say", lintFind, lintFix},
	}
}

func (c check) apply(ctx context.Context, repo *repository, fix bool) []string {
	if fix && c.fix != nil {
		return c.fix(ctx, repo)
	}
	return c.find(ctx, repo)
}

// choose keeps the named checks; all of them for an empty list.
func choose(all []check, only string) ([]check, error) {
	if only == "" {
		return all, nil
	}
	var chosen []check
	for name := range strings.SplitSeq(only, ",") {
		before := len(chosen)
		for _, c := range all {
			if c.name == name {
				chosen = append(chosen, c)
			}
		}
		if len(chosen) == before {
			return nil, fmt.Errorf("check %q: there is none of this name", name)
		}
	}
	return chosen, nil
}
