package local

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mejan/mejan/local/s3"
)

// Each object becomes one file below the folder, whatever its key: a key cannot write outside it, nor over another.
func TestExportStaysInItsFolder(t *testing.T) {
	store := s3.New(s3.Config{Dir: t.TempDir()})
	if err := store.CreateBucket("data", false); err != nil {
		t.Fatal(err)
	}
	keys := []string{
		"inputs/x.json", "inputs/a b+ü.json", "a", "a/b", "a/b/c", ".", "..", "../out.json", "inputs/../../out.json",
		"inputs/../x.json", "inputs/./x.json", "inputs//x.json", "/out.json", "folder/", "inputs%2Fx.json~", `in\..\x`,
	}
	for _, key := range keys {
		if _, err := store.Put("data", key, nil, strings.NewReader(key)); err != nil {
			t.Fatal(err)
		}
	}
	above := t.TempDir()
	dir := filepath.Join(above, "folder", "s3")
	if err := exportObjects(store, "data", dir); err != nil {
		t.Fatal(err)
	}
	var got []string
	err := filepath.WalkDir(above, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		if !strings.HasPrefix(path, dir+string(filepath.Separator)) {
			t.Errorf("%s lies outside the folder", path)
		}
		content, err := os.ReadFile(path)
		got = append(got, string(content))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(keys)
	slices.Sort(got)
	if diff := cmp.Diff(keys, got); diff != "" {
		t.Errorf("exported (-put +found):\n%s", diff)
	}
	// Where it can be, a file is called as its object.
	if text, err := os.ReadFile(filepath.Join(dir, "inputs", "x.json")); err != nil || string(text) != "inputs/x.json" {
		t.Errorf("inputs/x.json: got %q, error %v", text, err)
	}
}

// A folder with files of someone else, under the names of results, is refused; an earlier export may be replaced.
func TestCheckExport(t *testing.T) {
	for name, test := range map[string]struct {
		files []string
		want  bool
	}{
		"new":          {nil, true},
		"other files":  {[]string{"notes.txt"}, true},
		"export":       {[]string{"summary.json", "logs.jsonl"}, true},
		"someone else": {[]string{"logs.jsonl"}, false},
	} {
		dir := t.TempDir()
		for _, file := range test.files {
			if err := os.WriteFile(filepath.Join(dir, file), nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if err := CheckExport(dir); (err == nil) != test.want {
			t.Errorf("%s: got error %v, want accepted: %t", name, err, test.want)
		}
	}
	if err := CheckExport(filepath.Join(t.TempDir(), "missing")); err != nil {
		t.Errorf("missing folder: %v", err)
	}
}
