// Package release says which images a stage runs. A release is a file. A build writes it for the first stage, and a
// promotion for the others. The program that deploys the images reads it. So the history of the repository says what
// ran where, and a rollback restores an earlier file.
package release

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

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

	// The fields from here on say more about the images. A release that was written before they existed lacks them, and
	// deploys as before; [Release.Promotable] says whether they are there.

	// SBOMs holds the digest of each image's bill of materials, which the registry keeps beside the image.
	SBOMs map[pipeline.Function]string `json:"sboms,omitempty"`
	// Sizes holds what each image takes in a registry, in bytes: manifest, configuration and compressed layers.
	Sizes map[pipeline.Function]int64 `json:"sizes,omitempty"`
	// Platform is what the images run on, such as linux/arm64.
	Platform string `json:"platform,omitempty"`
	// Go is the version of the compiler, such as go1.26.6.
	Go string `json:"go,omitempty"`
	// Rules are the versions of the rules that the functions follow.
	Rules *Rules `json:"rules,omitempty"`
	// Time is when the images became those of the stage, in UTC.
	Time time.Time `json:"time,omitzero"`
	// PromotedFrom is the stage whose images these were before; empty for images that were built for this stage.
	PromotedFrom string `json:"promoted_from,omitempty"`
	// RolledBackFrom is the source of the release that a rollback replaced by this one. It is empty for a release that was
	// built or promoted.
	RolledBackFrom string `json:"rolled_back_from,omitempty"`
	// Hold is why the stage keeps these images. While it is set, neither a build nor a promotion replaces them.
	Hold string `json:"hold,omitempty"`
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

// File is the release file of a stage, relative to the root of the repository.
func File(stage string) string { return "platform/releases/" + stage + ".json" }

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

// Equal reports whether r and other have the same file. Both may be nil.
func (r *Release) Equal(other *Release) (bool, error) {
	if r == nil || other == nil {
		return r == other, nil
	}
	mine, err := r.Bytes()
	theirs, errOther := other.Bytes()
	return bytes.Equal(mine, theirs), errors.Join(err, errOther)
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
