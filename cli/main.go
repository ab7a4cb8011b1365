// Command mejan is the operator's command: the whole pipeline on a laptop, and the tools around it.
package main

import "github.com/mejan/mejan/cli/command"

func main() { command.Main(run) }
