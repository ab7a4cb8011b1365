package command

import (
	"context"
	"os"
	"os/signal"
	"slices"
	"syscall"
)

// Stopped is the cause of a context that a signal ended.
type Stopped struct{ Signal syscall.Signal }

func (s Stopped) Error() string { return "stopped by " + s.Signal.String() }

func (s Stopped) exitCode() int { return 128 + int(s.Signal) }

// untilSignal returns a context that ends, with [Stopped] as its cause, when the program is asked to stop. A second
// signal ends the program at once. A signal that the caller ignores, as nohup does, stays ignored.
func untilSignal(parent context.Context) (ctx context.Context, stop func()) {
	asks := slices.DeleteFunc([]os.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP}, signal.Ignored)
	if len(asks) == 0 {
		return parent, func() {} // Notify without names takes every signal
	}
	ctx, cancel := context.WithCancelCause(parent)
	got := make(chan os.Signal, 1)
	signal.Notify(got, asks...)
	go func() {
		select {
		case s := <-got:
			signal.Stop(got)
			if s, ok := s.(syscall.Signal); ok {
				cancel(Stopped{s})
			}
		case <-ctx.Done():
		}
	}()
	return ctx, func() {
		signal.Stop(got)
		cancel(nil)
	}
}
