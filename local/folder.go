package local

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// ErrOverInput means that results would be written over an input.
var ErrOverInput = errors.New("lies where the results are written, which removes it: name another folder or file")

// CheckExport finds out, before anything long begins, whether Export can write its results into a folder. It makes the
// folder. It refuses one in which Export would remove what it has not written: one that holds a file or folder of the
// name of a result, but no summary.json of an earlier export.
func CheckExport(dir string) error {
	if !exists(filepath.Join(dir, "summary.json")) {
		if name, taken := firstOf(dir, results...); taken {
			return fmt.Errorf("folder for results %q: %q in it is not from an earlier run; name another folder", dir, name)
		}
	}
	folders := []string{dir}
	for _, name := range []string{"s3", "outbox"} { // whose files Export replaces
		if info, err := os.Lstat(filepath.Join(dir, name)); err == nil && info.IsDir() {
			folders = append(folders, filepath.Join(dir, name))
		}
	}
	for _, folder := range folders {
		if err := checkWritable(folder); err != nil {
			return fmt.Errorf("folder for results %q: %w; name another folder", dir, err)
		}
	}
	return nil
}

// CheckInput fails with [ErrOverInput] where the results in a folder would replace this input.
func CheckInput(dir, input string) error {
	path, err := filepath.EvalSymlinks(input)
	if err == nil {
		path, err = filepath.Abs(path)
	}
	if err != nil {
		return fmt.Errorf("input file: %w", err)
	}
	for ; path != filepath.Dir(path); path = filepath.Dir(path) {
		info, err := os.Stat(path)
		if err != nil {
			return fmt.Errorf("input file: %w", err)
		}
		for _, name := range results {
			if result, err := os.Stat(filepath.Join(dir, name)); err == nil && os.SameFile(result, info) {
				return fmt.Errorf("input file %q %w", input, ErrOverInput)
			}
		}
	}
	return nil
}

// CheckData finds out whether a cloud can keep its data in a folder. It makes the folder. It refuses one with a
// logs.jsonl that no cloud has written, because a cloud begins that file anew.
func CheckData(dir string) error {
	_, used := firstOf(dir, "images")
	if name, taken := firstOf(dir, "logs.jsonl"); taken && !used {
		return fmt.Errorf("folder for data %q: %q in it is not from an earlier run; name another folder", dir, name)
	}
	if err := checkWritable(dir); err != nil {
		return fmt.Errorf("folder for data %q: %w; name another folder", dir, err)
	}
	return nil
}

// firstOf is the first of some names that a folder has.
func firstOf(dir string, names ...string) (string, bool) {
	i := slices.IndexFunc(names, func(name string) bool { return exists(filepath.Join(dir, name)) })
	if i < 0 {
		return "", false
	}
	return names[i], true
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// checkWritable makes a folder, and a file in it, which it removes again: permissions alone do not say it all.
func checkWritable(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	probe, err := os.CreateTemp(dir, ".mejan-*")
	if err != nil {
		return err
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}
