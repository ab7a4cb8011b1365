package main

import (
	"io"
	"testing"

	"github.com/mejan/mejan/cli/files/filestest"
)

// No combination of output flags destroys data, panics, or leaves a temporary file. What cannot work is refused before
// anything is read.
func TestOutputs(t *testing.T) {
	program := func(args []string, stdout, stderr io.Writer) int { return run(t.Context(), args, stdout, stderr) }
	bars := series + good + "," + bad + "]}"
	for _, c := range []filestest.Command{
		{Run: program, Args: []string{"validate"}, Name: "bars.json", Input: bars, Flags: []string{"--processed", "--rejects"}},
		{Run: program, Args: []string{"preview"}, Name: "bars.json", Input: bars, Flags: []string{"--html", "--text"}},
	} {
		t.Run(c.Args[0], c.TryAll)
	}
}
