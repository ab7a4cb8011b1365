package files_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/mejan/mejan/cli/files"
)

// The file that stdout is redirected to is stdout, under whichever name: it is never replaced under the shell's feet,
// and has no room for a second output.
func TestRedirectedStdout(t *testing.T) {
	name := filepath.Join(t.TempDir(), "out")
	stdout, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer stdout.Close()
	target := files.Target{Flag: "--processed", Name: name}
	if !files.TakesStdout(stdout, target) {
		t.Error("a file that stdout goes to is not recognized")
	}
	err = files.Check(stdout, nil, target, files.Target{Flag: "--json", Name: files.Standard})
	if err == nil || !strings.Contains(err.Error(), "--processed and --json both go to stdout") {
		t.Errorf("got %v", err)
	}
	out, err := files.Create(t.Context(), stdout, name)
	if err != nil {
		t.Fatal(err)
	}
	_, writeErr := io.WriteString(out, "rows")
	_, reportErr := io.WriteString(stdout, " report")
	if err := errors.Join(writeErr, out.Commit(), reportErr); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(name); err != nil || string(got) != "rows report" {
		t.Errorf("got %q, %v", got, err)
	}
	if err := files.Check(stdout, []string{name}, files.Target{Flag: "--out", Name: files.Standard}); err == nil {
		t.Error("stdout may be redirected to the input")
	}
}

// A closed pipe is an error and no panic.
func TestClosedPipe(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	r.Close()
	out, err := files.Create(t.Context(), w, files.Standard)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(out, "rows"); !errors.Is(err, syscall.EPIPE) {
		t.Errorf("got %v", err)
	}
}

// An output that is replaced keeps its permissions, and one behind a link stays behind it.
func TestReplaced(t *testing.T) {
	dir := t.TempDir()
	name, link := filepath.Join(dir, "file"), filepath.Join(dir, "link")
	if err := errors.Join(os.WriteFile(name, nil, 0o600), os.Symlink("file", link)); err != nil {
		t.Fatal(err)
	}
	out, err := files.Create(t.Context(), io.Discard, link)
	if err != nil {
		t.Fatal(err)
	}
	_, err = io.WriteString(out, "new")
	if err := errors.Join(err, out.Commit()); err != nil {
		t.Fatal(err)
	}
	info, err := os.Lstat(name)
	if err != nil || info.Mode() != 0o600 || info.Size() != 3 {
		t.Errorf("%v, %v", info, err)
	}
	if target, err := os.Readlink(link); err != nil || target != "file" {
		t.Errorf("the link leads to %q, %v", target, err)
	}
}

// An output that cannot be finished is an error, and leaves nothing behind.
func TestUnfinished(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "file")
	out, err := files.Create(t.Context(), io.Discard, name)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(name, 0o700); err != nil { // which no file can replace
		t.Fatal(err)
	}
	if err := out.Commit(); err == nil {
		t.Error("no error")
	}
	out.Drop()
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
		t.Errorf("left %v, %v", left, err)
	}
}

// An interrupt ends every wait: for the other end of a pipe, and for what comes through it.
func TestInterrupted(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	stopped := errors.New("stopped")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(stopped)
	if _, err := files.OpenInput(ctx, pipe); !errors.Is(err, stopped) {
		t.Errorf("open input: %v", err)
	}
	if _, err := files.Create(ctx, io.Discard, pipe); !errors.Is(err, stopped) {
		t.Errorf("create output: %v", err)
	}

	both, err := os.OpenFile(pipe, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer both.Close()
	regular := filepath.Join(dir, "file")
	if err := os.WriteFile(regular, []byte("begun, and more"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{pipe, regular} {
		ctx, cancel := context.WithCancelCause(t.Context())
		in, err := files.OpenInput(ctx, name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := both.WriteString("begun"); err != nil {
			t.Fatal(err)
		}
		begun := make([]byte, 5)
		if _, err := io.ReadFull(in, begun); err != nil || !bytes.Equal(begun, []byte("begun")) {
			t.Errorf("%s: %q, %v", name, begun, err)
		}
		cancel(stopped)
		if _, err := in.Read(begun); !errors.Is(err, stopped) {
			t.Errorf("%s: read: %v", name, err)
		}
		in.Close()
	}
}
