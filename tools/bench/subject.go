package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"
)

// subject is one program under measurement.
type subject struct {
	name string
	// module is the folder of its module, pkg its package in there.
	module, pkg string
	peer        bool

	// host is its binary for this machine, size that of its binary for linux/arm64, in bytes.
	host string
	size int64
	// starts has the time from exec to the first request for work, one for each start.
	starts []time.Duration
}

// subjects lists the functions, after the peer that they are compared with.
func subjects() []subject {
	return []subject{
		{name: "minimal handler", module: "tools", pkg: "./bench/peer/handler", peer: true},
		{name: "ingestor", module: "functions/ingestor", pkg: "."},
		{name: "analyzer", module: "functions/analyzer", pkg: "."},
		{name: "notifier", module: "functions/notifier", pkg: "."},
	}
}

// build compiles the binary twice, with the flags of the release: for Lambda, to be weighed, and for this machine, to
// be started.
func (s *subject) build(ctx context.Context, root, dir string) error {
	released := filepath.Join(dir, s.name+".arm64")
	if err := compile(ctx, filepath.Join(root, s.module), s.pkg, released, "linux", "arm64"); err != nil {
		return err
	}
	info, err := os.Stat(released)
	if err != nil {
		return err
	}
	s.size = info.Size()
	s.host = filepath.Join(dir, s.name)
	return compile(ctx, filepath.Join(root, s.module), s.pkg, s.host, runtime.GOOS, runtime.GOARCH)
}

func compile(ctx context.Context, dir, pkg, binary, system, machine string) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false", "-tags=lambda.norpc", "-ldflags=-s -w",
		"-o", binary, pkg)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "CGO_ENABLED=0", "GOOS="+system, "GOARCH="+machine)
	cmd.Stderr = os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("build %s for %s/%s: %w", dir, system, machine, err)
	}
	return nil
}
