package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	"github.com/spf13/cobra"
)

// The programs that carry out what needs a cloud: the one on a laptop, and AWS. They lie beside this one, and take its
// place: signals, output and exit code are their own.
const (
	cloudProgram = "mejan-cloud"
	awsProgram   = "mejan-aws"
)

// cloudCommands are the commands of these programs.
func cloudCommands() []*cobra.Command {
	var all []*cobra.Command
	for _, c := range []struct{ program, name, short string }{
		{cloudProgram, "demo", "Run files through the whole pipeline on this machine"},
		{cloudProgram, "local", "Run the local cloud until stopped, for the AWS CLI and SDKs, with a console in the browser"},
		{awsProgram, "images", "Build the functions' images with ko"},
		{awsProgram, "doctor", "Check what work on this machine needs, and with STAGE what that stage on AWS needs"},
		{awsProgram, "replay", "Try refused rows again by today's rules, and put what passes through the pipeline, once"},
	} {
		all = append(all, &cobra.Command{
			Use: c.name, Short: c.short, DisableFlagParsing: true,
			RunE: func(_ *cobra.Command, args []string) error {
				return become(c.program, append([]string{c.name}, args...))
			},
		})
	}
	return all
}

// become replaces this process by the program of that name. It returns only where that fails.
func become(name string, args []string) error {
	exe, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find %s: %w", name, err)
	}
	program := filepath.Join(filepath.Dir(exe), name)
	err = syscall.Exec(program, append([]string{program}, args...), os.Environ())
	if errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("%s is missing: `make build` makes it", program)
	}
	return fmt.Errorf("start %s: %w", program, err)
}
