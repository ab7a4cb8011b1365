// Vulnerabilities looks for known vulnerabilities in the code that each module of the workspace calls. govulncheck asks
// vuln.go.dev, so it needs a network. Run it at the root of the repository: `make vulnerabilities`.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
)

func main() {
	root := flag.String("root", "..", "root of the repository")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, *root)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "vulnerabilities:", err)
		os.Exit(1)
	}
}

// run scans every module, so that one that is affected does not hide another.
func run(ctx context.Context, root string) error {
	text, err := exec.CommandContext(ctx, "go", "work", "edit", "-json", filepath.Join(root, "go.work")).Output()
	if err != nil {
		return fmt.Errorf("read go.work: %w", err)
	}
	var work struct{ Use []struct{ DiskPath string } }
	if err := json.Unmarshal(text, &work); err != nil {
		return fmt.Errorf("read go.work: %w", err)
	}
	var affected []error
	for _, module := range work.Use {
		fmt.Printf("== %s\n", module.DiskPath)
		scan := exec.CommandContext(ctx, "go", "tool", "govulncheck", "-C", filepath.Join(root, module.DiskPath), "./...")
		scan.Stdout, scan.Stderr = os.Stdout, os.Stderr
		scan.Env = append(os.Environ(), "GOWORK=off") // as a release is built
		if err := scan.Run(); err != nil {
			affected = append(affected, fmt.Errorf("govulncheck of %s: %w", module.DiskPath, err))
		}
	}
	return errors.Join(affected...)
}
