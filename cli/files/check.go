package files

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// Target is a flag that names a place for data: a file, [Standard], or nothing when Name is empty.
type Target struct{ Flag, Name string }

// Check refuses targets that would destroy data: two that are one file, one that is an input, and two that go to
// stdout. It has no effect, and is for the time before anything is read. Files are compared as [os.SameFile] does, so
// links and other spellings do not hide one; names of new files that differ only in case count as one file, because
// they are on many systems.
func Check(stdout io.Writer, inputs []string, targets ...Target) error {
	var places []place
	for _, t := range targets {
		if t.Name == "" {
			continue
		}
		p := locate(stdout, t)
		if p.info != nil && p.info.IsDir() {
			return fmt.Errorf("%s %w", p.describe(), errFolder)
		}
		for _, input := range inputs {
			if p.isInput(input) {
				return fmt.Errorf("%s is the input %s itself: name another file", p.describe(), input)
			}
		}
		for _, other := range places {
			if p.same(other) {
				return p.collision(other)
			}
		}
		places = append(places, p)
	}
	return nil
}

// TakesStdout reports whether one of the targets goes to stdout, which then has no room for a report.
func TakesStdout(stdout io.Writer, targets ...Target) bool {
	for _, t := range targets {
		if t.Name != "" && locate(stdout, t).stdout {
			return true
		}
	}
	return false
}

// place is where a target leads.
type place struct {
	Target
	stdout bool
	// info is of the file, or nil if there is none yet; folder and base then say where it will be.
	info   os.FileInfo
	folder os.FileInfo
	base   string
}

func locate(stdout io.Writer, t Target) place {
	if t.Name == Standard {
		info := statWriter(stdout)
		return place{Target: t, stdout: true, info: info}
	}
	p := place{Target: t, base: filepath.Base(t.Name)}
	p.info, _ = os.Stat(t.Name)
	p.folder, _ = os.Stat(filepath.Dir(t.Name))
	p.stdout = isStdout(stdout, p.info)
	return p
}

// statWriter is what the system knows of w, or nil when w is no file.
func statWriter(w io.Writer) os.FileInfo {
	file, ok := w.(*os.File)
	if !ok {
		return nil
	}
	info, err := file.Stat()
	if err != nil {
		return nil
	}
	return info
}

// isStdout reports whether a file is stdout under another name, such as /dev/stdout or the file that it is redirected
// to.
func isStdout(stdout io.Writer, info os.FileInfo) bool {
	out := statWriter(stdout)
	return info != nil && out != nil && os.SameFile(info, out) && !isNull(info)
}

// isNull reports whether a file is the null device, which any number of outputs may share.
func isNull(info os.FileInfo) bool {
	null, err := os.Stat(os.DevNull)
	return err == nil && info != nil && os.SameFile(info, null)
}

func (p place) same(other place) bool {
	switch {
	case p.stdout || other.stdout:
		return p.stdout && other.stdout
	case p.info != nil && other.info != nil:
		return os.SameFile(p.info, other.info) && !isNull(p.info)
	case p.info != nil || other.info != nil || p.folder == nil || other.folder == nil:
		return false
	default:
		return os.SameFile(p.folder, other.folder) && strings.EqualFold(p.base, other.base)
	}
}

// isInput reports whether a target would overwrite an input. Only regular files keep what was written to them.
func (p place) isInput(input string) bool {
	var info os.FileInfo
	if input == Standard {
		info = statWriter(os.Stdin)
	} else {
		info, _ = os.Stat(input)
	}
	return p.info != nil && info != nil && info.Mode().IsRegular() && os.SameFile(p.info, info)
}

func (p place) describe() string { return p.Flag + " " + p.Name }

func (p place) collision(other place) error {
	if p.stdout {
		return fmt.Errorf("%s and %s both go to stdout: name a file for one of them", other.Flag, p.Flag)
	}
	if p.Name == other.Name {
		return fmt.Errorf("%s and %s are both %s: name two files", other.Flag, p.Flag, p.Name)
	}
	return fmt.Errorf("%s and %s are one file: name two", other.describe(), p.describe())
}
