package main

import (
	"cmp"
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
	if err := o.finish(); err != nil {
		return fmt.Errorf("output file: %w", err)
	}
	o.file = nil
	return nil
}

func (o *output) finish() error {
	if o.name == "" {
		return o.file.Close()
	}
	const readable = 0o644
	if err := cmp.Or(o.file.Chmod(readable), o.file.Close()); err != nil {
		return err
	}
	return os.Rename(o.file.Name(), o.name)
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
