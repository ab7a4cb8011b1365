package lambda

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/mejan/mejan/local/wire"
)

// runtimeAPI is the HTTP interface by which one process gets its events and gives its answers:
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html.
type runtimeAPI struct {
	function Function
	// address is a host, a port and a secret, which only the process gets: without it any program or web page of this
	// machine could take the events away.
	address string
	server  *http.Server
	served  chan struct{}
	stop    chan struct{}

	// asked gets a value each time the process asks for an event; it then waits for deliveries.
	asked      chan struct{}
	deliveries chan delivery
	// answers gets at most one value for each delivery.
	answers chan outcome
	// broken gets the process's report that it cannot start.
	broken chan outcome

	mu      sync.Mutex
	pending string
}

// delivery is an event on its way to a process.
type delivery struct {
	*invocation
	deadline time.Time
}

// apiRoot is the version that runtimes speak.
const apiRoot = "/2018-06-01/runtime"

func serveRuntime(function Function) (*runtimeAPI, error) {
	var config net.ListenConfig
	listener, err := config.Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen for the runtime: %w", err)
	}
	secret := "/" + rand.Text()
	api := &runtimeAPI{
		function:   function,
		address:    listener.Addr().String() + secret,
		served:     make(chan struct{}),
		stop:       make(chan struct{}),
		asked:      make(chan struct{}),
		deliveries: make(chan delivery),
		answers:    make(chan outcome, 1),
		broken:     make(chan outcome, 1),
	}
	routes := http.NewServeMux()
	routes.HandleFunc("GET "+apiRoot+"/invocation/next", api.next)
	routes.HandleFunc("POST "+apiRoot+"/invocation/{id}/response", api.response)
	routes.HandleFunc("POST "+apiRoot+"/invocation/{id}/error", api.failure)
	routes.HandleFunc("POST "+apiRoot+"/init/error", api.initError)
	api.server = &http.Server{
		Handler:           wire.ProgramsOnly(http.StripPrefix(secret, routes)),
		ErrorLog:          log.New(io.Discard, "", 0),
		ReadHeaderTimeout: time.Minute,
	}
	go func() {
		defer close(api.served)
		_ = api.server.Serve(listener)
	}()
	return api, nil
}

// close ends the interface of a process that is gone, and waits for its goroutines.
func (a *runtimeAPI) close() {
	close(a.stop)
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if a.server.Shutdown(ctx) != nil {
		_ = a.server.Close()
	}
	<-a.served
}

// next holds the process until there is an event.
func (a *runtimeAPI) next(w http.ResponseWriter, r *http.Request) {
	select {
	case a.asked <- struct{}{}:
	case <-r.Context().Done():
		return
	case <-a.stop:
		return
	}
	select {
	case event := <-a.deliveries:
		header := w.Header()
		header.Set("Content-Type", "application/json")
		header.Set("Lambda-Runtime-Aws-Request-Id", event.id)
		header.Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(event.deadline.UnixMilli(), 10))
		header.Set("Lambda-Runtime-Invoked-Function-Arn", a.function.ARN)
		header.Set("Lambda-Runtime-Trace-Id", event.trace)
		_, _ = w.Write(event.payload)
	case <-r.Context().Done():
	case <-a.stop:
	}
}

// expect names the only invocation that may be answered now.
func (a *runtimeAPI) expect(id string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.pending = id
}

// take passes an answer on and reports whether one to this invocation was due, which it is once. Both happen under one
// lock, so that after another call of expect no answer to an earlier invocation can come.
func (a *runtimeAPI) take(id string, answer outcome) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if id == "" || id != a.pending {
		return false
	}
	a.pending = ""
	a.answers <- answer
	return true
}

// response takes the answer to an event.
func (a *runtimeAPI) response(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, MaxSyncPayload+1))
	if err != nil {
		refuse(w, http.StatusBadRequest, "InvalidRequest", err.Error())
		return
	}
	answer := outcome{status: Success, payload: body}
	tooLarge := len(body) > MaxSyncPayload
	if tooLarge {
		answer = failed("Function.ResponseSizeTooLarge", fmt.Sprintf(
			"Response payload size exceeded maximum allowed payload size (%d bytes).", MaxSyncPayload))
	}
	switch {
	case !a.take(r.PathValue("id"), answer):
		refuse(w, http.StatusBadRequest, "InvalidRequestID", "Invalid request ID")
	case tooLarge:
		refuse(w, http.StatusRequestEntityTooLarge, "RequestEntityTooLarge", "Exceeded maximum allowed payload size")
	default:
		accept(w)
	}
}

// failure takes the error that an event ended with.
func (a *runtimeAPI) failure(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, MaxSyncPayload))
	switch {
	case err != nil:
		refuse(w, http.StatusBadRequest, "InvalidRequest", err.Error())
	case !a.take(r.PathValue("id"), outcome{status: Failure, payload: body}):
		refuse(w, http.StatusBadRequest, "InvalidRequestID", "Invalid request ID")
	default:
		accept(w)
	}
}

// initError takes the reason why the process cannot start.
func (a *runtimeAPI) initError(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, MaxSyncPayload))
	if err != nil {
		refuse(w, http.StatusBadRequest, "InvalidRequest", err.Error())
		return
	}
	select {
	case a.broken <- outcome{status: Failure, payload: body}:
	default:
	}
	accept(w)
}

func accept(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusAccepted)
	_, _ = io.WriteString(w, `{"status":"OK"}`)
}

func refuse(w http.ResponseWriter, status int, kind, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(failed(kind, message).payload)
}
