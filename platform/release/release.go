// Package release says which images a stage runs. A release is a file, written by whoever builds or promotes images
// and read by the program that deploys them: what runs where is in the history of the repository, and a stage is rolled
// back by restoring its file.
package release

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"

	"github.com/mejan/mejan/functions/pipeline"
)

// Release is the set of images that one stage runs, all from one state of the source.
type Release struct {
	Stage string `json:"stage"`
	// Source is the git commit that the images were built from.
	Source string `json:"source"`
	// Images holds the digest of each function's image, `sha256:` and 64 hexadecimal digits. A digest and not a tag,
	// because a digest cannot come to mean something else.
	Images map[pipeline.Function]string `json:"images"`
}

// Dir is the folder of releases in the repository at root. Pulumi tells its programs the root, but not before version
// 3.150 of its CLI: without a root, every release would seem to be missing.
func Dir(root string) (string, error) {
	if root == "" {
		return "", errors.New("the Pulumi CLI does not tell where the repository is, so releases cannot be found: " +
			"update it to 3.150 or later, https://www.pulumi.com/docs/iac/download-install/")
	}
	return filepath.Join(root, "platform", "releases"), nil
}

// Path is where the release of a stage lies in dir.
func Path(dir, stage string) string { return filepath.Join(dir, stage+".json") }

// Read reads and checks the release of a stage. The error is fs.ErrNotExist if the stage has no release file, and only
// then: a file that is empty, unreadable, damaged or of another stage is another error, which says how to mend it.
func Read(dir, stage string) (*Release, error) {
	path := Path(dir, stage)
	r, err := read(path, stage)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read release of %s: %w", stage, err)
	}
	if err != nil {
		return nil, fmt.Errorf("read release %q: %w; %s", path, err, Restore(stage))
	}
	return r, nil
}

func read(path, stage string) (*Release, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if _, linked := os.Lstat(path); linked == nil {
			return nil, errors.New("it is a link to a file that does not exist")
		}
	}
	if err != nil {
		return nil, err
	}
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, errors.New("the file is empty")
	}
	r, err := Parse(data)
	if err != nil {
		return nil, err
	}
	if r.Stage != stage {
		return nil, fmt.Errorf("it is a release of stage %q", r.Stage)
	}
	return r, nil
}

// Parse understands the bytes of a release. It refuses fields that it does not know: a misspelt one would otherwise
// deploy something else than its author meant.
func Parse(data []byte) (*Release, error) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	var r Release
	if err := decoder.Decode(&r); err != nil {
		return nil, fmt.Errorf("decode: %w", err)
	}
	if decoder.More() {
		return nil, errors.New("decode: more than one value")
	}
	return &r, r.Validate()
}

// Write checks r and writes it to dir, whole or not at all. It makes dir when it is missing, as in a fresh clone before
// the first release.
func (r *Release) Write(dir string) error {
	data, err := r.Bytes()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("write release of %s: %w", r.Stage, err)
	}
	path := Path(dir, r.Stage)
	temporary := path + ".new"
	if err := os.WriteFile(temporary, data, 0o644); err != nil {
		return fmt.Errorf("write release of %s: %w", r.Stage, err)
	}
	if err := os.Rename(temporary, path); err != nil {
		return fmt.Errorf("write release of %s: %w", r.Stage, err)
	}
	return nil
}

// Bytes is r as its file holds it: the same release gives the same bytes.
func (r *Release) Bytes() ([]byte, error) {
	if err := r.Validate(); err != nil {
		return nil, err
	}
	data, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("encode release of %s: %w", r.Stage, err)
	}
	return append(data, '\n'), nil
}

var (
	stageForm  = regexp.MustCompile(`^[a-z][a-z0-9]*$`)
	sourceForm = regexp.MustCompile(`^[0-9a-f]{40}([0-9a-f]{24})?$`)
	digestForm = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)
)

// Validate reports everything that is wrong with r: it must name its stage, its commit, and an image for each function.
func (r *Release) Validate() error {
	var problems []error
	problem := func(format string, args ...any) { problems = append(problems, fmt.Errorf(format, args...)) }
	if !stageForm.MatchString(r.Stage) {
		problem("stage %q: want lower-case letters and digits, such as dev", r.Stage)
	}
	if !sourceForm.MatchString(r.Source) {
		problem("source %q: want a full git commit, 40 or 64 hexadecimal digits", r.Source)
	}
	for _, f := range pipeline.Functions() {
		if digest, ok := r.Images[f]; !ok {
			problem("images: none for the %s", f)
		} else if !digestForm.MatchString(digest) {
			problem("images: %s: %q is not a digest, want sha256: and 64 hexadecimal digits", f, digest)
		}
	}
	for f := range r.Images {
		if !slices.Contains(pipeline.Functions(), f) {
			problem("images: no function is called %q", f)
		}
	}
	slices.SortFunc(problems, func(a, b error) int { return bytes.Compare([]byte(a.Error()), []byte(b.Error())) })
	return errors.Join(problems...)
}
