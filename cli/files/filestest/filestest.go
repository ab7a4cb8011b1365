// Package filestest tries a command with every combination of its output flags.
package filestest

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// Command is a command that reads one file and writes others.
type Command struct {
	// Run is the program.
	Run func(args []string, stdout, stderr io.Writer) int
	// Args come before the name of the input, which holds Input and is called Name.
	Args        []string
	Name, Input string
	// Flags name an output each.
	Flags []string
	// DefaultsToStdout is set if the first output goes to stdout where its flag is missing.
	DefaultsToStdout bool
}

// places are the values that each flag gets, and the exit code that one alone leads to. IN is the input, DIR a folder,
// and N is another number for each flag.
var places = []struct {
	path string
	code int
}{
	{"", 0},
	{"-", 0},
	{"DIR/new-N", 0},
	{"DIR/shared", 0},
	{"DIR/./shared", 0},
	{"DIR/SHARED", 0},
	{"DIR/old-N", 0},
	{"/dev/null", 0},
	{"DIR/pipe-N", 0},
	{"DIR/link-N", 0},
	{"DIR", 2},
	{"IN", 2},
	{"DIR/hard", 2},
	{"DIR/symbolic", 2},
	{"DIR/to-folder/IN", 2},
	{"/dev/full", 1},
	{"DIR/nowhere/new", 1},
	{"IN/new", 1},
	{"/proc/new", 1},
}

// TryAll runs the command with each pair of places, with and without --json. The exit code must be the one that the
// places lead to, the input must stay as it was, no file may be empty that was written, and none may be left behind.
func (c Command) TryAll(t *testing.T) {
	t.Helper()
	for i, first := range places {
		for j, second := range places {
			if len(c.Flags) == 1 && j > 0 {
				break
			}
			for _, json := range []bool{false, true} {
				want := max(first.code, second.code)
				if collide(first.path, second.path) {
					want = 2
				}
				toStdout := first.path == "-" || second.path == "-" || c.DefaultsToStdout && first.path == ""
				if json && toStdout {
					want = 2
				}
				paths := []string{places[i].path, places[j].path}[:len(c.Flags)]
				c.try(t, want, paths, json)
			}
		}
	}
}

// collide reports whether two flags of these values get in each other's way.
func collide(a, b string) bool {
	spelling := strings.NewReplacer("/./", "/", "SHARED", "shared")
	a, b = spelling.Replace(a), spelling.Replace(b)
	return a == b && a != "" && a != "/dev/null" && !strings.Contains(a, "-N") &&
		a != "DIR/nowhere/new" // whose folder is missing
}

func (c Command) try(t *testing.T, want int, paths []string, json bool) {
	t.Helper()
	dir := t.TempDir()
	input := filepath.Join(dir, c.Name)
	expand := strings.NewReplacer("IN", c.Name, "DIR", dir)
	write := func(name, content string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(c.Name, c.Input)
	for _, err := range []error{
		os.Link(input, filepath.Join(dir, "hard")), os.Symlink(input, filepath.Join(dir, "symbolic")),
		os.Symlink(dir, filepath.Join(dir, "to-folder")),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	var ends []func()
	defer func() {
		for _, end := range ends {
			end()
		}
	}()
	args := append([]string(nil), c.Args...)
	args = append(args, input)
	if json {
		args = append(args, "--json")
	}
	for i, path := range paths {
		if path == "" {
			continue
		}
		n := string(rune('1' + i))
		path = strings.ReplaceAll(expand.Replace(path), "-N", "-"+n)
		if strings.HasPrefix(path, c.Name) {
			path = filepath.Join(dir, path)
		}
		paths[i] = path
		args = append(args, c.Flags[i], path)
		switch filepath.Base(path) {
		case "old-" + n:
			write("old-"+n, "old")
		case "link-" + n:
			write("target-"+n, "old")
			if err := os.Symlink("target-"+n, path); err != nil {
				t.Fatal(err)
			}
		case "pipe-" + n:
			ends = append(ends, readPipe(t, path))
		}
	}
	before := Names(t, dir)

	var stdout, stderr bytes.Buffer
	code := c.Run(args, &stdout, &stderr)
	if code != want {
		t.Errorf("%q: exit %d, want %d: %s", args, code, want, stderr.String())
	}
	if code == 2 && stdout.Len() > 0 {
		t.Errorf("%q: wrong usage, and stdout has %q", args, stdout.String())
	}
	if got, err := os.ReadFile(input); err != nil || string(got) != c.Input {
		t.Errorf("%q: the input is now %q, %v", args, got, err)
	}
	for _, name := range Names(t, dir) {
		path := filepath.Join(dir, name)
		switch {
		case contains(paths, path) && code == 0:
			if info, err := os.Stat(path); err != nil || info.Mode().IsRegular() && info.Size() < 10 {
				t.Errorf("%q: %s is not written: %v", args, name, err)
			}
		case !contains(before, name) && !contains(paths, path):
			t.Errorf("%q: %s is left behind", args, name)
		}
	}
}

// readPipe makes a pipe and reads what is written to it. The end lets go of a pipe that was never opened.
func readPipe(t *testing.T, path string) (end func()) {
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	// Opened for reading and writing, because opening one end alone waits for the other.
	pipe, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = io.Copy(io.Discard, pipe)
	}()
	return func() {
		_ = pipe.Close()
		<-done
	}
}

// Names lists the files and folders in dir, sorted.
func Names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}

func contains(all []string, one string) bool {
	for _, name := range all {
		if filepath.Clean(name) == one {
			return true
		}
	}
	return false
}
