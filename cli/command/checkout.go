package command

import (
	"errors"
	"os"
	"path/filepath"
)

// Checkout finds the root of the repository: the closest folder with Pulumi.yaml and go.work at or above the working
// directory, or above the executable.
func Checkout() (string, error) {
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
