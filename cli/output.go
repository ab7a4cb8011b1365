package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// output is a file that appears under its name once it is whole, or nothing at all.
type output struct {
	io.Writer
	name string
	file *os.File
}

// newOutput begins to write a file; without a name there is no writer in it.
func newOutput(name string) (*output, error) {
	if name == "" {
		return &output{}, nil
	}
	if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() {
		// A pipe or a device cannot be replaced.
		file, err := os.OpenFile(name, os.O_WRONLY, 0)
		if err != nil {
			return nil, fmt.Errorf("output file: %w", err)
		}
		return &output{Writer: file, file: file}, nil
	}
	file, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*")
	if err != nil {
		return nil, fmt.Errorf("output file: %w", err)
	}
	return &output{Writer: file, name: name, file: file}, nil
}

// commit makes the file appear.
func (o *output) commit() error {
	if o.file == nil {
		return nil
	}
	file := o.file
	o.file = nil
	if err := file.Close(); err != nil {
		return fmt.Errorf("output file: %w", err)
	}
	if o.name == "" {
		return nil
	}
	const readable = 0o644
	if err := os.Chmod(file.Name(), readable); err != nil {
		return fmt.Errorf("output file: %w", err)
	}
	if err := os.Rename(file.Name(), o.name); err != nil {
		return fmt.Errorf("output file: %w", err)
	}
	return nil
}

// drop removes what was not committed.
func (o *output) drop() {
	if o.file == nil {
		return
	}
	_ = o.file.Close()
	if o.name != "" {
		_ = os.Remove(o.file.Name())
	}
}
