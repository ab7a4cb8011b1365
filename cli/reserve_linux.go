package main

import (
	"os"
	"syscall"
)

// reserve asks for room on the disk for so many bytes of a file, from an offset on, without making it longer. A file
// system that cannot do so, or has no such room, finds it when it is written to.
func reserve(file *os.File, from, size int64) {
	const keepSize = 1 // FALLOC_FL_KEEP_SIZE
	_ = syscall.Fallocate(int(file.Fd()), keepSize, from, size)
}
