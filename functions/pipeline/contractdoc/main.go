// Contractdoc renders docs/contract.md from the source of the contract, so that the page says what the code says.
//
// Run it in functions/pipeline: `go run ./contractdoc > ../../docs/contract.md`.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
)

func main() {
	dir := flag.String("dir", ".", "folder of the contract's package")
	flag.Parse()
	if err := run(*dir, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "contractdoc:", err)
		os.Exit(1)
	}
}

func run(dir string, out io.Writer) error {
	contract, err := parse(dir)
	if err != nil {
		return fmt.Errorf("read the contract in %q: %w", dir, err)
	}
	page, err := render(contract, outline())
	if err != nil {
		return fmt.Errorf("render the contract: %w", err)
	}
	_, err = io.WriteString(out, page)
	return err
}
