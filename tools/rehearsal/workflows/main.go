// Workflows rehearses .github/workflows: it runs the `run:` steps of each workflow in order, in fresh clones, as GitHub
// would. AWS answers on loopback: the local cloud for the stages' data, moto for accounts and repositories, and a
// registry. The real git and gh talk to an imitation of GitHub. Only pulumi is a stub, which writes down how it is
// called: its provider for AWS needs an account.
//
// Run it at the root of the repository through `make workflows`. With -check it runs nothing, and holds the workflows
// against actionlint and the rules of this repository, which `make verify` does.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/mejan/mejan/tools/rehearsal/workflow"
)

func main() {
	root := flag.String("root", "../..", "root of the repository")
	check := flag.Bool("check", false, "only look at the workflows, and run nothing")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, *root, *check, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "workflows:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, root string, check bool, out io.Writer) error {
	root, err := filepath.Abs(root)
	if err != nil {
		return err
	}
	if problems, err := workflow.Check(root); err != nil || len(problems) > 0 {
		return errors.Join(err, errors.New(strings.Join(problems, "\n")))
	}
	if check {
		return nil
	}
	if err := ready(root); err != nil {
		return err
	}
	w, err := newWorld(ctx, root)
	if err != nil {
		return err
	}
	defer w.close()
	for _, s := range scenarios {
		fmt.Fprintf(out, "== %s\n", s.name)
		if err := w.rehearse(ctx, s, out); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	return nil
}

// ready looks for the programs that the steps need, all of them.
func ready(root string) error {
	var missing []error
	for program, how := range map[string]string{
		"gh": "apt-get install gh, or https://cli.github.com", "git": "apt-get install git", "make": "apt-get install make",
		"bash": "apt-get install bash", "moto_server": "pip install 'moto[server]==5.2.1'",
	} {
		if _, err := exec.LookPath(program); err != nil {
			missing = append(missing, fmt.Errorf("%s is missing: %s", program, how))
		}
	}
	if _, err := os.Stat(filepath.Join(root, "bin", "mejan-cloud")); err != nil {
		missing = append(missing, errors.New("bin/mejan-cloud is missing: make workflows builds it"))
	}
	return errors.Join(missing...)
}
