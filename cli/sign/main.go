// Command mejan-sign is the part of mejan that signs images and verifies their signatures. It carries Sigstore and talks
// to no registry: it reads a question from its standard input and writes the answers, both JSON, to its standard output.
package main

import (
	"github.com/mejan/mejan/cli/command"
	"github.com/mejan/mejan/cli/sigstore"
)

func main() { command.Main(sigstore.Run) }
