package main

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/creack/pty"

	"github.com/mejan/mejan/cli/files/filestest"
)

// build builds the programs into one folder, as the Makefile does.
func build(t *testing.T) (folder string) {
	t.Helper()
	folder = t.TempDir()
	for name, source := range map[string]string{"mejan": ".", cloudProgram: "./cloud", awsProgram: "./aws"} {
		compile := exec.CommandContext(t.Context(), "go", "build", "-ldflags=-s -w", "-o", filepath.Join(folder, name), source)
		if out, err := compile.CombinedOutput(); err != nil {
			t.Fatalf("build %s: %v\n%s", name, err, out)
		}
	}
	return folder
}

// The programs as a person meets them.
func TestPrograms(t *testing.T) {
	folder := build(t)
	t.Run("terminal", func(t *testing.T) { testTerminal(t, folder) })
	t.Run("completion", func(t *testing.T) { testCompletion(t, folder) })
	t.Run("interrupted", func(t *testing.T) { testInterrupted(t, folder) })
}

// A terminal that does not answer: no command asks it for a colour (OSC 11) or for the cursor's place (CSI 6n), the
// answer to which it would wait for.
func testTerminal(t *testing.T, folder string) {
	for line, want := range map[string]string{
		"demo --help":            "mejan demo [FILE…]",
		"help local":             "mejan local [flags]",
		"images --help":          "mejan images [flags]",
		"replay --help":          "mejan replay REJECTS",
		"sign --help":            "mejan sign STAGE [flags]",
		"verify --help":          "mejan verify STAGE [flags]",
		"demo no-such-file.json": "no such file",
	} {
		command := exec.CommandContext(t.Context(), filepath.Join(folder, "mejan"), strings.Fields(line)...)
		command.Env = append(os.Environ(), "TERM=xterm-256color", "CI=")
		terminal, err := pty.Start(command)
		if err != nil {
			t.Fatal(err)
		}
		said, _ := io.ReadAll(terminal) // ends with an error, as a terminal does whose program is gone
		_ = command.Wait()
		_ = terminal.Close()
		if !bytes.Contains(said, []byte(want)) || bytes.ContainsRune(said, '\x1b') {
			t.Errorf("%s: the terminal got %q", line, said)
		}
	}
}

// A shell completes the commands of every program, and their flags.
func testCompletion(t *testing.T, folder string) {
	for line, want := range map[string]string{
		"__complete dem": "demo\t", "__complete demo --ou": "--out\t", "__complete replay --dry": "--dry-run\t",
		"__complete sign --keyl": "--keyless\t",
	} {
		out, err := exec.CommandContext(t.Context(), filepath.Join(folder, "mejan"), strings.Fields(line)...).Output()
		if err != nil || !strings.HasPrefix(string(out), want) {
			t.Errorf("%s: %q, %v", line, out, err)
		}
	}
}

// A signal ends each command at once, shows in the exit code, and leaves no temporary file or folder behind: not those
// of the programs that a command has started either.
func testInterrupted(t *testing.T, folder string) {
	for _, c := range []struct {
		line string
		// after is what the command says, or reads, before the signal comes.
		after  string
		signal syscall.Signal
		code   int
	}{
		{"validate - --processed good.jsonl", "", syscall.SIGINT, 130},
		{"preview - --html mail.html", "", syscall.SIGTERM, 143},
		{"demo --out results", "build ingestor …", syscall.SIGINT, 130},
		{"local --addr 127.0.0.1:0", "The local cloud is up", syscall.SIGINT, 130},
		{"local --addr 127.0.0.1:0 --data data", "The local cloud is up", syscall.SIGTERM, 143},
	} {
		t.Run(c.line, func(t *testing.T) {
			temporary, work := t.TempDir(), t.TempDir()
			command := exec.CommandContext(t.Context(), filepath.Join(folder, "mejan"), strings.Fields(c.line)...)
			command.Dir = work
			if strings.HasPrefix(c.line, "demo") || strings.HasPrefix(c.line, "local") {
				command.Dir = "." // in the checkout
				command.Args = inFolder(command.Args, work)
			}
			command.Env = append(os.Environ(), "TMPDIR="+temporary)
			stdin, err := command.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			said, err := command.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			command.Stderr = command.Stdout
			if err := command.Start(); err != nil {
				t.Fatal(err)
			}
			all := waitFor(t, c.after, stdin, said)
			if err := command.Process.Signal(c.signal); err != nil {
				t.Fatal(err)
			}
			rest, _ := io.ReadAll(said)
			err = command.Wait()
			var exit *exec.ExitError
			if !errors.As(err, &exit) || exit.ExitCode() != c.code {
				t.Errorf("%v, want exit %d:\n%s%s", err, c.code, all, rest)
			}
			if left := filestest.Names(t, temporary); len(left) > 0 {
				t.Errorf("left in TMPDIR: %q", left)
			}
			for _, name := range filestest.Names(t, work) {
				if name != "data" && name != "results" {
					t.Errorf("left in the folder: %q", name)
				}
			}
		})
	}
}

// inFolder makes the folders that a command line names lie in another.
func inFolder(args []string, folder string) []string {
	for i, arg := range args {
		if arg == "results" || arg == "data" {
			args[i] = filepath.Join(folder, arg)
		}
	}
	return args
}

// waitFor waits until a command has said something, or, for "", until it reads what no pipe holds.
func waitFor(t *testing.T, text string, stdin io.Writer, said io.Reader) string {
	t.Helper()
	if text == "" {
		const morePipesHold = 8 << 20
		if _, err := stdin.Write(append([]byte(series), bytes.Repeat([]byte(" "), morePipesHold)...)); err != nil {
			t.Fatal(err)
		}
		return ""
	}
	var all strings.Builder
	reader := bufio.NewReader(said)
	for {
		line, err := reader.ReadString('\n')
		all.WriteString(line)
		if strings.Contains(line, text) {
			return all.String()
		}
		if err != nil {
			t.Fatalf("%v before %q:\n%s", err, text, all.String())
		}
	}
}
