package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"

	"github.com/spf13/cobra"
)

// Sibling is a command that another program carries out: one that lies beside this one and takes its place, so that
// signals, output and exit code are its own.
func Sibling(program, name, short string) *cobra.Command {
	return &cobra.Command{
		Use: name, Short: short, DisableFlagParsing: true,
		RunE: func(_ *cobra.Command, args []string) error {
			return execSibling(program, append([]string{name}, args...))
		},
		ValidArgsFunction: func(_ *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
			// The program knows its own flags. Where it cannot be started, the shell completes nothing.
			_ = execSibling(program, append([]string{cobra.ShellCompRequestCmd, name}, append(args, word)...))
			return nil, cobra.ShellCompDirectiveError
		},
	}
}

// RunSibling runs a command of another program and waits for it. What it says goes to the progress of this one.
func RunSibling(ctx context.Context, program string, p *Progress, args ...string) error {
	path, err := sibling(program)
	if err != nil {
		return err
	}
	child := exec.CommandContext(ctx, path, args...)
	child.Cancel = func() error { return child.Process.Signal(os.Interrupt) }
	child.Stdout, child.Stderr = io.Discard, p.w
	err = child.Run()
	if errors.Is(err, os.ErrNotExist) {
		return missing(path)
	}
	if err != nil {
		return fmt.Errorf("%s %s: %w", program, args[0], err)
	}
	return nil
}

func missing(path string) error { return fmt.Errorf("%s is missing: `make build` makes it", path) }

// sibling is the path of a program of the same folder.
func sibling(name string) (string, error) {
	exe, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("find %s: %w", name, err)
	}
	return filepath.Join(filepath.Dir(exe), name), nil
}

// execSibling replaces this process by a program of the same folder. It returns only if that fails.
func execSibling(name string, args []string) error {
	program, err := sibling(name)
	if err != nil {
		return err
	}
	err = syscall.Exec(program, append([]string{program}, args...), quietStart())
	if errors.Is(err, os.ErrNotExist) {
		return missing(program)
	}
	return fmt.Errorf("start %s: %w", program, err)
}

// quietMark is a value of CI that stands for a variable that is not set.
const quietMark = "until-mejan-has-started"

// quietStart is the environment in which a program starts without a question to the terminal. The Pulumi SDK imports
// github.com/charmbracelet/bubbletea, whose init asks for the background colour and waits 5 s where no answer comes. It
// does not ask where CI is set. [Main] unsets it again.
func quietStart() []string {
	if os.Getenv("CI") == "" {
		_ = os.Setenv("CI", quietMark) // fails only for a name that no variable can have
	}
	return os.Environ()
}

func endQuietStart() {
	if os.Getenv("CI") == quietMark {
		_ = os.Unsetenv("CI")
	}
}
