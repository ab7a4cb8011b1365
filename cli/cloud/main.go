// Command mejan-cloud is the part of mejan that runs the cloud on a laptop. It carries the Pulumi SDK, which is why it
// is a program of its own: `mejan demo`, `mejan local` and `mejan images` start it, and the other commands do without.
package main

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/mejan/mejan/cli/command"
)

func main() { command.Main(run) }

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	root := &cobra.Command{Use: "mejan", Short: "The cloud on a laptop"}
	root.AddCommand(demoCommand(), localCommand(), imagesCommand())
	return command.Run(ctx, root, args, stdout, stderr)
}

// checkout finds the root of the repository, which the images are built from: the closest folder with Pulumi.yaml and
// go.work at or above the working directory, else above the executable.
func checkout() (string, error) {
	var starts []string
	if dir, err := os.Getwd(); err == nil {
		starts = append(starts, dir)
	}
	if exe, err := os.Executable(); err == nil {
		starts = append(starts, filepath.Dir(exe))
	}
	for _, dir := range starts {
		for ; ; dir = filepath.Dir(dir) {
			if isFile(filepath.Join(dir, "Pulumi.yaml")) && isFile(filepath.Join(dir, "go.work")) {
				return dir, nil
			}
			if dir == filepath.Dir(dir) {
				break
			}
		}
	}
	return "", errors.New("no checkout of Mejan here: run mejan inside the repository, it builds the functions from it")
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}
