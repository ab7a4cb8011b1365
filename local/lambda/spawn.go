package lambda

import (
	"os/exec"
	"runtime"
)

// spawner starts every process from one thread of the system. Linux ties a child's death signal to the thread that
// started it, and Go lets idle threads die; this one lives as long as the engine, or the whole program.
type spawner struct {
	starts chan start
	done   chan struct{}
}

type start struct {
	command *exec.Cmd
	err     chan error
}

func newSpawner() *spawner {
	s := &spawner{starts: make(chan start), done: make(chan struct{})}
	go func() {
		defer close(s.done)
		// Never unlocked: the thread goes with the goroutine, when no child is left.
		runtime.LockOSThread()
		for next := range s.starts {
			next.err <- next.command.Start()
		}
	}()
	return s
}

func (s *spawner) start(command *exec.Cmd) error {
	next := start{command: command, err: make(chan error, 1)}
	s.starts <- next
	return <-next.err
}

func (s *spawner) close() {
	close(s.starts)
	<-s.done
}
