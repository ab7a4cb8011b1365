package pipelinetest

import (
	"errors"
	"sync"
)

// Call is one call that a fake received.
type Call struct {
	// N counts the calls of all fakes that share the same [Faults], from 1.
	N int
	// Op is the method, such as Create; Target is what it was called on, such as an object's key.
	Op, Target string
}

// Faults numbers the calls that fakes receive and decides what goes wrong with them. The hooks run outside every lock,
// so that they may call the fakes themselves: that is how a test lets somebody else be faster. Set them before the
// first call. A nil *Faults lets everything pass.
type Faults struct {
	// Before runs ahead of the call's effect. Its error is what the caller gets, and there is no effect.
	Before func(Call) error
	// After runs behind the effect. Its error is what the caller gets, although the effect took place.
	After func(Call) error

	mu    sync.Mutex
	calls []Call
}

// ErrInjected is the fault that [FailAt] and [CrashAt] inject.
var ErrInjected = errors.New("injected fault")

// FailAt makes the k-th call fail, before its effect or after it, and no other.
func FailAt(k int, after bool) *Faults {
	return failing(after, func(c Call) bool { return c.N == k })
}

// CrashAt makes the k-th call fail, before its effect or after it, and every later call before its effect, until
// [Faults.Revive]: this is what a process that dies looks like from the outside.
func CrashAt(k int, after bool) *Faults {
	f := &Faults{}
	f.Before = func(c Call) error {
		if c.N > k || (c.N == k && !after) {
			return ErrInjected
		}
		return nil
	}
	f.After = func(c Call) error {
		if c.N == k && after {
			return ErrInjected
		}
		return nil
	}
	return f
}

func failing(after bool, hit func(Call) bool) *Faults {
	hook := func(c Call) error {
		if hit(c) {
			return ErrInjected
		}
		return nil
	}
	if after {
		return &Faults{After: hook}
	}
	return &Faults{Before: hook}
}

// Revive lets all further calls pass.
func (f *Faults) Revive() { f.Before, f.After = nil, nil }

// Calls lists the calls so far, in order.
func (f *Faults) Calls() []Call {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]Call(nil), f.calls...)
}

// around carries out effect between the hooks.
func (f *Faults) around(op, target string, effect func() error) error {
	if f == nil {
		return effect()
	}
	f.mu.Lock()
	c := Call{N: len(f.calls) + 1, Op: op, Target: target}
	f.calls = append(f.calls, c)
	f.mu.Unlock()
	if f.Before != nil {
		if err := f.Before(c); err != nil {
			return err
		}
	}
	err := effect()
	if f.After != nil {
		if lost := f.After(c); lost != nil {
			return lost
		}
	}
	return err
}
