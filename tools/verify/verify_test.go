package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Promise: an import rule is broken by any way that leads to a forbidden package, and the report shows that way.
func TestViolations(t *testing.T) {
	packages := graph{
		module + "functions/ingestor":        {Imports: []string{module + "functions/ingestor/ingest", "fmt"}},
		module + "functions/ingestor/ingest": {Imports: []string{"example.com/between"}},
		"example.com/between":                {Imports: []string{module + "functions/pipeline/mail"}},
		module + "functions/pipeline/mail":   {},
		module + "functions/pipeline":        {Imports: []string{"fmt"}},
		"fmt":                                {Standard: true},
	}
	tests := map[string]struct {
		rule importRule
		want []string
	}{
		"reached through others": {
			importRule{from: module + "functions/ingestor", never: []string{module + "functions/pipeline/mail"}, why: "no mail"},
			[]string{"functions/ingestor/ingest\n  → example.com/between\n  → " + module + "functions/pipeline/mail", "no mail"},
		},
		"a folder and all below it": {
			importRule{from: module + "functions/...", never: []string{"example.com/..."}, why: "x"},
			[]string{module + "functions/ingestor\n", module + "functions/ingestor/ingest\n"},
		},
		"more than the standard library": {
			importRule{from: module + "functions/ingestor/ingest", never: []string{standardOnly}, why: "x"},
			[]string{"example.com/between"},
		},
		"the standard library alone": {
			importRule{from: module + "functions/pipeline", never: []string{standardOnly}, why: "x"}, nil,
		},
		"a name that only begins alike": {
			importRule{from: module + "functions/ing/...", never: []string{"fmt"}, why: "x"}, nil,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := strings.Join(packages.violations([]importRule{test.rule}), "\n")
			if test.want == nil && got != "" {
				t.Errorf("found %q", got)
			}
			for _, want := range test.want {
				if !strings.Contains(got, want) {
					t.Errorf("report %q does not contain %q", got, want)
				}
			}
		})
	}
}

// Promise: every rule is about a package that can exist, so that a typing mistake does not switch a rule off.
func TestImportRulesNameFoldersOfTheTree(t *testing.T) {
	for _, rule := range importRules() {
		for _, pattern := range append(rule.never, rule.from) {
			folder, ours := strings.CutPrefix(strings.TrimSuffix(pattern, "/..."), module)
			if !ours {
				continue
			}
			if _, err := os.Stat(filepath.Join("../..", folder)); err != nil {
				t.Errorf("rule on %s: %v", rule.from, err)
			}
		}
	}
}

// Promise: files and main functions past their limit are found.
func TestOversized(t *testing.T) {
	long := strings.Repeat("// a line\n", maxFile)
	body := strings.Repeat("\tprintln()\n", maxMain-2)
	tests := map[string]struct {
		text string
		want int
	}{
		"at the limit":        {"package a\n" + long[len("// a line\n"):], 0},
		"past the limit":      {"package a\n" + long, 1},
		"main at the limit":   {"package main\n\nfunc main() {\n" + body + "}\n", 0},
		"main past the limit": {"package main\n\nfunc main() {\n" + body + "\tprintln()\n}\n", 1},
		"main of a library":   {"package a\n\nfunc main() {\n" + body + "\tprintln()\n}\n", 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := oversized("a.go", []byte(test.text)); len(got) != test.want {
				t.Errorf("found %q, want %d problems", got, test.want)
			}
		})
	}
}

// Promise: the report names every check that failed, and offers to repair where that helps.
func TestReportNamesEveryFinding(t *testing.T) {
	repair := func(context.Context, *repository) []string { return nil }
	var out bytes.Buffer
	err := report(&out, []finding{
		{check{name: "format", promise: "p", fix: repair}, []string{"a.go"}},
		{check{name: "size", promise: "q"}, []string{"b.go: long\nvery"}},
	}, false)
	if err == nil || !strings.Contains(err.Error(), "format, size") {
		t.Errorf("error %v does not name both", err)
	}
	for _, want := range []string{"format: p\n  a.go\n", "size: q\n  b.go: long\n  very\n", "make fix"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("report %q does not contain %q", out.String(), want)
		}
	}
}

// Promise: looking for stale files does not touch them.
func TestGeneratedFindLeavesFilesAlone(t *testing.T) {
	root := t.TempDir()
	repo := &repository{root: root}
	write := func(file, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(filepath.Join(root, file)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := repo.write(file, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	for _, page := range []string{"functions/pipeline/contractdoc", "functions/pipeline/logsdoc", "functions/ingestor/checksdoc"} {
		module := filepath.Dir(page)
		write(module+"/go.mod", "module example.com/"+filepath.Base(module)+"\n")
		write(page+"/main.go", "package main\n\nfunc main() { print() }\n")
	}
	write("docs/contract.md", "stale")
	write("docs/logs.md", "")
	write("docs/checks.md", "")
	if got := generatedFind(t.Context(), repo); !slices.Equal(got, []string{"docs/contract.md is stale"}) {
		t.Errorf("found %q", got)
	}
	if text, err := repo.read("docs/contract.md"); err != nil || string(text) != "stale" {
		t.Errorf("page is now %q, %v", text, err)
	}
	if got := generatedFix(t.Context(), repo); got != nil {
		t.Errorf("fix left %q", got)
	}
	if text, err := repo.read("docs/contract.md"); err != nil || len(text) != 0 {
		t.Errorf("page is %q after the repair, %v", text, err)
	}
}

// Promise: a module that would be released with another version than was tested is named, with both versions.
func TestDiffering(t *testing.T) {
	tested := []dependency{{"example.com/a", "v1.2.0"}, {"example.com/b", "v1.0.0"}}
	same := differing("functions/x", tested[:1], tested)
	other := differing("functions/x", []dependency{{"example.com/a", "v1.1.0"}, tested[1]}, tested)
	want := []string{"functions/x: example.com/a v1.1.0 alone, v1.2.0 in the workspace"}
	if same != nil || !slices.Equal(other, want) {
		t.Errorf("same %q, other %q, want none and %q", same, other, want)
	}
}

// Promise: a file that Go completes by itself is reported and put back; only a repair keeps the completed one.
func TestGuard(t *testing.T) {
	repo := &repository{root: t.TempDir()}
	for _, keep := range []bool{false, true} {
		if err := repo.write("go.work.sum", []byte("a\n")); err != nil {
			t.Fatal(err)
		}
		unchanged := repo.guard("go.work.sum")
		if problem := unchanged(false); problem != "" {
			t.Errorf("an untouched file is a problem: %s", problem)
		}
		if err := repo.write("go.work.sum", []byte("a\nb\n")); err != nil {
			t.Fatal(err)
		}
		want := map[bool]string{false: "a\n", true: "a\nb\n"}[keep]
		problem := unchanged(keep)
		if text, err := repo.read("go.work.sum"); err != nil || string(text) != want || (problem == "") != keep {
			t.Errorf("keep %v: file is %q (%v), problem %q", keep, text, err, problem)
		}
	}
}

// Promise: a check that does not exist is refused and not taken as passed.
func TestChoose(t *testing.T) {
	if _, err := choose(checks(), "format,nothing"); err == nil {
		t.Error("a check that does not exist was chosen")
	}
	if got, err := choose(checks(), "size,format"); err != nil || len(got) != 2 || got[0].name != "size" {
		t.Errorf("chose %v, %v", got, err)
	}
}

// Promise: the checks look at what a person writes, and not at build results, hidden folders or generated files.
func TestWritten(t *testing.T) {
	repo := &repository{root: t.TempDir()}
	files := map[string]string{
		"a.go": "package a", "b/c.go": "package c", "b/d.txt": "", ".git/e.go": "package e", "bin/f.go": "package f",
		"b/testdata/g.go": "package g", "h_templ.go": "// Code generated by templ - DO NOT EDIT.\n\npackage h",
		"broken.go": "not Go",
	}
	for file, text := range files {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(repo.root, file)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := repo.write(file, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	got, err := repo.written()
	if want := []string{"a.go", "b/c.go", "broken.go"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("written %v, %v, want %v", got, err, want)
	}
}

// Promise: a module that stands outside the workspace is tidied and linted like the others.
func TestOpenFindsEveryModule(t *testing.T) {
	repo, err := open(t.Context(), "../..")
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(repo.apart)
	if want := []string{"platform/enginetest", "tools", "tools/rehearsal"}; !slices.Equal(repo.apart, want) {
		t.Errorf("outside the workspace: %q, want %q", repo.apart, want)
	}
	if all := repo.all(); len(all) != len(repo.modules)+3 || !slices.Contains(all, "platform") {
		t.Errorf("all modules: %q", all)
	}
}
