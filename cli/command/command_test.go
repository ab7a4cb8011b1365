package command_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"syscall"
	"testing"

	"github.com/spf13/cobra"

	"github.com/mejan/mejan/cli/command"
)

// shell runs a program with the commands demo and letters show, and gives what a shell would see of it.
func shell(ctx context.Context, line string) (code int, stdout, stderr string) {
	root := &cobra.Command{Use: "mejan", Short: "The program"}
	var out string
	var json bool
	demo := &cobra.Command{
		Use: "demo [FILE…]", Short: "Run files", Args: cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) > 0 && args[0] == "fail" {
				return context.Cause(c.Context())
			}
			_, err := io.WriteString(c.OutOrStdout(), strings.TrimSpace(strings.Join(append(args, out), " ")))
			return err
		},
	}
	demo.Flags().StringVar(&out, "out-dir", "", "folder")
	demo.Flags().BoolVar(&json, "json", false, "JSON")
	letters := &cobra.Command{Use: "letters", Short: "Dead letters"}
	letters.AddCommand(&cobra.Command{
		Use: "show", Short: "Show one", Args: cobra.NoArgs, RunE: func(*cobra.Command, []string) error { return nil },
	})
	root.AddCommand(demo, letters)
	var o, e bytes.Buffer
	code = command.Run(ctx, root, strings.Fields(line), &o, &e)
	return code, o.String(), e.String()
}

// A script can tell a wrong command line from anything else, with or without --help, and a person is shown the way back.
func TestUsage(t *testing.T) {
	for line, want := range map[string]struct {
		code           int
		stdout, stderr string
	}{
		"":                     {0, "Available Commands:", ""},
		"--help":               {0, "Available Commands:", ""},
		"help":                 {0, "Available Commands:", ""},
		"help demo":            {0, "mejan demo [FILE…]", ""},
		"demo --help":          {0, "MEJAN_DEMO_OUT_DIR", ""},
		"help letters show":    {0, "mejan letters show", ""},
		"letters":              {0, "Available Commands:", ""},
		"demo help":            {0, "help", ""},
		"nope":                 {2, "", `unknown command "nope" (see mejan --help)`},
		"help nope":            {2, "", `unknown command "nope"`},
		"nope --help":          {2, "", `unknown command "nope"`},
		"dmeo --json":          {2, "", `unknown command "dmeo"; did you mean demo?`},
		"letters shwo":         {2, "", `unknown command "shwo"; did you mean show? (see mejan letters --help)`},
		"help letters nope":    {2, "", `unknown command "nope"`},
		"letters show me":      {2, "", `"me"`},
		"demo --jsno":          {2, "", "unknown flag: --jsno (see mejan demo --help)"},
		"help --jsno":          {2, "", "unknown flag: --jsno"},
		"completion":           {0, "fish", ""},
		"completion fish":      {0, "__complete", ""},
		"completion bash":      {0, "bash completion V2 for mejan", ""},
		"completion nope":      {2, "", `unknown command "nope"`},
		"completion bash more": {2, "", `"more"`},
		"__complete demo --o":  {0, "--out-dir", ""},
		"__complete de":        {0, "demo\tRun files", ""},
	} {
		code, stdout, stderr := shell(t.Context(), line)
		if code != want.code || !strings.Contains(stdout, want.stdout) || !strings.Contains(stderr, want.stderr) {
			t.Errorf("%q: exit %d, stdout %q, stderr %q; want %+v", line, code, stdout, stderr, want)
		}
		if code != 0 && stdout != "" {
			t.Errorf("%q: stdout %q", line, stdout)
		}
	}
}

// A flag takes its default from the environment. The command line wins, and a value that makes no sense is named.
func TestEnvironment(t *testing.T) {
	t.Setenv("MEJAN_DEMO_OUT_DIR", "results")
	if _, stdout, stderr := shell(t.Context(), "demo x"); stdout != "x results" {
		t.Errorf("got %q, %q", stdout, stderr)
	}
	if _, stdout, _ := shell(t.Context(), "demo x --out-dir elsewhere"); stdout != "x elsewhere" {
		t.Errorf("got %q", stdout)
	}
	t.Setenv("MEJAN_DEMO_JSON", "maybe")
	code, _, stderr := shell(t.Context(), "demo")
	if code != 2 || !strings.Contains(stderr, "environment variable MEJAN_DEMO_JSON") {
		t.Errorf("exit %d, %q", code, stderr)
	}
	if code, _, stderr := shell(t.Context(), "letters show"); code != 0 {
		t.Errorf("a variable of another command: exit %d, %q", code, stderr)
	}
	t.Setenv("MEJAN_DEMO_JSON", "")
	if code, _, stderr := shell(t.Context(), "demo"); code != 0 {
		t.Errorf("an empty variable: exit %d, %q", code, stderr)
	}
}

// A signal shows in the exit code as shells count it, unless the work was done before it came.
func TestStopped(t *testing.T) {
	for signal, want := range map[syscall.Signal]int{syscall.SIGINT: 130, syscall.SIGTERM: 143, syscall.SIGHUP: 129} {
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(command.Stopped{Signal: signal})
		if code, _, stderr := shell(ctx, "demo fail"); code != want || !strings.Contains(stderr, "stopped by "+signal.String()) {
			t.Errorf("%v: exit %d, %q", signal, code, stderr)
		}
		if code, _, _ := shell(ctx, "demo done"); code != 0 {
			t.Errorf("%v after the work was done: exit %d", signal, code)
		}
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("out of order"))
	if code, _, _ := shell(ctx, "demo fail"); code != 1 {
		t.Errorf("another end: exit %d", code)
	}
}
