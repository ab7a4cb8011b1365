package local_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mejan/mejan/local"
)

// A folder that cannot be written is found before anything is built, and no foreign file is replaced.
func TestCheckExport(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"foreign/s3/mine.txt", "earlier/summary.json", "earlier/s3/a.json", "broken/summary.json", "file"} {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, nil, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]string{
		"new": "", "new/deep": "", "earlier": "", "foreign": `"s3" in it is not from an earlier run`,
		"file": "name another folder", "file/below": "name another folder", "/proc/mejan": "name another folder",
	} {
		path := name
		if !filepath.IsAbs(name) {
			path = filepath.Join(dir, name)
		}
		err := local.CheckExport(path)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v; want %q", name, err, want)
		}
	}
	if left, err := filepath.Glob(filepath.Join(dir, "*", ".mejan-*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// A folder that its owner may not write is refused. Root may write anywhere.
func TestCheckExportReadOnly(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may write anywhere")
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	if err := local.CheckExport(dir); err == nil {
		t.Error("no error")
	}
}

// An input that lies among the results of an earlier run is not removed with them, whatever its name leads through.
func TestCheckInput(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"out/s3/inputs/a.json", "out/summary.json", "out/mine.json", "b.json"} {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, nil, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	err := errors.Join(
		os.Symlink(filepath.Join(dir, "out", "s3", "inputs", "a.json"), filepath.Join(dir, "link.json")),
		os.Symlink(filepath.Join(dir, "out"), filepath.Join(dir, "other")),
	)
	if err != nil {
		t.Fatal(err)
	}
	for name, over := range map[string]bool{
		"out/s3/inputs/a.json": true, "other/s3/inputs/a.json": true, "link.json": true, "out/summary.json": true,
		"out/mine.json": false, "b.json": false,
	} {
		if err := local.CheckInput(filepath.Join(dir, "out"), filepath.Join(dir, name)); errors.Is(err, local.ErrOverInput) != over {
			t.Errorf("%s: %v", name, err)
		}
	}
}
