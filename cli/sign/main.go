// Command mejan-sign is the part of mejan that signs images and verifies their signatures. It carries Sigstore and
// talks to no registry: it reads a question from its standard input and writes the answers to its standard output, both
// as JSON.
package main

import (
	"github.com/mejan/mejan/cli/command"
	"github.com/mejan/mejan/cli/sigstore"
)

func main() { command.Main(sigstore.Run) }
