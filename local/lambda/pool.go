package lambda

import (
	"slices"
	"sync"
)

// pool is a function with its processes and the events that wait for one.
type pool struct {
	engine   *Engine
	function Function

	mu     sync.Mutex
	async  AsyncConfig
	queue  []*invocation
	idle   []*worker
	live   int
	closed bool
}

// worker owns at most one process.
type worker struct {
	pool *pool
	// hand takes the next event of a worker that is listed as idle.
	hand chan *invocation
}

// submit gives an event to an idle process, or a new one, or lets it wait when the function's concurrency is used up.
func (p *pool) submit(call *invocation) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.closed:
		call.result <- outcome{err: ErrClosed}
	case len(p.idle) > 0:
		// The one that was used last: others may then stay asleep.
		last := len(p.idle) - 1
		p.idle[last].hand <- call
		p.idle = p.idle[:last]
	case p.live < p.function.ReservedConcurrency:
		p.grow(call)
	default:
		p.queue = append(p.queue, call)
	}
}

// grow adds a worker for an event. The lock is held.
func (p *pool) grow(call *invocation) {
	p.live++
	w := &worker{pool: p, hand: make(chan *invocation, 1)}
	p.engine.running.Go(func() { w.run(call) })
}

// waiting gives a worker the event that waits longest, and lists the worker as idle when there is none.
func (p *pool) waiting(w *worker) *invocation {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.queue) > 0 {
		call := p.queue[0]
		p.queue = p.queue[1:]
		return call
	}
	p.idle = append(p.idle, w)
	return nil
}

// withdraw takes a worker off the list of idle ones. If it was given an event meanwhile, that is returned.
func (p *pool) withdraw(w *worker) *invocation {
	p.mu.Lock()
	defer p.mu.Unlock()
	if at := slices.Index(p.idle, w); at >= 0 {
		p.idle = slices.Delete(p.idle, at, at+1)
		return nil
	}
	return <-w.hand
}

// leave counts a worker out and lets another one take its place where events wait.
func (p *pool) leave() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.live--
	if len(p.queue) > 0 && !p.closed {
		call := p.queue[0]
		p.queue = p.queue[1:]
		p.grow(call)
	}
}

// drop ends what waits, because the engine is closing.
func (p *pool) drop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	for _, call := range p.queue {
		call.result <- outcome{err: ErrClosed}
	}
	p.queue = nil
}

// run starts a process and gives it one event after the other, until it dies or the engine closes.
func (w *worker) run(call *invocation) {
	defer w.pool.leave()
	process, err := startProcess(w.pool.engine, w.pool.function)
	if err != nil {
		call.result <- failed("Runtime.InvalidEntrypoint", err.Error())
		return
	}
	defer process.close()
	for call != nil {
		out, alive := process.handle(call)
		if !alive && out == nil {
			// It died before it got the event; that is nothing the event did.
			w.pool.submit(call)
			return
		}
		call.result <- *out
		if !alive {
			return
		}
		call = w.wait(process)
	}
}

// wait returns the next event for the process, and nil when there will be none.
func (w *worker) wait(process *process) *invocation {
	if call := w.pool.waiting(w); call != nil {
		return call
	}
	select {
	case call := <-w.hand:
		return call
	case <-process.ended:
	case <-w.pool.engine.stop:
	}
	if call := w.pool.withdraw(w); call != nil {
		w.pool.submit(call)
	}
	return nil
}
