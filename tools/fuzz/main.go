// Fuzz runs every fuzz target of the workspace, one after the other, each for a while, and stops at the first that
// fails. What the fuzzer writes under testdata/fuzz of the failing package is the input to look at; keep it as a test.
//
// Run it at the root of the repository: `make fuzz`, or `make fuzz FUZZTIME=10m`.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"time"
)

func main() {
	root := flag.String("root", "..", "root of the repository")
	each := flag.Duration("time", time.Minute, "how long each target is fuzzed")
	only := flag.String("only", "", "targets to run, as a regular expression (default all)")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, *root, *each, *only)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "fuzz:", err)
		os.Exit(1)
	}
}

// target is a fuzz test and its package.
type target struct{ name, pkg string }

func run(ctx context.Context, root string, each time.Duration, only string) error {
	targets, err := find(ctx, root, only)
	if err != nil {
		return err
	}
	if len(targets) == 0 {
		return errors.New("no fuzz targets")
	}
	for i, t := range targets {
		fmt.Printf("== %d of %d: %s in %s, %s\n", i+1, len(targets), t.name, t.pkg, each)
		// Making inputs that are merely interesting smaller would take most of the time.
		cmd := command(ctx, root, "go", "test", "-run", "^$", "-fuzz", "^"+t.name+"$", "-fuzztime", each.String(),
			"-fuzzminimizetime", "10x", t.pkg)
		cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
		if err := cmd.Run(); err != nil {
			return fmt.Errorf("%s in %s: %w", t.name, t.pkg, err)
		}
	}
	return nil
}

// find lists the targets of the workspace.
func find(ctx context.Context, root, only string) ([]target, error) {
	if only == "" {
		only = "."
	}
	// Only packages with tests of this kind are built.
	files, err := command(ctx, root, "git", "grep", "-l", "-E", `^func Fuzz\w+\(`, "--", "*_test.go").Output()
	if err != nil {
		return nil, fmt.Errorf("git grep: %w", err)
	}
	seen := make(map[string]bool)
	var targets []target
	for file := range strings.Lines(string(files)) {
		pkg := "./" + file[:strings.LastIndexByte(file, '/')]
		if seen[pkg] {
			continue
		}
		seen[pkg] = true
		cmd := command(ctx, root, "go", "test", "-list", "^Fuzz.*("+only+")", pkg)
		cmd.Stderr = os.Stderr
		names, err := cmd.Output()
		if err != nil {
			return nil, fmt.Errorf("list the tests of %s: %w", pkg, err)
		}
		for line := range strings.Lines(string(names)) {
			if name := strings.TrimSpace(line); strings.HasPrefix(name, "Fuzz") {
				targets = append(targets, target{name, pkg})
			}
		}
	}
	return targets, nil
}

// command runs within the workspace; this program does not.
func command(ctx context.Context, root, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir, cmd.Env = root, append(os.Environ(), "GOWORK=")
	return cmd
}
