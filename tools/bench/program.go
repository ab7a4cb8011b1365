package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// program is the path of a program that was built.
func (b *bench) program(name string) string { return filepath.Join(b.dir, "bin", name) }

// peer is the path of a file of a peer that needs no building.
func (b *bench) peer(name string) string {
	return filepath.Join(b.root, "tools", "bench", "peer", name)
}

// node is the folder that the packages of Node.js are installed in.
func (b *bench) node() string { return filepath.Join(b.dir, "npm") }

// buildMejan builds the command as `make programs` does.
func (b *bench) buildMejan(ctx context.Context) error {
	return b.build(ctx, b.root, "go", "build", "-o", b.program("mejan"), "./cli")
}

// buildTool builds the program of a folder of this module.
func (b *bench) buildTool(ctx context.Context, name, folder string) error {
	return b.build(ctx, filepath.Join(b.root, "tools"), "go", "build", "-o", b.program(name), "./bench/"+folder)
}

func (b *bench) build(ctx context.Context, dir string, args ...string) error {
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Dir = dir
	workspace := "GOWORK=off"
	if dir == b.root {
		workspace = "GOWORK="
	}
	cmd.Env = append(os.Environ(), workspace, "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return nil
}

// installed returns how to install what a peer needs, empty where everything is there.
func (b *bench) installed(ctx context.Context, need string) (install string) {
	found := func(name string) bool {
		_, err := exec.LookPath(name)
		return err == nil
	}
	switch need {
	case "python":
		if !found("python3") {
			return "apt-get install python3"
		}
	case "jq":
		if !found("jq") || !found("awk") {
			return "apt-get install jq mawk"
		}
	case "duckdb":
		if _, err := os.Stat(filepath.Join(b.node(), "node_modules", "@duckdb", "node-api")); err != nil || !found("node") {
			return "apt-get install nodejs npm && npm install --prefix out/bench/npm @duckdb/node-api"
		}
	case "simdjson":
		header := exec.CommandContext(ctx, "g++", "-fsyntax-only", "-include", "simdjson.h", "-x", "c++", os.DevNull)
		if header.Run() != nil {
			return "apt-get install g++ libsimdjson-dev"
		}
	}
	return ""
}
