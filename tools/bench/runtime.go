package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"
)

// listener is as much of the Lambda Runtime API as a function needs to get ready and to handle one event.
type listener struct {
	server  *http.Server
	address string
	// event is the only one that is handed out, if any.
	event []byte
	// asked hears of each request for work, answers of what became of the event.
	asked   chan struct{}
	answers chan error
}

func listen(ctx context.Context) (*listener, error) {
	socket, err := loopback(ctx)
	if err != nil {
		return nil, err
	}
	l := &listener{address: socket.Addr().String(), asked: make(chan struct{}, 1), answers: make(chan error, 1)}
	const api = "/2018-06-01/runtime/invocation/"
	handler := http.NewServeMux()
	handler.HandleFunc("GET "+api+"next", l.next)
	handler.HandleFunc("POST "+api+"{id}/{ending}", func(w http.ResponseWriter, r *http.Request) {
		said, err := io.ReadAll(r.Body)
		if err == nil && r.PathValue("ending") != "response" {
			err = fmt.Errorf("the function failed: %s", said)
		}
		w.WriteHeader(http.StatusAccepted)
		l.answers <- err
	})
	l.server = &http.Server{Handler: handler, ReadHeaderTimeout: patience}
	go func() { _ = l.server.Serve(socket) }() // it ends by Close
	return l, nil
}

// next hands out the event. A function that asks for the next one waits until it is stopped.
func (l *listener) next(w http.ResponseWriter, r *http.Request) {
	event := l.event
	l.event = nil
	l.asked <- struct{}{}
	if event == nil {
		<-r.Context().Done()
		return
	}
	header := w.Header()
	header.Set("Lambda-Runtime-Aws-Request-Id", "bench")
	header.Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(time.Now().Add(15*time.Minute).UnixMilli(), 10))
	header.Set("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:us-east-1:123456789012:function:mejan-bench")
	_, _ = w.Write(event) // a function that is gone is noticed by who started it
}

func loopback(ctx context.Context) (net.Listener, error) {
	return new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
}
