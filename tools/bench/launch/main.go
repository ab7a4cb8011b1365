// Launch runs a program and says what it cost: launch COST PROGRAM ARGUMENT… writes one JSON object to the file COST.
//
// It stands between the benchmark and the program because Linux counts the memory of the process that starts a program
// into the program's own peak; this one has next to none.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"syscall"
)

func main() {
	if err := launch(os.Args[1], os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, "launch:", err)
		os.Exit(1)
	}
}

func launch(cost string, args []string) error {
	cmd := exec.Command(args[0], args[1:]...) //nolint:noctx,gosec // to run what it is told is its job
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w", args[0], err)
	}
	usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return fmt.Errorf("%s: this system does not tell what a program used", args[0])
	}
	text, err := json.Marshal(map[string]int64{
		"user":   int64(cmd.ProcessState.UserTime()),
		"system": int64(cmd.ProcessState.SystemTime()),
		"peak":   usage.Maxrss << 10,
	})
	if err != nil {
		return err
	}
	return os.WriteFile(cost, text, 0o644)
}
