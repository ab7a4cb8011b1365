package local

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/mejan/mejan/local/metrics"
	"github.com/mejan/mejan/local/s3"
)

// results are what Export writes, and all that it removes of an earlier one.
var results = []string{"s3", "outbox", "table.json", "logs.jsonl", "metrics.json", "summary.json"}

// Export writes what a session left into a folder, in place of an earlier one's results; other files stay.
func (c *Cloud) Export(dir string, summary Summary) error {
	if err := CheckExport(dir); err != nil {
		return err
	}
	for _, name := range results {
		if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
			return fmt.Errorf("remove earlier results: %w", err)
		}
	}
	return errors.Join(
		exportObjects(c.target.S3, c.Bucket(), filepath.Join(dir, "s3")),
		copyFiles(filepath.Join(c.options.Data, "outbox"), filepath.Join(dir, "outbox")),
		c.logs.flush(),
		copyFile(filepath.Join(c.options.Data, "logs.jsonl"), filepath.Join(dir, "logs.jsonl")),
		writeJSON(filepath.Join(dir, "table.json"), c.analyses()),
		writeJSON(filepath.Join(dir, "metrics.json"), measured(c.target.Metrics.Summary(), summary)),
		writeJSON(filepath.Join(dir, "summary.json"), summary),
	)
}

// measured is what metrics.json holds: the metrics by name, and the alarms that went off.
func measured(metrics map[string]metrics.Stat, summary Summary) map[string]any {
	all := map[string]any{"alarms": summary.Alarms}
	for name, stat := range metrics {
		all[name] = stat
	}
	return all
}

// exportObjects writes each object of a bucket to a file of its own below dir, and nothing outside it.
func exportObjects(store *s3.S3, bucket, dir string) error {
	for object := range store.Objects(bucket) {
		_, content, err := store.Open(bucket, object.Key)
		if err != nil {
			return fmt.Errorf("export object %q: %w", object.Key, err)
		}
		// A key may hold anything. One that would leave the folder, or that is a folder of another key, becomes a single
		// name, with an ending that no such key has.
		path := filepath.Join(dir, filepath.FromSlash(object.Key))
		if !plainPath(object.Key) || occupied(path) {
			path = filepath.Join(dir, url.PathEscape(object.Key)+"~")
		}
		if err := write(path, content); err != nil {
			return fmt.Errorf("export object %q: %w", object.Key, err)
		}
	}
	return nil
}

// plainPath reports whether a key is the path of a file below the folder, spelled in the only way that it can be.
func plainPath(key string) bool {
	return fs.ValidPath(key) && key != "." && filepath.IsLocal(filepath.FromSlash(key))
}

// occupied reports whether a path is taken, or leads through a file.
func occupied(path string) bool {
	_, err := os.Lstat(path)
	return err == nil || !errors.Is(err, fs.ErrNotExist)
}

func copyFiles(from, to string) error {
	entries, err := os.ReadDir(from)
	if err != nil {
		return fmt.Errorf("read folder: %w", err)
	}
	if err := os.MkdirAll(to, 0o755); err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	for _, e := range entries {
		if err := copyFile(filepath.Join(from, e.Name()), filepath.Join(to, e.Name())); err != nil {
			return err
		}
	}
	return nil
}

func copyFile(from, to string) error {
	source, err := os.Open(from)
	if err != nil {
		return fmt.Errorf("copy: %w", err)
	}
	return write(to, source)
}

// write writes and closes content.
func write(path string, content io.ReadCloser) error {
	defer content.Close()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	file, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("write: %w", err)
	}
	if _, err := io.Copy(file, content); err != nil {
		return errors.Join(fmt.Errorf("write %q: %w", path, err), file.Close())
	}
	if err := file.Close(); err != nil {
		return fmt.Errorf("write: %w", err)
	}
	return nil
}

func writeJSON(path string, value any) error {
	data, err := json.Marshal(value, jsontext.WithIndent("  "), json.Deterministic(true))
	if err != nil {
		return fmt.Errorf("encode %q: %w", filepath.Base(path), err)
	}
	if err := os.WriteFile(path, append(data, '\n'), 0o644); err != nil {
		return fmt.Errorf("write: %w", err)
	}
	return nil
}
