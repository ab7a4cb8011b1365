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
	return &output{Writer: &reserving{file: file}, name: name, file: file}, nil
}

// reserving writes to a file from its beginning, and reserves room on the disk ahead of that: a file system finds it in
// one go with less work than piece by piece.
type reserving struct {
	file              *os.File
	written, reserved int64
}

// What is reserved at a time is as much as there is, within these bounds, in bytes.
const (
	leastReserved = 1 << 20
	mostReserved  = 64 << 20
)

func (r *reserving) Write(p []byte) (int, error) {
	for r.written+int64(len(p)) > r.reserved {
		more := min(max(r.reserved, leastReserved), mostReserved)
		reserve(r.file, r.reserved, more)
		r.reserved += more
	}
	n, err := r.file.Write(p)
	r.written += int64(n)
	return n, err
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
	// What was reserved and not needed is given back.
	end, err := o.file.Seek(0, io.SeekCurrent)
	if err != nil {
		return err
	}
	const readable = 0o644
	if err := cmp.Or(o.file.Truncate(end), o.file.Chmod(readable), o.file.Close()); err != nil {
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
