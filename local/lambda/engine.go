// Package lambda runs functions as AWS Lambda does: processes are started on demand from a function's image, fed over
// the Runtime API, killed when they pass their timeout, and their failures are retried, bisected and sent on by the
// rules of asynchronous invocations and of stream mappings.
//
// A process has no sandbox: it runs as the caller's user, in the folder of its image, with an environment of its own.
package lambda

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// Errors of calls to an [Engine].
var (
	// ErrUnknownFunction means that no function of that name has been created.
	ErrUnknownFunction = errors.New("function not found")
	// ErrPayloadTooLarge means that an event passes [MaxSyncPayload] or [MaxAsyncPayload].
	ErrPayloadTooLarge = errors.New("payload too large")
	// ErrReservedVariable means that a function's environment sets a name that belongs to Lambda.
	ErrReservedVariable = errors.New("environment variable is reserved by Lambda")
	// ErrClosed means that the engine was closed before the work was done.
	ErrClosed = errors.New("lambda engine is closed")
)

// Limits of Lambda, in bytes.
const (
	// MaxSyncPayload bounds the event and the response of a synchronous invocation.
	MaxSyncPayload = 6 << 20
	// MaxAsyncPayload bounds the event of an asynchronous one.
	MaxAsyncPayload = 1 << 20
)

// Options of an engine. Every field may be left empty. The functions are called by several goroutines at once.
type Options struct {
	// Logs gets each line that a function writes, and the lines that Lambda adds. A line written before a response is
	// told before the invocation ends.
	Logs func(Line)
	// Reports gets each invocation when it has ended.
	Reports func(Report)
	// RetryDelay is how long to wait after the attempt-th failure, counted from 1. On AWS an asynchronous event waits one
	// minute, then two. Here the default is 200 ms, then 400 ms.
	RetryDelay func(attempt int) time.Duration
	// InitTimeout is how long a process may take until it asks for its first event. Lambda's is 10 s, the default.
	InitTimeout time.Duration
	// Now is the clock by which events grow old.
	Now func() time.Time
}

// Engine runs functions. Its methods may be called concurrently.
type Engine struct {
	options Options
	spawner *spawner
	flight  flight
	stop    chan struct{}
	running sync.WaitGroup

	mu     sync.Mutex
	closed bool
	pools  map[string]*pool
}

// New makes an engine. Close it.
func New(options Options) *Engine {
	if options.Logs == nil {
		options.Logs = func(Line) {}
	}
	if options.Reports == nil {
		options.Reports = func(Report) {}
	}
	if options.RetryDelay == nil {
		options.RetryDelay = func(attempt int) time.Duration { return time.Duration(attempt) * 200 * time.Millisecond }
	}
	if options.InitTimeout == 0 {
		options.InitTimeout = 10 * time.Second
	}
	if options.Now == nil {
		options.Now = time.Now
	}
	return &Engine{
		options: options,
		spawner: newSpawner(),
		stop:    make(chan struct{}),
		pools:   make(map[string]*pool),
	}
}

// Create makes a function known. Nothing is started yet. It fails with [ErrReservedVariable], and for a name that is
// taken or an image without an entrypoint.
func (e *Engine) Create(f Function) error {
	if err := f.validate(); err != nil {
		return fmt.Errorf("create function %q: %w", f.Name, err)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case e.closed:
		return ErrClosed
	case e.pools[f.Name] != nil:
		return fmt.Errorf("create function %q: name is taken", f.Name)
	}
	e.pools[f.Name] = &pool{engine: e, function: f.withDefaults(), async: DefaultAsync()}
	return nil
}

// Invoke runs a function and waits for its answer. When the function fails, functionError is "Unhandled" and response
// is the error that Lambda would return, with errorType and errorMessage. The error is [ErrUnknownFunction],
// [ErrPayloadTooLarge], [ErrClosed], or the context's; the invocation goes on when the context ends.
func (e *Engine) Invoke(
	ctx context.Context, function string, payload []byte,
) (response []byte, functionError string, err error) {
	p, err := e.pool(function)
	if err != nil {
		return nil, "", err
	}
	if len(payload) > MaxSyncPayload {
		return nil, "", fmt.Errorf("invoke %q with %d bytes: %w", function, len(payload), ErrPayloadTooLarge)
	}
	call := newInvocation(newID(), payload, "invoke", 1)
	ended := make(chan outcome, 1)
	work := func() {
		p.submit(call)
		ended <- <-call.result
	}
	if !e.begin(work) {
		return nil, "", ErrClosed
	}
	select {
	case out := <-ended:
		return out.payload, out.functionError(), out.err
	case <-ctx.Done():
		return nil, "", fmt.Errorf("invoke %q: %w", function, ctx.Err())
	}
}

// Idle waits until nothing is in flight: no event queued, running or waiting for a retry, no record of a stream
// unsettled. It fails when ctx ends or the engine is closed first. Work that arrives from elsewhere a moment later is
// not its concern.
func (e *Engine) Idle(ctx context.Context) error {
	select {
	case <-e.flight.empty():
	case <-ctx.Done():
		return fmt.Errorf("wait for functions: %w", ctx.Err())
	case <-e.stop:
	}
	select {
	case <-e.stop:
		return ErrClosed
	default:
		return nil
	}
}

// Close stops every process and waits until nothing of the engine runs. What is in flight is lost.
func (e *Engine) Close() {
	e.mu.Lock()
	if e.closed {
		e.mu.Unlock()
		return
	}
	e.closed = true
	close(e.stop)
	pools := e.pools
	e.mu.Unlock()
	for _, p := range pools {
		p.drop()
	}
	e.running.Wait()
	e.spawner.close()
}

// pool finds a function.
func (e *Engine) pool(function string) (*pool, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	p := e.pools[function]
	if p == nil {
		return nil, fmt.Errorf("function %q: %w", function, ErrUnknownFunction)
	}
	return p, nil
}

// Function is a function as it was created, and whether there is one of that name.
func (e *Engine) Function(name string) (Function, bool) {
	p, err := e.pool(name)
	if err != nil {
		return Function{}, false
	}
	return p.function, true
}

// begin counts one thing as in flight and works on it in a goroutine that [Engine.Close] waits for. It reports whether
// the engine still takes work.
func (e *Engine) begin(work func()) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return false
	}
	e.flight.add(1)
	e.running.Go(func() {
		defer e.flight.add(-1)
		work()
	})
	return true
}

// pause waits, and reports whether the engine is still open afterwards.
func (e *Engine) pause(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-e.stop:
		return false
	}
}
