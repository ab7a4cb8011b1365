package main

import (
	"bytes"
	"context"
	"fmt"
	"path"
	"strings"
)

// generator is a command that prints what a file of the tree must hold.
type generator struct {
	file string
	dir  string
	args []string
}

// generators lists what is generated: the pages of the contract, the log lines and the checks, and Go code for each
// template.
func generators(ctx context.Context, repo *repository) ([]generator, error) {
	all := []generator{
		{"docs/contract.md", "functions/pipeline", []string{"go", "run", "./contractdoc"}},
		{"docs/logs.md", "functions/pipeline", []string{"go", "run", "./logsdoc"}},
		{"docs/checks.md", "functions/ingestor", []string{"go", "run", "./checksdoc"}},
	}
	templates, err := repo.files(".templ")
	if err != nil || templates == nil {
		return all, err
	}
	templ, err := repo.tool(ctx, "templ")
	if err != nil {
		return nil, err
	}
	for _, template := range templates {
		// Generated code names its template as the command does, so the command runs beside it.
		dir, name := path.Split(template)
		file := strings.TrimSuffix(template, ".templ") + "_templ.go"
		all = append(all, generator{file, dir, []string{templ, "generate", "-stdout", "-f", name}})
	}
	return all, nil
}

func generatedFind(ctx context.Context, repo *repository) []string {
	return generate(ctx, repo, func(file string, _ []byte) error {
		return fmt.Errorf("%s is stale", file)
	})
}

func generatedFix(ctx context.Context, repo *repository) []string {
	return generate(ctx, repo, repo.write)
}

// generate hands each file that is not what its generator prints to differs.
func generate(ctx context.Context, repo *repository, differs func(file string, want []byte) error) []string {
	all, err := generators(ctx, repo)
	if err != nil {
		return []string{err.Error()}
	}
	var problems []string
	for _, g := range all {
		want, err := repo.output(ctx, g.dir, alone, g.args[0], g.args[1:]...)
		if err != nil {
			problems = append(problems, err.Error())
			continue
		}
		// A file that cannot be read is stale as well.
		if have, err := repo.read(g.file); err != nil || !bytes.Equal(have, want) {
			if err := differs(g.file, want); err != nil {
				problems = append(problems, err.Error())
			}
		}
	}
	return problems
}
