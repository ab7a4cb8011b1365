package signature

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
	"time"
)

// ProgramName is the name of the program that carries Sigstore. It lies beside the one that starts it.
const ProgramName = "mejan-sign"

// Program is the program mejan-sign. It is a [Sigstore].
type Program struct {
	// Env is added to the environment of this process, such as AWS_REGION for a key in KMS.
	Env []string
}

// Sign implements [Sigstore].
func (p Program) Sign(ctx context.Context, order Order) ([]Signed, error) {
	return ask[Signed](ctx, p, "sign", order, len(order.Images))
}

// Verify implements [Sigstore].
func (p Program) Verify(ctx context.Context, question Question) ([]Verdict, error) {
	return ask[Verdict](ctx, p, "verify", question, len(question.Images))
}

// ask runs the program once: the question goes to its standard input, the answers come from its standard output.
func ask[Answer any](ctx context.Context, p Program, verb string, question any, images int) ([]Answer, error) {
	exe, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find %s: %w", ProgramName, err)
	}
	input, err := json.Marshal(question)
	if err != nil {
		return nil, err
	}
	program := exec.CommandContext(ctx, filepath.Join(filepath.Dir(exe), ProgramName), verb)
	program.Cancel = func() error { return program.Process.Signal(os.Interrupt) }
	program.WaitDelay = 5 * time.Second
	program.Env = append(program.Environ(), p.Env...)
	program.Stdin = bytes.NewReader(input)
	var stdout, stderr bytes.Buffer
	program.Stdout, program.Stderr = &stdout, &stderr
	err = program.Run()
	var exit *exec.ExitError
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, fmt.Errorf("%s is missing: `make build` makes it", program.Path)
	case errors.As(err, &exit) && stderr.Len() > 0:
		return nil, errors.New(strings.TrimPrefix(strings.TrimSpace(stderr.String()), ProgramName+": "))
	case err != nil:
		return nil, fmt.Errorf("%s %s: %w", ProgramName, verb, err)
	}
	var answers []Answer
	if err := json.Unmarshal(stdout.Bytes(), &answers); err != nil {
		return nil, fmt.Errorf("read the answer of %s %s: %w", ProgramName, verb, err)
	}
	if len(answers) != images {
		return nil, fmt.Errorf("%s is of another version than this program: `make build` makes both", ProgramName)
	}
	return answers, nil
}
