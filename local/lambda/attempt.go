package lambda

import (
	"fmt"
	"time"
)

// handle gives the process an event and waits until it asks for the next one, or is gone. The outcome is nil when the
// process died before it got the event, having been idle.
func (p *process) handle(call *invocation) (out *outcome, alive bool) {
	p.current.Store(&call.id)
	defer p.current.Store(nil)
	run := run{process: p, call: call}
	if out := run.ready(); out != nil {
		p.log(fmt.Sprintf("INIT_REPORT Init Duration: %.2f ms\tStatus: %s",
			float64(time.Since(p.started))/float64(time.Millisecond), out.status), true)
		run.report(*out)
		return out, false
	}
	p.log("START RequestId: "+call.id+" Version: $LATEST", true)
	if out, given := run.deliver(); !given {
		return out, false
	}
	answer, alive := run.answer()
	if answer.err == nil {
		p.output.flush()
		p.log("END RequestId: "+call.id, true)
		run.report(answer)
	}
	return &answer, alive
}

// run is one event in one process.
type run struct {
	*process
	call *invocation
	// begun is when the event was delivered.
	begun time.Time
	// init is how long the process took to ask for its first event, where this event made it start.
	init   time.Duration
	memory int64
}

// ready waits for a new process to ask for an event. It returns nil when it has, and else why it never will.
func (r *run) ready() *outcome {
	if r.asked {
		return nil
	}
	limit := time.NewTimer(r.engine.options.InitTimeout)
	defer limit.Stop()
	var out outcome
	select {
	case <-r.api.asked:
		r.asked, r.init = true, time.Since(r.started)
		r.output.flush()
		return nil
	case out = <-r.api.broken:
		r.kill()
	case <-r.ended:
		// It may have said why before it went.
		select {
		case out = <-r.api.broken:
		default:
			out = failed("Runtime.ExitError", r.crash())
		}
	case <-limit.C:
		r.kill()
		out = failed("Sandbox.Timedout", fmt.Sprintf("RequestId: %s Error: Init timed out after %.2f seconds",
			r.call.id, r.engine.options.InitTimeout.Seconds()))
		out.status = Timeout
	case <-r.engine.stop:
		out = outcome{err: ErrClosed}
	}
	return &out
}

// deliver hands the event over, and says what became of it when that cannot be.
func (r *run) deliver() (out *outcome, given bool) {
	begun := time.Now()
	r.api.expect(r.call.id)
	for {
		select {
		case r.api.deliveries <- delivery{invocation: r.call, deadline: begun.Add(r.function.Timeout)}:
			r.begun = begun
			return nil, true
		case <-r.api.asked:
			// It lost its connection and asks again.
		case <-r.ended:
			if r.init == 0 {
				return nil, false
			}
			crash := failed("Runtime.ExitError", r.crash())
			r.report(crash)
			return &crash, false
		case <-r.engine.stop:
			return &outcome{err: ErrClosed}, false
		}
	}
}

// answer waits until the process has dealt with the event. The invocation lasts until the process asks for another one,
// so that what it does after its response is still accounted to it.
func (r *run) answer() (out outcome, alive bool) {
	limit := time.NewTimer(time.Until(r.begun.Add(r.function.Timeout)))
	defer limit.Stop()
	late := false
	select {
	case out := <-r.api.answers:
		// It is not over yet. The answer goes back to where the end looks for it.
		r.api.answers <- out
		alive, late = r.rest(limit.C)
	case <-r.api.asked:
		alive = true
	case <-r.ended:
	case <-limit.C:
		late = true
	case <-r.engine.stop:
		return outcome{err: ErrClosed}, false
	}
	r.memory = peakMemory(r.command.Process.Pid)
	if late {
		r.kill()
	}
	// From here on no answer is taken; one that was given counts, whatever came after it.
	r.api.expect("")
	select {
	case out = <-r.api.answers:
		return out, alive
	default:
	}
	switch {
	case alive:
		message := "RequestId: " + r.call.id + " Error: Runtime asked for an event without an answer"
		return failed("Runtime.NoResponse", message), true
	case late:
		message := fmt.Sprintf("Task timed out after %.2f seconds", r.function.Timeout.Seconds())
		r.log(r.call.id+" "+message, true)
		out = failed("Sandbox.Timedout", "RequestId: "+r.call.id+" Error: "+message)
		out.status = Timeout
		return out, false
	default:
		return failed("Runtime.ExitError", r.crash()), false
	}
}

// rest waits for what the process still does after its answer.
func (r *run) rest(limit <-chan time.Time) (alive, late bool) {
	select {
	case <-r.api.asked:
		return true, false
	case <-r.ended:
		return false, false
	case <-limit:
		return false, true
	case <-r.engine.stop:
		return false, true
	}
}

// crash says how the process ended, as Lambda does.
func (r *run) crash() string {
	return "RequestId: " + r.call.id + " Error: Runtime exited with error: " + r.exit
}

// report tells that the event is over.
func (r *run) report(out outcome) {
	if out.err != nil {
		return
	}
	report := Report{
		Function: r.function.Name, RequestID: r.call.id, Source: r.call.source, Attempt: r.call.attempt,
		Status: out.status, Started: r.begun, InitDuration: r.init,
		MemoryMB: r.function.MemoryMB, MaxMemoryMB: int((r.memory + 1<<20 - 1) >> 20),
	}
	if out.status != Success {
		report.Error = string(out.payload)
	}
	if r.begun.IsZero() {
		report.Started, report.InitDuration = r.started, time.Since(r.started)
	} else {
		report.Duration = time.Since(r.begun)
	}
	r.log(report.String(), true)
	r.engine.options.Reports(report)
}
