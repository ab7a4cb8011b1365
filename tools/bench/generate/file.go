package generate

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
)

// File is a generated file and what is in it.
type File struct {
	Path    string `json:"-"`
	Version int    `json:"version"`
	Bytes   int64  `json:"bytes"`
	Symbols int    `json:"symbols"`
	Rows    Rows   `json:"rows"`
}

// Make writes the file at a path, unless it is there as an earlier run made it. A note beside it says so; it is written
// last, so that a file that was cut short is made anew.
func Make(path string, write func(io.Writer) (symbols int, rows Rows, err error)) (File, error) {
	note := path + ".note"
	if made, ok := recall(path, note); ok {
		return made, nil
	}
	made := File{Path: path, Version: Version}
	out, err := os.Create(path)
	if err != nil {
		return File{}, err
	}
	defer out.Close()
	if made.Symbols, made.Rows, err = write(out); err != nil {
		return File{}, fmt.Errorf("generate %s: %w", path, err)
	}
	info, err := out.Stat()
	if err != nil {
		return File{}, err
	}
	made.Bytes = info.Size()
	text, err := json.Marshal(made)
	if err != nil {
		return File{}, err
	}
	return made, os.WriteFile(note, text, 0o644)
}

func recall(path, note string) (File, bool) {
	text, err := os.ReadFile(note)
	if err != nil {
		return File{}, false
	}
	made := File{Path: path}
	if json.Unmarshal(text, &made) != nil || made.Version != Version {
		return File{}, false
	}
	info, err := os.Stat(path)
	return made, err == nil && info.Size() == made.Bytes
}
