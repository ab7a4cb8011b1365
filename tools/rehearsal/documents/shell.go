package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/mejan/mejan/tools/rehearsal/clone"
)

// patience bounds how long a command may take to be ready: a first compile on a busy machine.
const patience = 15 * time.Minute

// shell is one bash that runs every command, so that a variable that one command exports is there for the next.
type shell struct {
	bash  *exec.Cmd
	stdin io.WriteCloser
	// codes yields the exit code of each command, one line each.
	codes *bufio.Scanner
	// output gets everything that the commands print.
	output *os.File
}

// startShell starts bash in folder. Its output goes to a file in scratch.
func startShell(ctx context.Context, folder, scratch string) (*shell, error) {
	output, err := os.Create(filepath.Join(scratch, "output"))
	if err != nil {
		return nil, err
	}
	codes, told, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	bash := exec.CommandContext(ctx, "bash", "--noprofile", "--norc")
	bash.Dir, bash.Env = folder, clone.Environment(os.Environ())
	bash.Stdout, bash.Stderr = output, output
	bash.ExtraFiles = []*os.File{told} // descriptor 3
	bash.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	bash.Cancel = func() error { return syscall.Kill(-bash.Process.Pid, syscall.SIGTERM) }
	stdin, err := bash.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := bash.Start(); err != nil {
		return nil, fmt.Errorf("start bash: %w", err)
	}
	return &shell{bash, stdin, bufio.NewScanner(codes), output}, told.Close()
}

// close ends everything that the shell started.
func (s *shell) close() {
	_ = s.bash.Cancel()
	_ = s.stdin.Close()
	_ = s.bash.Wait() // the signal ended it
	_ = s.output.Close()
}

// run types a command. A command that fails is an error, with what it printed.
func (s *shell) run(text string) error {
	before, err := s.length()
	if err != nil {
		return err
	}
	// The redirection keeps the command from reading what is typed after it.
	fmt.Fprintf(s.stdin, "{ eval %s; } </dev/null 3>&-; echo $? >&3\n", quote(text))
	if !s.codes.Scan() {
		return fmt.Errorf("bash ended in %s", text)
	}
	if code := s.codes.Text(); code != "0" {
		printed, err := s.since(before)
		if err != nil {
			return err
		}
		return fmt.Errorf("%s: exit %s\n%s", text, code, printed)
	}
	return nil
}

// start types a command that does not end, and waits until it has said the words.
func (s *shell) start(text, words string) error {
	before, err := s.length()
	if err != nil {
		return err
	}
	fmt.Fprintf(s.stdin, "{ eval %s; } </dev/null 3>&- &\n", quote(text))
	for end := time.Now().Add(patience); ; time.Sleep(100 * time.Millisecond) {
		printed, err := s.since(before)
		if err != nil || strings.Contains(printed, words) {
			return err
		}
		if time.Now().After(end) {
			return fmt.Errorf("%s: did not say %q within %s:\n%s", text, words, patience, printed)
		}
	}
}

func (s *shell) length() (int64, error) {
	info, err := s.output.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// since gives what was printed from offset on.
func (s *shell) since(offset int64) (string, error) {
	text, err := os.ReadFile(s.output.Name())
	return string(text[min(offset, int64(len(text))):]), err
}

// quote makes text one word for a shell.
func quote(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }
