package local

import (
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// results are what Export writes, and all that it removes of an earlier one.
var results = []string{"s3", "outbox", "table.json", "logs.jsonl", "metrics.json", "summary.json"}

// Export writes what a session left into a folder, in place of an earlier one's results; other files stay.
func (c *Cloud) Export(dir string, summary Summary) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("make folder for results: %w", err)
	}
	for _, name := range results {
		if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
			return fmt.Errorf("remove earlier results: %w", err)
		}
	}
	return errors.Join(
		c.exportObjects(filepath.Join(dir, "s3")),
		copyFiles(filepath.Join(c.options.Data, "outbox"), filepath.Join(dir, "outbox")),
		c.logs.flush(),
		copyFile(filepath.Join(c.options.Data, "logs.jsonl"), filepath.Join(dir, "logs.jsonl")),
		writeJSON(filepath.Join(dir, "table.json"), c.analyses()),
		writeJSON(filepath.Join(dir, "metrics.json"), c.target.Metrics.Summary()),
		writeJSON(filepath.Join(dir, "summary.json"), summary),
	)
}

func (c *Cloud) exportObjects(dir string) error {
	for object := range c.target.S3.Objects(c.Bucket()) {
		// A key may hold anything; one that would leave the folder is escaped into a single name.
		name := filepath.FromSlash(object.Key)
		if !filepath.IsLocal(name) || filepath.ToSlash(filepath.Clean(name)) != object.Key {
			name = url.PathEscape(object.Key)
		}
		_, content, err := c.target.S3.Open(c.Bucket(), object.Key)
		if err != nil {
			return fmt.Errorf("export object %q: %w", object.Key, err)
		}
		if err := write(filepath.Join(dir, name), content); err != nil {
			return fmt.Errorf("export object %q: %w", object.Key, err)
		}
	}
	return nil
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
