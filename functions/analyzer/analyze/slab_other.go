//go:build !linux

package analyze

// preferHugePages leaves the size of pages to the system.
func preferHugePages([]block) {}
