package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// versionsFind compares what each module is built from alone, as in a release, and in the workspace, as in the tests.
// Where they differ, what is released is not what was tested, and everything above is compiled twice.
func versionsFind(ctx context.Context, repo *repository) []string {
	var problems []string
	for _, module := range repo.modules {
		released, errReleased := builtFrom(ctx, repo, module, alone)
		tested, errTested := builtFrom(ctx, repo, module, workspace)
		if err := errors.Join(errReleased, errTested); err != nil {
			problems = append(problems, err.Error())
			continue
		}
		problems = append(problems, differing(module, released, tested)...)
	}
	return problems
}

func versionsFix(ctx context.Context, repo *repository) []string {
	if _, err := repo.output(ctx, ".", workspace, "go", "work", "sync"); err != nil {
		return []string{err.Error()}
	}
	// Raised requirements need checksums, and may make others superfluous.
	if problems := tidyFix(ctx, repo); problems != nil {
		return problems
	}
	return versionsFind(ctx, repo)
}

// dependency is a module and the version of it that was chosen.
type dependency struct{ path, version string }

// builtFrom lists the modules whose packages are compiled into a module's own packages.
func builtFrom(ctx context.Context, repo *repository, dir string, s scope) ([]dependency, error) {
	const format = "{{with .Module}}{{.Path}} {{.Version}}{{end}}"
	text, err := repo.output(ctx, dir, s, "go", "list", "-deps", "-f", format, "./...")
	if err != nil {
		return nil, err
	}
	var all []dependency
	seen := map[dependency]bool{}
	for line := range strings.Lines(string(text)) {
		path, version, _ := strings.Cut(strings.TrimSpace(line), " ")
		d := dependency{path, version}
		// Our own modules have no version in the workspace.
		if path == "" || seen[d] || strings.HasPrefix(path+"/", module) {
			continue
		}
		seen[d] = true
		all = append(all, d)
	}
	return all, nil
}

func differing(dir string, released, tested []dependency) []string {
	version := map[string]string{}
	for _, d := range tested {
		version[d.path] = d.version
	}
	var problems []string
	for _, d := range released {
		if v := version[d.path]; v != d.version {
			problems = append(problems, fmt.Sprintf("%s: %s %s alone, %s in the workspace", dir, d.path, d.version, v))
		}
	}
	return problems
}
