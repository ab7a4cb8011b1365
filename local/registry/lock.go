package registry

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// lockFolder makes a folder and waits until no other process holds it. ko overwrites the binaries in its cache in
// place, so two builds at once could read each other's halves. The lock dies with the process.
func lockFolder(folder string) (unlock func(), err error) {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, fmt.Errorf("make folder: %w", err)
	}
	file, err := os.OpenFile(filepath.Join(folder, "lock"), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, fmt.Errorf("open lock: %w", err)
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX); err != nil {
		_ = file.Close()
		return nil, fmt.Errorf("lock folder %q: %w", folder, err)
	}
	// Closing the file releases the lock.
	return func() { _ = file.Close() }, nil
}
