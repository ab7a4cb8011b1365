package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// repository is the tree under test.
type repository struct {
	// root is absolute; every other path is relative to it, with slashes.
	root string
	// modules are the folders of the modules of the workspace, in the order of go.work.
	modules []string
	// apart are the folders of the modules outside the workspace: the tools, and the test with the Pulumi engine.
	apart []string
}

// Modules outside the workspace: that of this program, and the one that runs documents and workflows in fresh clones.
const (
	toolsModule     = "tools"
	rehearsalModule = "tools/rehearsal"
)

func open(ctx context.Context, root string) (*repository, error) {
	root, err := filepath.Abs(root)
	if err != nil {
		return nil, err
	}
	repo := &repository{root: root}
	text, err := repo.output(ctx, ".", workspace, "go", "work", "edit", "-json")
	if err != nil {
		return nil, err
	}
	var work struct{ Use []struct{ DiskPath string } }
	if err := json.Unmarshal(text, &work); err != nil {
		return nil, fmt.Errorf("read go.work: %w", err)
	}
	for _, use := range work.Use {
		repo.modules = append(repo.modules, strings.TrimPrefix(use.DiskPath, "./"))
	}
	files, err := repo.files("go.mod")
	for _, file := range files {
		if dir := path.Dir(file); !slices.Contains(repo.modules, dir) {
			repo.apart = append(repo.apart, dir)
		}
	}
	return repo, err
}

// files lists the files of the tree that end in one of the given ways, without hidden folders, build results and test
// data.
func (r *repository) files(endings ...string) ([]string, error) {
	var found []string
	err := filepath.WalkDir(r.root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := entry.Name()
		if entry.IsDir() {
			if path != r.root && (strings.HasPrefix(name, ".") || name == "bin" || name == "out" || name == "testdata") {
				return filepath.SkipDir
			}
			return nil
		}
		for _, ending := range endings {
			if strings.HasSuffix(name, ending) {
				relative, err := filepath.Rel(r.root, path)
				if err != nil {
					return err
				}
				found = append(found, filepath.ToSlash(relative))
				break
			}
		}
		return nil
	})
	return found, err
}

// written lists the Go files that a person writes. Generated ones look as their generator wants.
func (r *repository) written() ([]string, error) {
	sources, err := r.files(".go")
	if err != nil {
		return nil, err
	}
	var kept []string
	for _, file := range sources {
		head, err := parser.ParseFile(token.NewFileSet(), filepath.Join(r.root, file), nil,
			parser.PackageClauseOnly|parser.ParseComments)
		if err != nil || !ast.IsGenerated(head) {
			kept = append(kept, file)
		}
	}
	return kept, nil
}

func (r *repository) read(file string) ([]byte, error) {
	return os.ReadFile(filepath.Join(r.root, file))
}

func (r *repository) write(file string, text []byte) error {
	return os.WriteFile(filepath.Join(r.root, file), text, 0o644)
}

// guard remembers a file. What it returns says whether the file has changed since, and puts it back unless the change
// shall stay.
func (r *repository) guard(file string) func(keep bool) string {
	before, _ := r.read(file) // a file that is not there is as good as an empty one
	return func(keep bool) string {
		after, err := r.read(file)
		if err != nil || keep || bytes.Equal(before, after) {
			return ""
		}
		if err := r.write(file, before); err != nil {
			return err.Error()
		}
		return file + " is not complete"
	}
}

// all lists the folders of every module.
func (r *repository) all() []string { return slices.Concat(r.modules, r.apart) }

// scope says whether a command sees the workspace.
type scope bool

const (
	workspace scope = true
	alone     scope = false
)

// output runs a command in a folder of the tree and returns what it printed on its standard output. The error carries
// what it printed on the other.
func (r *repository) output(ctx context.Context, dir string, s scope, name string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = filepath.Join(r.root, dir)
	cmd.Env = append(os.Environ(), "GOWORK=off")
	if s == workspace {
		cmd.Env = append(os.Environ(), "GOWORK="+filepath.Join(r.root, "go.work"))
	}
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		said := strings.TrimSpace(stderr.String())
		return stdout.Bytes(), fmt.Errorf("%s %s in %s: %w\n%s", filepath.Base(name), strings.Join(args, " "), dir, err, said)
	}
	return stdout.Bytes(), nil
}

// tool gives the path of a pinned tool, building it where the build cache does not have it.
func (r *repository) tool(ctx context.Context, name string) (string, error) {
	path, err := r.output(ctx, toolsModule, alone, "go", "tool", "-n", name)
	if err != nil {
		return "", err
	}
	fields := strings.Fields(string(path))
	if len(fields) != 1 {
		return "", errors.New("go tool -n " + name + ": printed no path")
	}
	return fields[0], nil
}

// every runs one command in each of the given modules, alone, and returns what went wrong.
func (r *repository) every(ctx context.Context, modules []string, name string, args ...string) []string {
	var problems []string
	for _, module := range modules {
		if text, err := r.output(ctx, module, alone, name, args...); err != nil {
			problems = append(problems, err.Error()+"\n"+string(text))
		}
	}
	return problems
}
