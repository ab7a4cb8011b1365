package command

import (
	"fmt"
	"io"
	"sync"
	"time"
)

// heartbeat is how often a long step says that it is still at work.
const heartbeat = 10 * time.Second

// Progress tells a person what is happening, one line a step. Safe for concurrent use.
type Progress struct {
	mu    sync.Mutex
	w     io.Writer
	start time.Time
}

// NewProgress starts the clock that lines are told by.
func NewProgress(w io.Writer) *Progress { return &Progress{w: w, start: time.Now()} }

// Printf writes one line under the time since the start.
func (p *Progress) Printf(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	fmt.Fprintf(p.w, "%7.2f s  %s\n", time.Since(p.start).Seconds(), fmt.Sprintf(format, args...))
}

// Step announces a step that may take long, repeats itself while it does, and returns what ends it.
func (p *Progress) Step(what string) (done func(result string)) {
	began := time.Now()
	p.Printf("%s …", what)
	over, quiet := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(quiet)
		tick := time.NewTicker(heartbeat)
		defer tick.Stop()
		for {
			select {
			case <-over:
				return
			case <-tick.C:
				p.Printf("%s … still at it, %.0f s so far", what, time.Since(began).Seconds())
			}
		}
	}()
	var once sync.Once
	return func(result string) {
		once.Do(func() {
			close(over)
			<-quiet
			if result != "" {
				p.Printf("%s: %s, %.1f s", what, result, time.Since(began).Seconds())
			}
		})
	}
}
