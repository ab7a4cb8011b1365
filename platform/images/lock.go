package images

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// LockFolder makes a folder and waits until no other process holds it. waiting is the step that progress hears of
// meanwhile. The lock dies with the process.
func LockFolder(ctx context.Context, folder, waiting string, progress Progress) (unlock func(), err error) {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, fmt.Errorf("make folder: %w", err)
	}
	file, err := os.OpenFile(filepath.Join(folder, "lock"), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, fmt.Errorf("open lock: %w", err)
	}
	take := func() error { return syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) }
	err = take()
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = progress.run(waiting, func() (string, error) { return "done", insist(ctx, take) })
	}
	if err != nil {
		_ = file.Close()
		return nil, fmt.Errorf("lock folder %q: %w", folder, err)
	}
	// Closing the file releases the lock.
	return func() { _ = file.Close() }, nil
}

// insist tries to take a lock until it is free or ctx ends.
func insist(ctx context.Context, take func() error) error {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
		if err := take(); !errors.Is(err, syscall.EWOULDBLOCK) {
			return err
		}
	}
}
