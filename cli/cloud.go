package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	"github.com/spf13/cobra"
)

// cloudProgram carries out the commands that need the cloud on a laptop. It lies beside this one, and takes its place:
// signals, output and exit code are its own.
const cloudProgram = "mejan-cloud"

// cloudCommands are the commands of [cloudProgram].
func cloudCommands() []*cobra.Command {
	var all []*cobra.Command
	for _, c := range []struct{ name, short string }{
		{"demo", "Run files through the whole pipeline on this machine"},
		{"local", "Run the local cloud until stopped, for the AWS CLI and SDKs, with a console in the browser"},
		{"images", "Build the functions' images with ko"},
	} {
		all = append(all, &cobra.Command{
			Use: c.name, Short: c.short, DisableFlagParsing: true,
			RunE: func(_ *cobra.Command, args []string) error { return become(append([]string{c.name}, args...)) },
		})
	}
	return all
}

// become replaces this process by [cloudProgram]. It returns only where that fails.
func become(args []string) error {
	exe, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find %s: %w", cloudProgram, err)
	}
	program := filepath.Join(filepath.Dir(exe), cloudProgram)
	err = syscall.Exec(program, append([]string{program}, args...), os.Environ()) //nolint:gosec // what lies beside us is ours
	if errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("%s is missing: `make build` makes it", program)
	}
	return fmt.Errorf("start %s: %w", program, err)
}
