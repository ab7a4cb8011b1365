package wire

import (
	"maps"
	"net/http"
	"sync"
)

// When says at which moment a fault strikes.
type When int

// Moments of a fault.
const (
	// Before fails the call without any effect.
	Before When = iota
	// After carries the call out, then answers that it failed.
	After
	// Lost carries the call out, then drops the connection instead of answering.
	Lost
)

// Fault makes some calls fail. A call that was denied does not count.
type Fault struct {
	// Service and Operation say which calls; an empty one means any.
	Service, Operation string
	// Principal is the ARN of the caller; empty means any.
	Principal string
	// Nth is the first matching call that fails, counted from 1 since the fault was added; 0 means 1.
	Nth int
	// Times is how many matching calls fail from then on; 0 means 1, below 0 means all.
	Times int
	When  When
	// Error is the answer for Before and After; nil means a plain 500.
	Error *Error
}

func (f Fault) matches(service, operation, principal string) bool {
	return (f.Service == "" || f.Service == service) && (f.Operation == "" || f.Operation == operation) &&
		(f.Principal == "" || f.Principal == principal)
}

// strikes reports whether the n-th matching call fails.
func (f Fault) strikes(n int) bool {
	first, times := max(f.Nth, 1), f.Times
	if times == 0 {
		times = 1
	}
	return n >= first && (times < 0 || n < first+times)
}

func (f Fault) answer() *Error {
	if f.Error != nil {
		return f.Error
	}
	return &Error{
		Status: http.StatusInternalServerError, Code: "InternalError",
		Message: "We encountered an internal error. Please try again.",
	}
}

// Kind is a kind of call.
type Kind struct{ Service, Operation string }

// Faults makes calls fail and counts the calls that were allowed. The zero value is ready; methods may be called
// concurrently.
type Faults struct {
	mu    sync.Mutex
	armed []armed
	calls map[Kind]int
}

type armed struct {
	Fault
	seen int
}

// Add arms a fault. Where several strike the same call, the first that was added decides.
func (f *Faults) Add(fault Fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.armed = append(f.armed, armed{Fault: fault})
}

// Clear disarms every fault. Counts stay.
func (f *Faults) Clear() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.armed = nil
}

// Calls is how many calls of each kind were allowed so far, those that a fault struck included.
func (f *Faults) Calls() map[Kind]int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return maps.Clone(f.calls)
}

// next counts a call and tells the fault that strikes it, if one does.
func (f *Faults) next(service, operation, principal string) (Fault, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.calls == nil {
		f.calls = make(map[Kind]int)
	}
	f.calls[Kind{service, operation}]++
	var struck *Fault
	for i := range f.armed {
		a := &f.armed[i]
		if !a.matches(service, operation, principal) {
			continue
		}
		a.seen++
		if struck == nil && a.strikes(a.seen) {
			struck = &a.Fault
		}
	}
	if struck == nil {
		return Fault{}, false
	}
	return *struck, true
}
