package history

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// Clone is a clone of the repository, in any state. Its methods only read.
type Clone struct{ root string }

// At is the clone whose working tree is at root.
func At(root string) Clone { return Clone{root} }

// Version is a file as a commit left it.
type Version struct {
	Commit string
	// Time is when the commit was made.
	Time time.Time
	// Data is empty if the commit removed the file.
	Data []byte
}

// Versions lists all versions of a file that lead to a revision, oldest first.
func (c Clone) Versions(ctx context.Context, revision, path string) ([]Version, error) {
	if err := c.checkDepth(ctx); err != nil {
		return nil, err
	}
	found, err := c.git(ctx, "log", "--topo-order", "--reverse", "--format=%H %ct", revision, "--", path)
	if err != nil || found == "" {
		return nil, err
	}
	var versions []Version
	var names strings.Builder
	for line := range strings.Lines(found) {
		commit, seconds, _ := strings.Cut(strings.TrimSpace(line), " ")
		at, err := strconv.ParseInt(seconds, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("git log: %q is no time", seconds)
		}
		versions = append(versions, Version{Commit: commit, Time: time.Unix(at, 0).UTC()})
		fmt.Fprintf(&names, "%s:%s\n", commit, path)
	}
	all, err := c.run(ctx, strings.NewReader(names.String()), "git", "cat-file", "--batch")
	if err != nil {
		return nil, err
	}
	return versions, split(versions, all)
}

// split deals the output of git cat-file --batch out: for each object a line that ends with its size, the bytes, and a
// line end; a line alone for an object that is missing.
func split(versions []Version, all string) error {
	for i := range versions {
		head, rest, found := strings.Cut(all, "\n")
		all = rest
		fields := strings.Fields(head)
		if !found || len(fields) < 2 {
			return fmt.Errorf("git cat-file: %q is no object", head)
		}
		if fields[len(fields)-1] == "missing" {
			continue
		}
		size, err := strconv.Atoi(fields[len(fields)-1])
		if err != nil || size > len(all) {
			return fmt.Errorf("git cat-file: %q has no size", head)
		}
		versions[i].Data = []byte(all[:size])
		all = strings.TrimPrefix(all[size:], "\n")
	}
	return nil
}

// checkDepth refuses a clone that lacks older commits, as CI systems make them.
func (c Clone) checkDepth(ctx context.Context) error {
	shallow, err := c.git(ctx, "rev-parse", "--is-shallow-repository")
	if err != nil {
		return err
	}
	if shallow == "true" {
		return fmt.Errorf("this clone has not all of the history: git fetch --unshallow")
	}
	return nil
}

// Resolve finds the commit that a revision means.
func (c Clone) Resolve(ctx context.Context, revision string) (string, error) {
	commit, err := c.git(ctx, "rev-parse", "--verify", "--quiet", "--end-of-options", revision+"^{commit}")
	if err != nil {
		return "", fmt.Errorf("%q is no commit of this clone; git fetch gets those of the others", revision)
	}
	return commit, nil
}

// git runs git in the clone and returns what it prints, without the end of the last line.
func (c Clone) git(ctx context.Context, args ...string) (string, error) {
	out, err := c.run(ctx, nil, "git", args...)
	return strings.TrimRight(out, "\n"), err
}

func (c Clone) run(ctx context.Context, stdin io.Reader, program string, args ...string) (string, error) {
	command := exec.CommandContext(ctx, program, args...)
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	command.WaitDelay = 5 * time.Second
	command.Dir = c.root
	command.Env = append(command.Environ(), "LC_ALL=C", "GIT_TERMINAL_PROMPT=0")
	var stdout, stderr bytes.Buffer
	command.Stdin, command.Stdout, command.Stderr = stdin, &stdout, &stderr
	if err := command.Run(); err != nil {
		said := strings.TrimSpace(stderr.String())
		if said == "" {
			said = strings.TrimSpace(stdout.String())
		}
		return stdout.String(), fmt.Errorf("%s %s: %w\n%s", program, args[0], err, said)
	}
	return stdout.String(), nil
}
