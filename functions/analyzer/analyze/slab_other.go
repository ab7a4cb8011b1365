//go:build !linux

package analyze

import "unsafe"

// preferHugePages leaves the size of pages to the system.
func preferHugePages(unsafe.Pointer, uintptr) {}
