package registry

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Step is one piece of a build. It is told twice: when it begins, and when it has ended.
type Step struct {
	// Name says what is done.
	Name string
	// Ended tells the end from the beginning.
	Ended bool
	// Took is how long it was, once it has ended.
	Took time.Duration
	// Err is why it came to nothing, nil where it did not.
	Err error
}

// tell does a piece of work and tells about it.
func tell(progress func(Step), name string, work func() error) error {
	if progress == nil {
		return work()
	}
	progress(Step{Name: name})
	start := time.Now()
	err := work()
	progress(Step{Name: name, Ended: true, Took: time.Since(start), Err: err})
	return err
}

// koPackage is the tool as tools/go.mod names it.
const koPackage = "github.com/google/ko"

// coldAfter is how long the go command may look for ko before we take it to be compiling it, which lasts minutes. When
// ko is there, it needs one or two seconds.
const coldAfter = 5 * time.Second

// FindKo returns the path of the ko that tools/go.mod of a checkout pins. Where this machine does not have it the go
// command compiles it, and progress is told.
func FindKo(ctx context.Context, root string, progress func(Step)) (string, error) {
	var path string
	find := func() (err error) {
		path, err = toolPath(ctx, filepath.Join(root, "tools"), koPackage)
		return err
	}
	found := make(chan error, 1)
	go func() { found <- find() }()
	cold := time.NewTimer(coldAfter)
	defer cold.Stop()
	select {
	case err := <-found:
		return path, err
	case <-cold.C:
	}
	// The channel orders the write of path before its read here.
	err := tell(progress, "build ko (first time only, some minutes)", func() error { return <-found })
	return path, err
}

// toolPath asks the go command for the binary of a tool that the module in folder declares. It compiles it first where
// the build cache does not have it.
func toolPath(ctx context.Context, folder, tool string) (string, error) {
	// The toolchain wants -C to be the first argument.
	compile := command(ctx, "go", "-C", folder, "tool", "-n", tool)
	compile.Env = append(cleanEnv(compile.Environ()), "GOWORK=off")
	var stdout, stderr bytes.Buffer
	compile.Stdout, compile.Stderr = &stdout, &stderr
	if err := compile.Run(); err != nil {
		return "", fmt.Errorf("build tool %s: %w\n%s", tool, err, bytes.TrimSpace(stderr.Bytes()))
	}
	return strings.TrimSpace(stdout.String()), nil
}

// foreign are variables of the caller that would change what the compiler makes, or that ko refuses next to --platform.
var foreign = []string{
	"GOOS", "GOARCH", "GOARM", "GOARM64", "GOAMD64", "GO386", "GOEXPERIMENT", "GOFIPS140", "GOFLAGS", "GOWORK",
	"CGO_ENABLED", "SOURCE_DATE_EPOCH", "KO_DATA_DATE_EPOCH",
}

// cleanEnv leaves out of an environment what must not have a say in a build.
func cleanEnv(env []string) []string {
	return slices.DeleteFunc(slices.Clone(env), func(variable string) bool {
		name, _, _ := strings.Cut(variable, "=")
		return slices.Contains(foreign, name) || (strings.HasPrefix(name, "KO_") && name != "KO_GO_PATH") || name == "KOCACHE"
	})
}
