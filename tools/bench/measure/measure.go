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
	// CPU is time in the program and in the kernel on its behalf. Unlike the time that passed, it hardly depends on what
	// else the machine does.
	CPU time.Duration `json:"cpu"`
	// Peak is the most memory that was resident at once, in bytes; of the largest process, where there are several.
	Peak int64 `json:"peak"`
}

// Meter runs programs.
type Meter struct {
	// Launch is the binary of ../launch.
	Launch string
	// Cores are those that a program may use, as taskset takes them.
	Cores string
	// Repeat is how often a program is run at most, Enough the CPU time after which it is not run again.
	Repeat int
	Enough time.Duration
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

// Best runs a program several times and returns the least CPU time and the highest peak that were seen, and what the
// program printed the last time.
func (m Meter) Best(ctx context.Context, p Program) (Cost, []byte, error) {
	var printed []byte
	cost, err := m.Least(func() (Cost, error) {
		var cost Cost
		var err error
		cost, printed, err = m.once(ctx, p)
		return cost, err
	})
	return cost, printed, err
}

// Least does something several times, as Best does.
func (m Meter) Least(run func() (Cost, error)) (Cost, error) {
	var best Cost
	var spent time.Duration
	for n := 0; n < m.Repeat && (n == 0 || spent < m.Enough); n++ {
		cost, err := run()
		if err != nil {
			return Cost{}, err
		}
		if n == 0 {
			best = cost
		}
		best.CPU, best.Peak = min(best.CPU, cost.CPU), max(best.Peak, cost.Peak)
		spent += cost.CPU
	}
	return best, nil
}

func (m Meter) once(ctx context.Context, p Program) (Cost, []byte, error) {
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
