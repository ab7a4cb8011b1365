package files

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Output is a file that is written. A nil Output takes everything and keeps nothing. Commit or drop it; Drop after
// Commit does nothing.
type Output struct {
	w io.Writer
	// file is open until the output is committed or dropped; nil for stdout.
	file *os.File
	// name is where a temporary file goes at the end; empty for what is written in place.
	name string
	mode fs.FileMode
}

// Create begins an output: nil for no name, stdout for [Standard]. Pipes and devices are written in place, since they
// cannot be replaced. Opening a pipe waits for its reader, until ctx ends.
func Create(ctx context.Context, stdout io.Writer, name string) (*Output, error) {
	if name == "" {
		return nil, nil
	}
	info, err := os.Stat(name)
	switch {
	case name == Standard, isStdout(stdout, info):
		return &Output{w: stdout}, nil
	case err == nil && info.IsDir():
		return nil, fmt.Errorf("output file %q: %w", name, errFolder)
	case err == nil && !info.Mode().IsRegular():
		file, err := open(ctx, name, os.O_WRONLY)
		if err != nil {
			return nil, fmt.Errorf("output file: %w", err)
		}
		return &Output{w: file, file: file}, nil
	}
	const readable = 0o644
	mode := fs.FileMode(readable)
	if err == nil {
		mode = info.Mode().Perm()
		if name, err = filepath.EvalSymlinks(name); err != nil { // what a link leads to is replaced, not the link
			return nil, fmt.Errorf("output file: %w", err)
		}
	}
	file, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*")
	if err != nil {
		return nil, fmt.Errorf("output file %q: %w", name, err)
	}
	return &Output{w: file, file: file, name: name, mode: mode}, nil
}

// Write implements [io.Writer].
func (f *Output) Write(p []byte) (int, error) {
	if f == nil {
		return len(p), nil
	}
	n, err := f.w.Write(p)
	if err != nil {
		return n, fmt.Errorf("output file: %w", err)
	}
	return n, nil
}

// Commit ends an output and makes its file appear.
func (f *Output) Commit() error {
	if f == nil || f.file == nil {
		return nil
	}
	if f.name == "" {
		if err := f.file.Close(); err != nil {
			return fmt.Errorf("output file: %w", err)
		}
		f.file = nil
		return nil
	}
	if err := errors.Join(f.file.Chmod(f.mode), f.file.Close()); err != nil {
		return fmt.Errorf("output file: %w", err)
	}
	if err := os.Rename(f.file.Name(), f.name); err != nil {
		return fmt.Errorf("output file: %w", err)
	}
	f.file = nil
	return nil
}

// Drop removes what was not committed.
func (f *Output) Drop() {
	if f == nil || f.file == nil {
		return
	}
	_ = f.file.Close()
	if f.name != "" {
		_ = os.Remove(f.file.Name())
	}
	f.file = nil
}
