// Package measure runs programs on chosen cores and tells what they cost.
package measure

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// Cost is what a program used until it ended, together with the programs that it started.
type Cost struct {
	// User and System are the times that a core spent in the program, and in the kernel on its behalf. Unlike the time
	// that passed, they depend little on what else the machine does.
	User   time.Duration `json:"user"`
	System time.Duration `json:"system"`
	// Peak is the most memory that was resident at once, in bytes; of the largest process, where there are several.
	Peak int64 `json:"peak"`
}

// CPU is all of the time.
func (c Cost) CPU() time.Duration { return c.User + c.System }

// Best joins the costs of two runs of the same program: the times of the faster, and the higher peak. Whatever disturbs
// a run makes it slower. No cost joined with one is that one.
func (c Cost) Best(other Cost) Cost {
	best := c
	if c == (Cost{}) || other.CPU() < c.CPU() {
		best = other
	}
	best.Peak = max(c.Peak, other.Peak)
	return best
}

// Meter runs programs.
type Meter struct {
	// Launch is the binary of ../launch.
	Launch string
	// Cores are those that a program may use, as taskset takes them.
	Cores string
}

// Program is a command to be measured.
type Program struct {
	Args []string
	Env  []string
	// Cores overrule the meter's, where set.
	Cores string
	// Outputs are removed before each run, so that no run pays for the deletion of what the one before wrote.
	Outputs []string
}

// Clear removes the outputs.
func (p Program) Clear() error {
	var failed []error
	for _, path := range p.Outputs {
		failed = append(failed, os.RemoveAll(path))
	}
	return errors.Join(failed...)
}

// A turn of a program is as many runs as use turnTime of a core, turnRuns at the most.
const (
	turnTime = 3 * time.Second
	turnRuns = 5
)

// Turn runs a short program several times in a row, and returns what the fastest run cost and what it printed last: its
// first run may start on memory that the machine has put away, and has to be brought back, which the next one finds as
// the program before left it.
func (m Meter) Turn(ctx context.Context, p Program) (best Cost, printed []byte, err error) {
	var used time.Duration
	for run := 0; run < turnRuns && used < turnTime; run++ {
		var cost Cost
		if cost, printed, err = m.Run(ctx, p); err != nil {
			return Cost{}, nil, err
		}
		best = best.Best(cost)
		used += cost.CPU()
	}
	return best, printed, nil
}

// Run runs a program, and returns what it cost and printed.
func (m Meter) Run(ctx context.Context, p Program) (Cost, []byte, error) {
	if err := p.Clear(); err != nil {
		return Cost{}, nil, err
	}
	dir, err := os.MkdirTemp("", "mejan-bench-")
	if err != nil {
		return Cost{}, nil, err
	}
	defer os.RemoveAll(dir)
	note := filepath.Join(dir, "cost")
	cores := p.Cores
	if cores == "" {
		cores = m.Cores
	}
	cmd := exec.CommandContext(ctx, "taskset", append([]string{"-c", cores, m.Launch, note}, p.Args...)...)
	cmd.Env = append(os.Environ(), p.Env...)
	// The program is a child of the launcher's: whoever stops the one stops both.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	var out, complaint bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaint
	if err := cmd.Run(); err != nil {
		return Cost{}, nil, fmt.Errorf("%s: %w\n%s", strings.Join(p.Args, " "), err, complaint.Bytes())
	}
	text, err := os.ReadFile(note)
	if err != nil {
		return Cost{}, nil, err
	}
	var cost Cost
	if err := json.Unmarshal(text, &cost); err != nil {
		return Cost{}, nil, fmt.Errorf("read cost: %w", err)
	}
	return cost, out.Bytes(), nil
}
