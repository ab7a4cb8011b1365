// Package files opens what a command line names: inputs and outputs. No input is destroyed by an output, a regular file
// appears under its name once it is whole or not at all, and no wait for a pipe outlives the context.
package files

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
)

// Standard is the name of standard input and of standard output.
const Standard = "-"

// errFolder says that a name leads to a folder.
var errFolder = errors.New("is a folder: name a file in it")

// Input is a file that is read. Close it.
type Input struct {
	io.Reader
	// Name is the file's, or "stdin".
	Name string
	// Size is in bytes, 0 where it is not known.
	Size int64
	file *os.File
	stop func() bool
}

// OpenInput opens a file, or standard input for "-". When ctx ends, opening and reading end with its cause, also where
// the system would wait for a pipe or a terminal.
func OpenInput(ctx context.Context, name string) (*Input, error) {
	in := &Input{Name: name, file: os.Stdin, stop: func() bool { return true }}
	if name == Standard {
		in.Name = "stdin"
	} else {
		var err error
		if in.file, err = open(ctx, name, os.O_RDONLY); err != nil {
			return nil, fmt.Errorf("input file: %w", err)
		}
	}
	info, err := in.file.Stat()
	switch {
	case err != nil:
		return nil, fmt.Errorf("input file: %w", err)
	case info.IsDir():
		_ = in.file.Close()
		return nil, fmt.Errorf("input file %q %w", name, errFolder)
	case info.Mode().IsRegular():
		in.Size = info.Size()
		in.Reader = endingReader{ctx, in.file}
	default:
		in.Reader = in.pump(ctx)
	}
	return in, nil
}

// Close ends the reading.
func (in *Input) Close() error {
	in.stop()
	if in.file == os.Stdin {
		return nil
	}
	return in.file.Close()
}

// endingReader reads until ctx ends. It is for what does not wait.
type endingReader struct {
	ctx context.Context //nolint:containedctx // a reader has no other way to learn of it
	r   io.Reader
}

func (r endingReader) Read(p []byte) (int, error) {
	if r.ctx.Err() != nil {
		return 0, context.Cause(r.ctx)
	}
	return r.r.Read(p)
}

// pump reads in a goroutine of its own, which is left behind where the system never answers.
func (in *Input) pump(ctx context.Context) io.Reader {
	r, w := io.Pipe()
	in.stop = context.AfterFunc(ctx, func() { w.CloseWithError(context.Cause(ctx)) })
	go func() {
		const chunk = 256 << 10
		_, err := io.CopyBuffer(struct{ io.Writer }{w}, struct{ io.Reader }{in.file}, make([]byte, chunk))
		w.CloseWithError(err)
	}()
	return r
}

// open opens a file. The system waits with a pipe until its other end is open too; open waits no longer than ctx.
func open(ctx context.Context, name string, flag int) (*os.File, error) {
	type opened struct {
		file *os.File
		err  error
	}
	done := make(chan opened, 1)
	go func() {
		file, err := os.OpenFile(name, flag, 0)
		done <- opened{file, err}
	}()
	select {
	case o := <-done:
		return o.file, o.err
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}
