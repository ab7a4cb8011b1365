package images

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"
)

// koPackage is the tool as tools/go.mod names it.
const koPackage = "github.com/google/ko"

// coldAfter separates a lookup of ko (one or two seconds) from its compilation (minutes).
const coldAfter = 5 * time.Second

// FindKo returns the path of the ko that tools/go.mod of a checkout pins. The go command compiles ko when this machine
// does not have it; progress hears of that.
func FindKo(ctx context.Context, root string, progress Progress) (string, error) {
	toolchain, err := Toolchain(root)
	if err != nil {
		return "", err
	}
	var path string
	found := make(chan error, 1)
	go func() {
		var err error
		path, err = toolPath(ctx, filepath.Join(root, "tools"), koPackage, toolchain)
		found <- err
	}()
	cold := time.NewTimer(coldAfter)
	defer cold.Stop()
	select {
	case err := <-found:
		return path, err
	case <-cold.C:
	}
	// The channel orders the write of path before its read here.
	err = progress.run("build ko (first time only, some minutes)", func() (string, error) { return "done", <-found })
	return path, err
}

// toolPath asks the go command for the binary of a tool that the module in folder declares. The go command compiles
// the tool first, by the given toolchain, when the build cache lacks it.
func toolPath(ctx context.Context, folder, tool, toolchain string) (string, error) {
	// The go command wants -C to be the first argument.
	compile := command(ctx, "go", "-C", folder, "tool", "-n", tool)
	// The flags are those of the Makefile and of .ko.yaml, so that what ko and the functions share compiles once.
	compile.Env = append(cleanEnv(compile.Environ()), "GOWORK=off", "CGO_ENABLED=0", "GOFLAGS=-trimpath -buildvcs=false",
		"GOTOOLCHAIN="+toolchain)
	var stdout, stderr bytes.Buffer
	compile.Stdout, compile.Stderr = &stdout, &stderr
	if err := compile.Run(); err != nil {
		return "", fmt.Errorf("build tool %s: %w\n%s", tool, err, bytes.TrimSpace(stderr.Bytes()))
	}
	return strings.TrimSpace(stdout.String()), nil
}
