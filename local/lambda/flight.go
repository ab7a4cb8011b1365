package lambda

import "sync"

// flight counts what was accepted and not settled.
type flight struct {
	mu      sync.Mutex
	count   int
	settled chan struct{}
}

// add changes the count.
func (f *flight) add(n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.count == 0 {
		f.settled = make(chan struct{})
	}
	f.count += n
	if f.count == 0 {
		close(f.settled)
	}
}

// empty is closed once the count is zero.
func (f *flight) empty() <-chan struct{} {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.count == 0 {
		closed := make(chan struct{})
		close(closed)
		return closed
	}
	return f.settled
}
