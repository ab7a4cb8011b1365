package main

import (
	"bytes"
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
)

// Limits of the house style, in lines. A file past 300 asks for a reason, one past maxFile for a second file.
const (
	maxFile = 500
	maxMain = 60
)

// sizeFind counts lines of Go files that a person writes, tests included.
func sizeFind(_ context.Context, repo *repository) []string {
	sources, err := repo.written()
	if err != nil {
		return []string{err.Error()}
	}
	var problems []string
	for _, file := range sources {
		text, err := repo.read(file)
		if err != nil {
			problems = append(problems, err.Error())
			continue
		}
		problems = append(problems, oversized(file, text)...)
	}
	return problems
}

func oversized(file string, text []byte) []string {
	positions := token.NewFileSet()
	parsed, err := parser.ParseFile(positions, file, text, parser.SkipObjectResolution)
	if err != nil {
		return []string{err.Error()}
	}
	var problems []string
	if lines := bytes.Count(text, []byte("\n")); lines > maxFile {
		problems = append(problems, fmt.Sprintf("%s: %d lines; split it by idea", file, lines))
	}
	for _, declaration := range parsed.Decls {
		fn, ok := declaration.(*ast.FuncDecl)
		if !ok || fn.Recv != nil || fn.Name.Name != "main" || parsed.Name.Name != "main" {
			continue
		}
		lines := positions.Position(fn.End()).Line - positions.Position(fn.Pos()).Line + 1
		if lines > maxMain {
			problems = append(problems, fmt.Sprintf("%s: main has %d lines; move work into functions with errors", file, lines))
		}
	}
	return problems
}
