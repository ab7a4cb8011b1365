package main

import (
	"context"
	"path/filepath"
	"strings"
)

func formatFind(ctx context.Context, repo *repository) []string { return gofumpt(ctx, repo, "-l") }

func formatFix(ctx context.Context, repo *repository) []string {
	if problems := gofumpt(ctx, repo, "-w"); problems != nil {
		return problems
	}
	return formatFind(ctx, repo)
}

func gofumpt(ctx context.Context, repo *repository, mode string) []string {
	path, err := repo.tool(ctx, "gofumpt")
	if err != nil {
		return []string{err.Error()}
	}
	sources, err := repo.written()
	if err != nil {
		return []string{err.Error()}
	}
	text, err := repo.output(ctx, ".", workspace, path, append([]string{mode}, sources...)...)
	if err != nil {
		return []string{err.Error()}
	}
	return strings.Fields(string(text))
}

func tidyFind(ctx context.Context, repo *repository) []string {
	return repo.every(ctx, repo.all(), "go", "mod", "tidy", "-diff")
}

func tidyFix(ctx context.Context, repo *repository) []string {
	return repo.every(ctx, repo.all(), "go", "mod", "tidy")
}

// aloneFind builds each module as a release does. Nothing is written: with more than one package, or -o to the null
// device, go build keeps its result in the cache.
func aloneFind(ctx context.Context, repo *repository) []string {
	return repo.every(ctx, repo.modules, "go", "build", "-o", "/dev/null", "./...")
}

func vetFind(ctx context.Context, repo *repository) []string {
	var problems []string
	if text, err := repo.output(ctx, ".", workspace, "go", "vet", "work"); err != nil {
		problems = append(problems, err.Error()+string(text))
	}
	// Not the engine test, whose thousand packages go vet reads for two minutes: lint runs the same analyzers on it.
	return append(problems, repo.every(ctx, []string{toolsModule, rehearsalModule}, "go", "vet", "./...")...)
}

func lintFind(ctx context.Context, repo *repository) []string { return lint(ctx, repo) }

func lintFix(ctx context.Context, repo *repository) []string { return lint(ctx, repo, "--fix") }

// lint looks at the modules of the workspace in one run, so that what they share is loaded once, then at the others.
func lint(ctx context.Context, repo *repository, flags ...string) []string {
	path, err := repo.tool(ctx, "golangci-lint")
	if err != nil {
		return []string{err.Error()}
	}
	args := append([]string{"run", "--config", filepath.Join(repo.root, ".golangci.yml")}, flags...)
	var packages []string
	for _, module := range repo.modules {
		packages = append(packages, "./"+module+"/...")
	}
	var problems []string
	if text, err := repo.output(ctx, ".", workspace, path, append(args, packages...)...); err != nil {
		problems = append(problems, string(text), err.Error())
	}
	for _, module := range repo.apart {
		if text, err := repo.output(ctx, module, alone, path, append(args, "./...")...); err != nil {
			problems = append(problems, string(text), err.Error())
		}
	}
	return problems
}
