package main

import (
	"context"
	"fmt"
	"os/exec"
	"strings"
	"time"
)

// function is one that was started and gets its work from a listener.
type function struct {
	lambda *listener
	cmd    *exec.Cmd
	said   strings.Builder
	cancel context.CancelFunc
	// ended is closed once the process is gone.
	ended chan struct{}
}

// begin starts a function: the binary and its arguments. It runs for patience at most.
func (l *listener) begin(ctx context.Context, patience time.Duration, env []string, args ...string) (*function, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	f := &function{lambda: l, cancel: cancel, ended: make(chan struct{})}
	f.cmd = exec.CommandContext(ctx, args[0], args[1:]...)
	f.cmd.Env = append(environment(l.address), env...)
	f.cmd.Stdout, f.cmd.Stderr = &f.said, &f.said
	if err := f.cmd.Start(); err != nil {
		cancel()
		return nil, err
	}
	go func() {
		defer close(f.ended)
		_ = f.cmd.Wait() // how it ended is in ProcessState
	}()
	return f, nil
}

// asks waits until the function asks for work.
func (f *function) asks() error {
	select {
	case <-f.lambda.asked:
		return nil
	case <-f.ended:
		return fmt.Errorf("ended before it asked for work: %s\n%s", f.cmd.ProcessState, f.said.String())
	}
}

// answers waits until the function has handled its event.
func (f *function) answers() error {
	select {
	case err := <-f.lambda.answers:
		return err
	case <-f.ended:
		return fmt.Errorf("ended before it answered: %s\n%s", f.cmd.ProcessState, f.said.String())
	}
}

// stop ends the function. Afterwards, said has all that it said.
func (f *function) stop() {
	f.cancel()
	<-f.ended
}

// environment is what Lambda and the Pulumi program set. Values are made up. A variable that a function requires and
// that is missing here ends its start with an error that names it.
func environment(runtimeAPI string) []string {
	return []string{
		"AWS_LAMBDA_RUNTIME_API=" + runtimeAPI,
		"AWS_LAMBDA_FUNCTION_NAME=mejan-bench", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE=512",
		"AWS_REGION=us-east-1", "AWS_ACCESS_KEY_ID=bench", "AWS_SECRET_ACCESS_KEY=bench", "AWS_SESSION_TOKEN=bench",
		"STAGE=bench", "LOG_LEVEL=info", "EVENT_BUS_NAME=bench", "INGEST_LIMITS=object=10GiB",
		"TABLE_NAME=bench", "MODEL_ID=bench", "MODEL_PRICE=1/1",
		"SENDER_EMAIL=from@example.com", "RECEIVER_EMAIL=to@example.com", "TEST_RECEIVER_EMAIL=test@example.com",
	}
}
