// Copy copies a file through a buffer of 256 KiB: copy FROM TO. It is the floor of what reads a file and writes one.
package main

import (
	"fmt"
	"io"
	"os"
)

func main() {
	if err := copyFile(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "copy:", err)
		os.Exit(1)
	}
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	// Bare Reader and Writer keep io.CopyBuffer from handing the whole copy to the kernel.
	if _, err := io.CopyBuffer(struct{ io.Writer }{out}, struct{ io.Reader }{in}, make([]byte, 256<<10)); err != nil {
		return err
	}
	return out.Close()
}
