// Verify checks what the tests cannot see: formatting, lint, tidy modules, generated files, import rules, sizes, and
// that each module builds without the workspace. All checks run, and what they found is reported at the end.
//
// Run it at the root of the repository through `make verify`, and with -fix through `make fix`. Without -fix it changes
// no file.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"time"
)

func main() {
	fix := flag.Bool("fix", false, "repair what can be repaired")
	only := flag.String("only", "", "run only these checks, separated by commas")
	root := flag.String("root", "..", "root of the repository")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, *root, *only, *fix, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "verify:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, root, only string, fix bool, out io.Writer) error {
	repo, err := open(ctx, root)
	if err != nil {
		return err
	}
	selected, err := choose(checks(), only)
	if err != nil {
		return err
	}
	unchanged := repo.guard("go.work.sum")
	var findings []finding
	for _, c := range selected {
		begun := time.Now()
		fmt.Fprintf(out, "%-10s %-72s ", c.name, c.promise)
		problems := c.apply(ctx, repo, fix)
		verdict := "ok"
		if len(problems) > 0 {
			verdict = "FAILED"
			findings = append(findings, finding{c, problems})
		}
		fmt.Fprintf(out, "%6.1f s  %s\n", time.Since(begun).Seconds(), verdict)
	}
	// Go adds to this file by itself wherever it works on the workspace, so that it can be looked at only now.
	if problem := unchanged(fix); problem != "" {
		sums := check{name: "sums", promise: "go.work.sum has every checksum of the workspace", fix: tidyFix}
		findings = append(findings, finding{sums, []string{problem}})
	}
	if len(findings) == 0 {
		return nil
	}
	return report(out, findings, fix)
}

// finding is what one check found.
type finding struct {
	check    check
	problems []string
}

func report(out io.Writer, findings []finding, fixed bool) error {
	var names []string
	repairable := false
	for _, f := range findings {
		fmt.Fprintf(out, "\n%s: %s\n", f.check.name, f.check.promise)
		for _, problem := range f.problems {
			fmt.Fprintf(out, "  %s\n", strings.Join(shorten(strings.Split(strings.TrimSpace(problem), "\n")), "\n  "))
		}
		names = append(names, f.check.name)
		repairable = repairable || f.check.fix != nil
	}
	if repairable && !fixed {
		fmt.Fprintln(out, "\n`make fix` repairs formatting, tidy modules, generated files and some lint.")
	}
	return fmt.Errorf("%d of the checks did not hold: %s", len(findings), strings.Join(names, ", "))
}

// shorten keeps as many lines as a person reads; the sums of one module can be a thousand.
func shorten(lines []string) []string {
	const most = 60
	if len(lines) <= most {
		return lines
	}
	return append(slices.Clone(lines[:most]), fmt.Sprintf("… and %d more lines", len(lines)-most))
}
