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
	// written counts what was written to a file that is to appear, reserved the room that it has on the disk.
	written, reserved int64
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
	o := &output{name: name, file: file}
	o.Writer = (*growing)(o)
	return o, nil
}

// Room on the disk is reserved as much again as there is, within these bounds, in bytes: a file system finds it in one
// go with less work than page by page.
const (
	leastReserved = 1 << 20
	mostReserved  = 64 << 20
)

// growing is an output's file, written behind what it has.
type growing output

func (g *growing) Write(p []byte) (int, error) {
	if g.written+int64(len(p)) > g.reserved {
		more := min(max(g.reserved, leastReserved), mostReserved)
		reserve(g.file, g.reserved, more)
		g.reserved += more
	}
	n, err := g.file.Write(p)
	g.written += int64(n)
	return n, err
}

// commit makes the file appear.
func (o *output) commit() error {
	if o.file == nil {
		return nil
	}
	file := o.file
	o.file = nil
	if o.name == "" {
		if err := file.Close(); err != nil {
			return fmt.Errorf("output file: %w", err)
		}
		return nil
	}
	// What was reserved and not needed is given back.
	if err := cmp.Or(file.Truncate(o.written), file.Close()); err != nil {
		return fmt.Errorf("output file: %w", err)
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
