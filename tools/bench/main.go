// Bench measures the binaries of the functions: their size as released (linux/arm64, stripped), and how long they
// take from exec to their first request for work, on this machine. A minimal handler is the peer in the same run.
//
// Run it on an idle machine at the root of the repository: `make bench`.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
)

func main() {
	root := flag.String("root", "..", "root of the repository")
	starts := flag.Int("starts", 20, "starts of each binary")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, *root, *starts, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, root string, starts int, out io.Writer) error {
	root, err := filepath.Abs(root)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "mejan-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	subjects := subjects()
	for i := range subjects {
		if err := subjects[i].build(ctx, root, dir); err != nil {
			return err
		}
	}
	if err := measureStarts(ctx, subjects, starts); err != nil {
		return err
	}
	return report(out, subjects, starts)
}
