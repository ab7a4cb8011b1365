package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os/exec"
	"strings"
	"time"
)

// patience bounds one start; a function that takes longer does not start at all.
const patience = 10 * time.Second

// measureStarts starts every subject in turn, so that whatever else the machine does meets all alike. The first round
// only fills the page cache and does not count.
func measureStarts(ctx context.Context, subjects []subject, starts int) error {
	runtimeAPI, err := listen(ctx)
	if err != nil {
		return err
	}
	defer runtimeAPI.server.Close()
	for round := range starts + 1 {
		for i := range subjects {
			took, err := runtimeAPI.start(ctx, &subjects[i])
			if err != nil {
				return fmt.Errorf("start %s: %w", subjects[i].name, err)
			}
			if round > 0 {
				subjects[i].starts = append(subjects[i].starts, took)
			}
		}
	}
	return nil
}

// listener is as much of the Lambda Runtime API as a function needs to get ready.
type listener struct {
	server  *http.Server
	address string
	// asked gets the time of each request for work.
	asked chan time.Time
}

func listen(ctx context.Context) (*listener, error) {
	socket, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	l := &listener{address: socket.Addr().String(), asked: make(chan time.Time, 1)}
	handler := http.NewServeMux()
	handler.HandleFunc("GET /2018-06-01/runtime/invocation/next", func(_ http.ResponseWriter, r *http.Request) {
		l.asked <- time.Now()
		<-r.Context().Done() // no work ever comes; the function is stopped while it waits
	})
	l.server = &http.Server{Handler: handler, ReadHeaderTimeout: patience}
	go func() { _ = l.server.Serve(socket) }() // it ends by Close
	return l, nil
}

// start runs a function until it asks for work, and returns how long that took.
func (l *listener) start(ctx context.Context, s *subject) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, s.host)
	cmd.Env = environment(l.address)
	var said strings.Builder
	cmd.Stdout, cmd.Stderr = &said, &said
	begun := time.Now()
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = cmd.Wait() // how it ended is in cmd.ProcessState
	}()
	select {
	case at := <-l.asked:
		cancel()
		<-ended
		return at.Sub(begun), nil
	case <-ended:
		return 0, fmt.Errorf("ended before it asked for work: %s\n%s", cmd.ProcessState, said.String())
	}
}

// environment is what Lambda and the Pulumi program set. Values are made up: nothing is called before there is work.
// A variable that a function requires and that is missing here ends its start with an error that names it.
func environment(runtimeAPI string) []string {
	return []string{
		"AWS_LAMBDA_RUNTIME_API=" + runtimeAPI,
		"AWS_LAMBDA_FUNCTION_NAME=mejan-bench", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE=512",
		"AWS_REGION=us-east-1", "AWS_ACCESS_KEY_ID=bench", "AWS_SECRET_ACCESS_KEY=bench", "AWS_SESSION_TOKEN=bench",
		"STAGE=bench", "LOG_LEVEL=info", "EVENT_BUS_NAME=bench", "TABLE_NAME=bench", "MODEL_ID=bench",
		"SENDER_EMAIL=from@example.com", "RECEIVER_EMAIL=to@example.com",
	}
}
