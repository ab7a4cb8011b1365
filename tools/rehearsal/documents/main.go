// Documents executes the commands of README.md, CONTRIBUTING.md and docs/deploy.md as they are typed, in order, in a
// fresh clone, with the local cloud in place of AWS. It prints each command that it ran, and why it did not run the
// others.
//
// A command is a line of a block that is fenced as `sh`, or a piece of inline code that begins with one of [programs].
// Run it at the root of the repository: `make documents`.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/mejan/mejan/tools/rehearsal/clone"
)

// names are the documents. They are executed one after the other in one clone.
var names = []string{"README.md", "CONTRIBUTING.md", "docs/deploy.md"}

func main() {
	root := flag.String("root", "../..", "root of the repository")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, *root, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "documents:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, root string, out io.Writer) error {
	var typed []command
	for _, name := range names {
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			return err
		}
		found, err := commands(name, string(text))
		if err != nil {
			return err
		}
		typed = append(typed, found...)
	}
	toRun, spared, err := sort(typed)
	if err != nil {
		return err
	}
	if err := ready(ctx); err != nil {
		return err
	}
	scratch, err := os.MkdirTemp("", "mejan-documents-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	folder := filepath.Join(scratch, "mejan")
	if err := clone.Make(ctx, root, folder); err != nil {
		return err
	}
	sh, err := startShell(ctx, folder, scratch)
	if err != nil {
		return err
	}
	defer sh.close()
	for _, c := range toRun {
		begun := time.Now()
		fmt.Fprintf(out, "%-20s %s", c.Place, c.Text)
		if err := execute(sh, c); err != nil {
			fmt.Fprintln(out)
			return fmt.Errorf("%s: %w", c.Place, err)
		}
		fmt.Fprintf(out, "  (%.1f s)\n", time.Since(begun).Seconds())
	}
	fmt.Fprintf(out, "\n%d commands ran. These did not:\n", len(toRun))
	for _, c := range spared {
		fmt.Fprintf(out, "%-20s %s  (%s)\n", c.Place, c.Text, c.reason)
	}
	return nil
}

// execute runs one command and waits for what a person would see happen after it.
func execute(sh *shell, c command) error {
	if words, ok := lasting[c.Text]; ok {
		return sh.start(c.Text, words)
	}
	if err := sh.run(c.Text); err != nil {
		return err
	}
	for prefix, happened := range waits {
		if !strings.HasPrefix(c.Text, prefix) {
			continue
		}
		const minute = "for i in $(seq 300); do %[1]s && break; sleep 0.2; done; %[1]s"
		if err := sh.run(fmt.Sprintf(minute, happened)); err != nil {
			return fmt.Errorf("after %s: %w", c.Text, err)
		}
	}
	return nil
}

// ready makes sure of what the commands need, all of it.
func ready(ctx context.Context) error {
	var missing []error
	for _, program := range []string{"bash", "git", "make", "aws"} {
		if _, err := exec.LookPath(program); err != nil {
			missing = append(missing, fmt.Errorf("%w; install it", err))
		}
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return errors.Join(append(missing, fmt.Errorf("%w; stop the local cloud that is running", err))...)
	}
	return errors.Join(append(missing, listener.Close())...)
}
